# Which class is read as which.
confusions = Confusions
confusions-note = Colour: share of a true class that was classified as another; the diagonal shows correct predictions.{ $numbered ->
    [yes] { " " }Numbers: images. Select a cell to see its images.
   *[no] { " " }Select a row to see its class’s images.
}
confusions-changed = What distillation changed most clearly
confusions-baseline = Baseline, images per seed
confusions-distilled = Distilled, images per seed
confusions-change = Change
read-as = { $truth } classified as { $predicted }
