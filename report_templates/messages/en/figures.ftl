# Axes, legends and spoken descriptions of the figures.
axis-accuracy = { test-measure }, %
axis-gain = gain over the baseline, points of { test-measure }
axis-val-accuracy = val accuracy, %
axis-val-balanced-accuracy = balanced val accuracy, %
axis-val-loss = val loss
axis-error = error rate on test, %
axis-said = predicted class
axis-truth = true class
spoken-accuracy = { $name } { $value } %
spoken-gain = { $name } { $gain } ({ $interval })
spoken-trial = trial { $number }: { $facts }
spoken-class = class { $name }: see its misclassified images
figure-accuracies = { test-measure-head } by model: { $values }.
figure-gains = Gain over the baseline, in points, with 95 % intervals: { $values }.
figure-search = { $number ->
    [one] 1 search trial
   *[other] { $number } search trials
} of { $names }. { $best ->
    [none] None is chosen yet.
   *[other] The best: { $best }.
}
figure-classes = Error rate of each class for teacher, baseline and distilled student.
how-to-read = How to read this { $what ->
    [figure] figure
   *[table] table
}
figure-save = Save this figure
dots-note = Small dots: one for each seed.
dots-of-classes = Small dots: one for each seed, the baseline’s above the line of its class, the distilled student’s below.
dots-lead = Select a trial to see its run.
