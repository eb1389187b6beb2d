# Which class is read as which.
confusions = Confusions
confusions-changed = What distillation changed most clearly
confusions-baseline = Baseline, images per seed
confusions-distilled = Distilled, images per seed
confusions-change = Change
read-as = { $truth } classified as { $predicted }
confusion-caption = Images per seed, on the test set ({ $images ->
    [one] 1 image
   *[other] { $images } images
}; students: means over { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}).{ $shown ->
    [all] { "" }
   *[some] { " " }Shown are the { $number } of { $total } classes that the students confuse most: { $share } % of their confusions are between these.
}
confusion-how = Rows are true classes, columns predicted ones. All models share one scale of colour, which follows the square root of the number, so that rare confusions show too. The diagonal, correct predictions, stays blank.{ $change ->
    [yes] { " " }In the last map, orange confusions became more frequent with distillation and blue ones rarer. Single cells are not tested for significance: small numbers are noise. Whether a class as a whole changed is tested under Classes.
   *[no] { "" }
} Select a cell to see its images.
confusion-figure = { $arm }: { $wrong } images per seed misclassified among the classes shown.
confusion-unit = images
