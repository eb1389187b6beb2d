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
}: above the dashed line a model is right more often than it claims, below the line it is overconfident. Averaged over all seeds; hollow marks: fewer than { $least } images per seed. Bottom: the share of images in each bin.
calibration-change = { $verdict ->
    [gain] Distillation makes the student better calibrated
    [loss] Distillation makes the student worse calibrated
    [too-few-seeds] Two seeds cannot tell whether distillation changes the calibration
   *[no-clear-difference] Whether distillation changes the calibration is not clear
}: its calibration error changes by { $change } points (95 % interval over seeds { $low } to { $high }).
calibration-no-change = At least two seeds of each student, with results that differ, are needed to tell whether distillation changes the calibration.
calibration-note = Confidence is the largest softmax probability at T 1. Calibration error: the gap between accuracy and confidence in 15 bins of equal width, averaged over images (Guo et al. 2017). The 95 % intervals are over seeds; with few images the error itself is slightly too high.
true-class-axis = probability of the true class, % (logit scale)
true-class-images = images, %
true-class-spoken = { $arm } { $median } %
true-class-figure = Share of test images whose true class gets at most a given probability. Medians: { $values }.
true-class-caption = Probability given to the true class of { $images ->
    [one] 1 test image
   *[other] each of { $images } test images
}, averaged over seeds: the share of images that get at most that much. The lower a line, the more probability the right answers get.
calibration-table = The bins as numbers

confusion-cell = { $truth } classified as { $predicted }: { $number } images per seed
confusion-change-title = Distilled minus baseline
confusion-change-figure = Distilled minus baseline, images per seed: { $fewer } fewer confusions, { $more } more.
confusion-evenness-link = How evenly the errors are spread over the classes: see Training
confusion-pairs-heading = Most confused pairs
confusion-pair = Pair, in either direction
confusion-pair-change = Change by distillation
confusion-pairs-note = Images per seed, on the test set: one taken for the other, both directions together, the students’ most frequent pair first.
