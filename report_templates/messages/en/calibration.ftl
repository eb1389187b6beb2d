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

confusion-others = other
confusion-cell = { $truth } classified as { $predicted }: { $number } images per seed
confusion-change-title = Distilled minus baseline
confusion-change-figure = Distilled minus baseline, images per seed: { $fewer } fewer confusions, { $more } more.
confusion-change-note = Blue: a confusion that became rarer with distillation; orange: more frequent; grey on the diagonal: correct predictions. Means over { $number ->
    [one] 1 seed
   *[other] { $number } seeds
}, on the test set. Single cells are not tested for significance: small numbers are noise. Whether a class as a whole changed is tested under Classes.
confusion-grouped-figure = { $arm }: { $wrong } images per seed misclassified in the rows shown.
confusion-grouped-link = The { $number } most confused classes, with numbers
confusion-grouped-title = Most confused classes
confusion-crumb = confusions
confusion-grouped-heading = The { $number } most confused of { $total } classes
confusion-grouped-explained = The classes that the students confuse most, each next to those it is confused with; all others share one row and one column, “other”. { $share } % of the students’ confusions are between these { $number } classes.
confusion-grouped-note = Images per seed, on the test set. In the first map, blue confusions became rarer with distillation and orange ones more frequent. In the other maps, colour follows the square root of the number. Confusions among the other classes are left out. Select a cell to see its images.
confusion-evenness-link = How evenly the errors are spread over the classes: see Training
confusion-pairs-heading = Most confused pairs
confusion-pair = Pair, in either direction
confusion-pair-change = Change by distillation
confusion-pairs-note = Images per seed, on the test set: one taken for the other, both directions together, the students’ most frequent pair first.
