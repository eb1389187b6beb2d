# Other test sets, and the corrupted test images.
extra-tests = Other test sets
extra-set = Test set
extra-accuracy = { $arm } { the-measure }, %
extra-head-accuracy = { measure-head }, %
extra-section-note = Does the gain hold on images that differ from the training images? Each set was read once, after all training, and nothing was chosen by it. Gains are over the baseline, paired by seed and image.
extra-heading = Other test set: { $name }
extra-heading-corruptions = Corrupted test images
extra-read = { $number ->
    [one] 1 image
   *[other] { $number } images
}, read once, after all training; nothing was chosen by them. The intervals cover another training of the student and other images of this kind; of many sets without a true change, one in twenty would seem clear by chance.
extra-corruptions-note = The stored test images, corrupted in four ways at three strengths each (arXiv:1903.12261). For the mean, an image counts by the share of the twelve corruptions under which it is classified correctly.
extra-gain-there = On { $name }, distillation changes { the-measure } by { $gain } points (95 % interval { $low } to { $high }).
extra-holds = { $verdicts ->
    [gain-gain] The gain on test ({ $gain } points) holds here.
    [gain-loss] The gain on test ({ $gain } points) is a loss here.
    [gain-no-clear-difference] It is not clear whether the gain on test ({ $gain } points) holds here.
    [gain-too-few-seeds] Too few seeds to tell whether the gain on test ({ $gain } points) holds here.
    [loss-loss] The loss on test ({ $gain } points) is a loss here too.
    [loss-gain] The loss on test ({ $gain } points) is a gain here.
   *[other] On test the change is { $gain } points.
}
extra-in-train = { $number } of the { $total } images ({ $share } %) are also in train: the models have seen them and look better here than they are.
extra-some-classes = It has images of only { $number } of the { $total } classes; the models may still answer with any class.
extra-file-caption = { test-measure-head } and the gain of the distilled student on other test sets, in percent and points.
extra-set-caption = { test-measure-head } on { $name } ({ $images } images), in percent, and gains over the baseline, in points.
corruption = { $kind ->
    [gaussian-noise] noise
    [gaussian-blur] blur
    [contrast] less contrast
   *[jpeg] JPEG
}, strength { $strength }
corruptions-mean = corrupted test images (mean)
