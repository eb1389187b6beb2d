# Error rates by class.
classes = Classes
classes-class = Class
classes-figure = Hardest class first. Select a row to see the class’s misclassified images.
classes-figure-some = The { $number } classes whose change is least likely to be chance, hardest first. Select a row to see the class’s misclassified images.
classes-f1 = F1 { $value }
classes-caption = Error rates in %, F1 below them, gain in points; { $same ->
    [yes] { $low ->
        [one] 1 test image
       *[other] { $low } test images
    }
   *[no] { $low } to { $high } test images
} per class
teacher-is-ensemble = Teacher: the ensemble of { $number }.
classes-note = F1 combines recall and precision, 2 TP / (2 TP + FP + FN): it also falls where images of other classes are taken for this one. Gain is the drop in error rate, with the same kind of interval as the headline’s. The verdict’s p is adjusted (Holm) for testing { $number ->
    [one] 1 class
   *[other] { $number } classes
} at once, so an interval may exclude zero where the verdict remains cautious.
