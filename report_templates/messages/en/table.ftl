# The table for the paper, and what stands beside accuracy.
table = Results
table-accuracy = { test-measure-head }, %
table-published = Published, %
table-seeds = Seeds
table-of = of { $number }
table-note = Means over seeds. Intervals are 95 % and cover both another training of the student, with the same teacher, and another test sample; a row with one seed covers another test sample alone{ $measure ->
    [balanced_accuracy] { "" }
   *[accuracy] { " " }(Wilson; with few errors Agresti and Coull)
}. Shares and multiples (×) are of the { $num_teachers ->
    [1] teacher’s
   *[other] ensemble’s
}.
table-standing = Bold: the best { test-measure } among the students. †: not clearly below it: the 95 % interval of the paired difference contains zero, or there are too few seeds to tell.
table-note-ensemble = The ensemble taught the students: it is the mean of the { $number } teachers’ raw logits, and costs what they cost together.
table-note-published = Published figures: { $source }.
table-note-best-epoch = Accuracies here are those of the last epoch. Many papers report the best test epoch instead, which flatters. Test is read once here, so only val can show by how much: for comparison alone, val’s best epoch is above its last one by (in points) { $values }.
table-beyond = Beyond accuracy
table-accuracy-beside = Plain accuracy, %
table-balanced-accuracy-beside = Balanced accuracy, %
table-macro-f1 = Macro F1, %
table-top5 = Top-5 accuracy, %
table-nll = Negative log-likelihood
table-ece = Calibration error, points
table-beyond-note = On the test images: mean over seeds and its 95 % interval for another training of the student. Negative log-likelihood, in nats, and calibration error (15 bins of confidence): less is better.{ $unequal ->
    [yes] { " " }Classes differ much in size: balanced accuracy is the mean over classes of their accuracies, macro F1 that of their F1, plain accuracy mostly that of the large ones. The intervals of these three cover another test sample too.
   *[no] { "" }
}
table-variants = { $number ->
    [one] One more arm, with one thing changed, is under { $link }.
   *[other] { $number } more arms, each with one thing changed, are under { $link }.
}
