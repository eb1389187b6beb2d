# Tables as files: headings and captions.
files = As files:
file-model = Model
file-named-setting = Setting
file-architecture = Architecture
file-seed = Seed
file-seeds = Seeds
file-images = Images
file-parameters = Parameters
file-accuracy = Accuracy, %
file-gain = Gain, points
file-kept = { $teachers ->
    [one] Teacher
   *[other] Ensemble
} kept, %
file-top5 = Top-5, %
file-nll = Negative log-likelihood
file-ece = Calibration error, points
file-baseline = Baseline, %
file-distilled = Distilled, %
file-baseline-alone = Baseline
file-distilled-alone = Distilled
file-fixed = Images fixed
file-broken = Images broken
file-mcnemar = McNemar p
file-agreement = Agrees with the { $teachers ->
    [one] teacher
   *[other] ensemble
}, %
file-agreement-more = More than the baseline, points
file-share = { $which ->
    [both_right] Both right, %
    [student_alone] Student alone right, %
    [teacher_alone] { $teachers ->
        [one] Teacher
       *[other] Ensemble
    } alone right, %
    [wrong_alike] Both wrong, alike, %
   *[wrong_apart] Both wrong, apart, %
}
file-macs = Multiply-adds
file-megabytes = Weights, MB
file-latency = One image, ms
file-throughput = Images a second
file-batch = at batch
file-class = Class
file-error = { $arm ->
    [teacher] { $teachers ->
        [one] Teacher
       *[other] Ensemble
    } error, %
    [baseline] Baseline error, %
   *[distilled] Distilled error, %
}
file-p-holm = p (Holm)
file-true-class = True class
file-said-class = Read as
file-baseline-images = Baseline, images a seed
file-distilled-images = Distilled, images a seed
file-change = Change
file-measure = Measure
file-unit = Unit
file-difference = Difference
file-trial = Trial
file-val-accuracy = Val accuracy, %
file-val-loss = Val loss
file-epochs = Epochs
file-state = State
file-run = Run
file-role = Role
file-setting = Setting
file-seconds = Training, s

file-main-caption = { $study }. Accuracy on test, means over seeds; ± is the 95 % interval for another training and another test sample (one seed: for another test sample alone).
file-main-basis = Gain: over the baseline on the same seeds and images ({ $images ->
    [one] 1 test image
   *[other] { $images } test images
}, { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}).
file-main-ensemble = Ensemble: the mean of the teachers’ logits, which taught the students.
file-best = Bold: the best student; whether it is clearly better, its gain’s interval says.
file-beyond-caption = Beyond accuracy, on { $images } test images: means over seeds; ± is the 95 % interval for another training. Negative log-likelihood in nats and calibration error (15 bins): less is better. Bold: the best student.
file-seeds-caption = Baseline and distilled student seed by seed, on the same { $images } test images. Fixed: the baseline misreads it, the distilled student does not; broken: the reverse; p: McNemar’s exact test.
file-agreement-caption = Decisions beside the { $teachers ->
    [one] teacher’s
   *[other] ensemble’s
} on { $images } test images, means over seeds; ± is the 95 % interval for another training and another test sample.
file-cost-caption = Size and speed. Multiply-adds are of one image; latency is the median.
file-cost-measured = Measured on { $hardware }.
file-cost-unmeasured = Speed was not measured.
file-classes-caption = Error rates of the { $number } classes on test, means over seeds. Gain: the drop from baseline to distilled; ± is the 95 % interval for another training and another test sample; p is adjusted (Holm) for looking at all classes.
file-confusions-caption = { $number ->
    [one] The confusion
   *[other] The { $number } confusions
} that distillation changed most, in images of { $images } test images, means over seeds. Change: distilled minus baseline; less is better.
file-training-caption = Training of baseline and distilled student, means over seeds; less is better. Difference: distilled minus baseline on the same seeds; ± is its 95 % interval over seeds.
file-trials-caption = { $number ->
    [one] The search trial
   *[other] The { $number } search trials
}, scored on val after the last epoch.
file-runs-caption = { $number ->
    [one] The one run
   *[other] All { $number } runs
}, with the last epoch’s accuracy on val.
