# Is the gain real?
real = Is the gain real?
real-why = Two kinds of luck could produce a false gain: luck in training (another seed starts from other weights) and luck in the choice of test images. Baseline and distilled student are compared on the same seeds and the same images, so what both share cancels out; the interval covers what is left of either. The teacher is the same throughout: what another one would teach is not covered.{ $num_seeds ->
    [1] { " " }With one seed, luck in training cannot be seen and is not covered.
   *[other] { "" }
}
real-figure = Gain over the baseline: mean and 95 % interval; below them a dot for each seed. { $num_seeds ->
    [1] With one training each, the interval covers the choice of test images alone.
   *[other] An interval that does not touch zero is a clear difference.
}
real-chance = If only this varied
real-interval = 95 % interval, points
real-both = training and test images
real-headline = the headline
real-training = training
real-paired-seeds = paired t over { $number } seeds
real-one-seed = needs at least two seeds
real-images = test images
real-paired-images = paired, { $number ->
    [one] 1 image
   *[other] { $number } images
}
real-chosen-on-val = The setting was chosen on val, never on test. The test images were read { $number ->
    [one] once.
   *[other] { $number } times; every change of settings after a reading makes the figures slightly too good.
}
real-by-seed = Seed by seed
real-baseline = Baseline, %
real-distilled = Distilled, %
real-fixed = Images fixed
real-broken = Images broken
real-mcnemar = McNemar p
real-by-seed-note = Fixed: this seed’s baseline gets the image wrong, its distilled student does not; broken: the reverse. McNemar’s exact test asks of one seed alone whether fixed and broken could be a coin toss.
