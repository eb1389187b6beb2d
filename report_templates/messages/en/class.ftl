# The page of a class.
class-heading = Class { $name }: { $number } of { $total ->
    [one] 1 test image
   *[other] { $total } test images
} misread by some model
class-as = as { $name }
class-image = image { $image }
class-more = every model…
class-error = { $arm }, error rate
class-interval = 95 %: { $low } to { $high }
class-gain = Gain of this class
class-shown = { $number } of the { $total } misclassified images are shown, those that most models got wrong first.
class-once = Each image appears once, under its most frequent wrong answer. Select an image to see what each model said.
class-readings = { $arm }: { $number ->
    [one] 1 prediction
   *[other] { $number } predictions
}{ $num_seeds ->
    [1] { "" }
   *[other] { " " }over { $num_seeds } seeds
}
class-hidden = { $number ->
    [one] 1 more image
   *[other] { $number } more images
} of this kind not shown.
class-elsewhere = Also classified this way by some model, but shown under another answer:
class-others = Other wrong answers
class-read-as = Classified as
class-not-shown = Images not shown
class-above = Images shown above
class-others-note = Predictions of all seeds together. Their images are not shown, or appear above under a more frequent wrong answer.
class-none = No model misclassified any image of this class.
class-right = Classified correctly by every model
class-samples = Samples shown on the front page.
