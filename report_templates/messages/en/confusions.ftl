# Which class is read as which.
confusions = Confusions
confusions-changed = What distillation changed most clearly
confusions-baseline = Baseline, images per seed
confusions-distilled = Distilled, images per seed
confusions-change = Change
read-as = { $truth } read as { $predicted }
confusion-caption = Images per seed, on test ({ $images ->
    [one] 1 image
   *[other] { $images } images
}; students: means over { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}).{ $shown ->
    [all] { "" }
   *[some] { " " }Shown are the { $number } of { $total } classes that the students confuse most: { $share } % of their confusions have both ends among them.
}
confusion-how = Rows are true classes, columns what the model said. All models share one scale of colour; it goes with the square root of the number, so that rare confusions show. The diagonal, what was read right, stays blank.{ $change ->
    [yes] { " " }Last map: orange became more frequent with distillation, blue rarer. Single cells are not tested for significance: small numbers are noise. Whether a class as a whole changed is tested under Classes.
   *[no] { "" }
} A cell leads to its images.
confusion-figure = { $arm }: { $wrong } images per seed misread among the classes shown.
confusion-unit = images
