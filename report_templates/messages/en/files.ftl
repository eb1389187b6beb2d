# Tables as files: headings and captions.
file-architecture = Architecture
file-images = Images
file-kept = { $num_teachers ->
    [one] Teacher
   *[other] Ensemble
} kept, %
file-batch = at batch
file-error = { $arm ->
    [teacher] { $num_teachers ->
        [one] Teacher
       *[other] Ensemble
    } error, %
    [baseline] Baseline error, %
   *[distilled] Distilled error, %
}
file-f1 = { $arm ->
    [baseline] Baseline F1, %
   *[distilled] Distilled F1, %
}
file-p-holm = p (Holm)
file-true-class = True class
file-said-class = Classified as
file-measure = Measure
file-unit = Unit

file-main-caption = { $study }. { measure-head } on test, means over seeds, with 95 % intervals for another training of the student with the same teacher and another test sample (one seed: for another test sample alone).
file-main-basis = Gain: over the baseline on the same seeds and images ({ $images ->
    [one] 1 test image
   *[other] { $images } test images
}, { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}).
file-main-ensemble = Ensemble: the mean of the teachers’ logits, which taught the students.
file-beyond-caption = Beyond accuracy, on { $images } test images: means over seeds, with 95 % intervals for another training of the student. Negative log-likelihood in nats and calibration error (15 bins): less is better. Bold: the best student.{ $unequal ->
    [yes] { " " }Classes differ much in size: balanced accuracy and macro F1 are means over classes. Their intervals cover another test sample too.
   *[no] { "" }
}
file-seeds-caption = Baseline and distilled student seed by seed, on the same { $images } test images. Fixed: the baseline misclassifies the image, the distilled student does not; broken: the reverse; p: McNemar’s exact test.
file-agreement-caption = Agreement with the { $num_teachers ->
    [one] teacher
   *[other] ensemble
} on { $images } test images, means over seeds, with 95 % intervals for another training of the student with the same teacher and another test sample.
file-cost-caption = Size and speed. Multiply-adds are per image; latency is the median.
file-cost-measured = Measured on { $hardware }.
file-classes-caption = Error rates and F1 of the { $number } classes on test, means over seeds. F1: 2 TP / (2 TP + FP + FN), which also counts images of other classes taken for this one. Gain: the drop in error from baseline to distilled, with 95 % intervals for another training of the student with the same teacher and another test sample; p is adjusted (Holm) for testing all classes.
file-confusions-caption = { $number ->
    [one] The confusion
   *[other] The { $number } confusions
} that distillation changed most clearly, in images per seed of { $images } test images. Change: distilled minus baseline; less is better.
file-training-caption = Training of baseline and distilled student, means over seeds; less is better. Difference: distilled minus baseline on the same seeds, with its 95 % interval over seeds.
file-trials-caption = { $number ->
    [one] The search trial
   *[other] The { $number } search trials
}, scored on val after the last epoch.
file-runs-caption = { $number ->
    [one] The one run
   *[other] All { $number } runs
}, with the last epoch’s accuracy on val.
