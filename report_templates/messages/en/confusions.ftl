# Which class is read as which.
confusions = Confusions
confusions-note = Colour: share of a true class read as another; the diagonal is what was read right.{ $numbered ->
    [yes] { " " }Numbers: images. A cell leads to its images.
   *[no] { " " }A row leads to its class’s images.
}
confusions-changed = What distillation changed most clearly
confusions-baseline = Baseline, images per seed
confusions-distilled = Distilled, images per seed
confusions-change = Change
read-as = { $truth } read as { $predicted }
