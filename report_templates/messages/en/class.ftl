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
class-shown = { $number } of the { $total } misread images are shown, those misread by most models first.
class-once = Every image stands once, under the wrong answer it got most often. Select an image to see what each model said.
class-readings = { $arm }: { $number ->
    [one] 1 reading
   *[other] { $number } readings
}{ $num_seeds ->
    [1] { "" }
   *[other] { " " }over { $num_seeds } seeds
}
class-hidden = { $number ->
    [one] 1 more image
   *[other] { $number } more images
} of this kind not shown.
class-elsewhere = Also read so by some model, shown under another answer:
class-others = Other wrong answers
class-read-as = Read as
class-not-shown = Images not shown
class-above = Images shown above
class-others-note = Readings of all seeds together. Their images are not shown, or stand above under a commoner wrong answer.
class-none = No model misread any image of this class.
class-right = Read right by every model
class-samples = Samples shown on the front page.
