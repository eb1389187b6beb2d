# Calibration: confidence beside accuracy. Confusions: what distillation changed, and the most confused classes.
calibration-heading = Calibration
calibration-ece = Calibration error (ECE), points
calibration-surplus = Confidence minus accuracy, points
calibration-accuracy = accuracy, %
calibration-images = images, %
calibration-confidence = confidence, %
calibration-bin-head = { $arm }: accuracy, %; below: confidence, % · images per seed
calibration-spoken = { $arm }: calibration error { $ece } points
calibration-figure = Accuracy against confidence in 15 bins, and the share of images in each. { $values }.
calibration-caption = Reliability on { $images ->
    [one] 1 test image
   *[other] { $images } test images
}: above the dashed line a model is right more often than it says, below it is too sure. Means over all seeds’ readings; hollow marks: fewer than { $least } images per seed. Below: the images of each bin.
calibration-change = { $verdict ->
    [gain] Distillation makes the student better calibrated
    [loss] Distillation makes the student worse calibrated
    [too-few-seeds] Two seeds cannot tell whether distillation changes the calibration
   *[none] Whether distillation changes the calibration is not clear
}: its calibration error changes by { $change } points (95 % interval over seeds { $low } to { $high }).
calibration-no-change = To tell whether distillation changes the calibration takes at least two seeds of each student, with results that differ.
calibration-note = Confidence is the largest softmax probability at T 1. Calibration error: mean over images of the distance between accuracy and confidence of their bin, 15 bins of equal width (Guo et al. 2017). Intervals are 95 % over seeds; with few images the error itself is a little too high.
true-class-axis = probability of the true class, % (logit scale)
true-class-images = images, %
true-class-spoken = { $arm } { $median } %
true-class-figure = Share of test images whose true class gets at most a probability. Half of the images get at most: { $values }.
true-class-caption = Probability given to the true class of { $images ->
    [one] 1 test image
   *[other] each of { $images } test images
}, mean over seeds: the share of images that get at most so much. The lower a line, the more probability goes to the right answers.
calibration-table = The bins in figures

confusion-cell = { $truth } read as { $predicted }: { $number } images per seed
confusion-change-title = Distilled minus baseline
confusion-change-figure = Distilled minus baseline, images per seed: { $fewer } confusions fewer, { $more } more.
confusion-evenness-link = How evenly the errors are spread over the classes is measured under Training
confusion-pairs-heading = Most confused pairs
confusion-pair = Pair, either way
confusion-pair-change = Change by distillation
confusion-pairs-note = Images per seed, on test: each read as the other, both ways together, the most frequent among the students first.
