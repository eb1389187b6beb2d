# A teacher that came trained.
given-test-seen = The test images were set apart here from those of { $source }, and { $number ->
    [one] the teacher
   *[other] { $number } of the teachers
} came already trained: if it was trained on all of them, it has seen the test images, and its accuracy is too good.
given-train-known = The teacher { $run } was used as it is. It is right on { $train } of the training images but on { $val } of the val images: it has memorised these training images, and on them it teaches little more than their labels.
given-test-above-val = The teacher { $run } was used as it is. It is right on { $test } of the test images but on { $val } of the val images: it may have seen the test images.
