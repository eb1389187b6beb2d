# The images on which student and teacher differ, or err together.
guesses-head = Top { $number } guesses and the true class, %
gallery-cell = { $cell ->
    [student-alone] { $num_teachers ->
        [1] Student right, teacher wrong
       *[other] Student right, ensemble wrong
    }
    [teacher-alone] { $num_teachers ->
        [1] Teacher right, student wrong
       *[other] Ensemble right, student wrong
    }
    [wrong-alike] Both wrong, alike
   *[wrong-apart] Both wrong, apart
}
gallery-explained = { $cell ->
    [student-alone] { $num_teachers ->
        [1] What the distilled student reads right although its teacher does not.
       *[other] What the distilled student reads right although its teachers’ ensemble does not.
    }
    [teacher-alone] { $num_teachers ->
        [1] What the distilled student did not learn although its teacher knows it.
       *[other] What the distilled student did not learn although its teachers’ ensemble knows it.
    }
    [wrong-alike] { $num_teachers ->
        [1] The same wrong answer: what the distilled student may have taken over from its teacher.
       *[other] The same wrong answer: what the distilled student may have taken over from its teachers’ ensemble.
    }
   *[wrong-apart] Two different wrong answers: images that are hard for both.
}
gallery-heading = { $cell }: { $number } of { $total ->
    [one] 1 test image
   *[other] { $total } test images
}
gallery-cells = Cells of agreement
gallery-chosen = { $number ->
    [1] With one distilled student an image belongs where that one puts it; the clearest cases come first.
   *[other] An image belongs where most of the { $number } distilled students put it; the clearest cases come first.
}
gallery-share = { $number ->
    [1] The share of the test images is { $share } %.
   *[other] On average over the { $number } students the share of the test images is { $share } %.
}
gallery-more = { $number ->
    [one] 1 more image of this kind is not shown.
   *[other] { $number } more images of this kind are not shown.
}
gallery-none = None.
gallery-images = The images themselves
gallery-count = { $number ->
    [0] none
    [one] 1 image
   *[other] { $number } images
}
