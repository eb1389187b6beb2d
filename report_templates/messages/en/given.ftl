# A teacher that came trained.
given-test-seen = Test was set apart here from the images of { $source }, and { $number ->
    [one] the teacher
   *[other] { $number } of the teachers
} came trained: if that was on all of them, it has seen the test images, and accuracies are too good.
given-train-known = The teacher { $run } was used as it is. It tells { $train } of the training images right, but { $val } of val: it knows these training images by heart, and teaches little more than their labels on them.
given-test-above-val = The teacher { $run } was used as it is. It tells { $test } of the test images right, but { $val } of val: it may have seen the test images.
