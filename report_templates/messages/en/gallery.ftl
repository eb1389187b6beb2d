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
    [wrong-alike] Both wrong, same answer
   *[wrong-apart] Both wrong, different answers
}
gallery-explained = { $cell ->
    [student-alone] { $num_teachers ->
        [1] Images that the distilled student gets right although its teacher does not.
       *[other] Images that the distilled student gets right although its teachers’ ensemble does not.
    }
    [teacher-alone] { $num_teachers ->
        [1] Images that the distilled student gets wrong although its teacher gets them right.
       *[other] Images that the distilled student gets wrong although its teachers’ ensemble gets them right.
    }
    [wrong-alike] { $num_teachers ->
        [1] The same wrong answer: what the distilled student may have taken over from its teacher.
       *[other] The same wrong answer: what the distilled student may have taken over from its teachers’ ensemble.
    }
   *[wrong-apart] Two different wrong answers: images that are hard for both models.
}

gallery-heading = { $cell }: { $number } of { $total ->
    [one] 1 test image
   *[other] { $total } test images
}
gallery-cells = Kinds of agreement
gallery-chosen = { $number ->
    [1] As the one distilled student classifies them; the clearest cases come first.
   *[other] As most of the { $number } distilled students classify them; the clearest cases come first.
}
gallery-share = { $number ->
    [1] They are { $share } % of the test images.
   *[other] On average over the { $number } students, they are { $share } % of the test images.
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
