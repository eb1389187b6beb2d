# Axes, legends and spoken descriptions of the figures.
axis-accuracy = { test-measure }, %
axis-gain = gain over the baseline, points of { test-measure }
axis-val-accuracy = val accuracy, %
axis-val-balanced-accuracy = balanced val accuracy, %
axis-val-loss = val loss
axis-error = error rate on test, %
axis-said = predicted class{ $by ->
    [number] , by number
   *[name] { "" }
}
axis-truth = true class{ $by ->
    [number] , by number
   *[name] { "" }
}
spoken-accuracy = { $name } { $value } %
spoken-gain = { $name } { $gain } ({ $interval })
spoken-trial = trial { $number }: { $facts }
spoken-class = class { $name }: see its misclassified images
spoken-cell = { $truth } classified as { $predicted }: { $number } of { $total }
spoken-row = { $truth }: { $number } of { $total } right
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
figure-confusion = { $arm }: { $wrong } % of predictions wrong{ $num_seeds ->
    [1] .
   *[other] , all { $num_seeds } seeds together.
}
