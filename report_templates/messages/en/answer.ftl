# The answer: in words on the front page, in two lines at the end of a sweep.
answer-points = points of { $measure ->
    [balanced_accuracy] balanced accuracy
   *[accuracy] test accuracy
}
answer-lead = { $verdict ->
    [equivalent] Distillation makes no difference that matters (equivalent within ±{ $margin } points): { $measure ->
        [balanced_accuracy] balanced accuracy { $before }
       *[accuracy] { $before }
    } % without it, { $after } % with it{ $basis }
    [undecided] Whether distillation helps is undecided: { $measure ->
        [balanced_accuracy] balanced accuracy { $before }
       *[accuracy] { $before }
    } % without it, { $after } % with it{ $basis }
    [gain] Distillation raises the student’s { test-measure } from { $before } % to { $after } %{ $basis }
    [loss] Distillation lowers the student’s { test-measure } from { $before } % to { $after } %{ $basis }
    [too-few-seeds] { $seeds } cannot tell whether distillation helps: { $measure ->
        [balanced_accuracy] balanced accuracy { $before }
       *[accuracy] { $before }
    } % without it, { $after } % with it ({ $gain } points{ $told ->
        [no] { "" }
       *[yes] , 95 % interval { $interval }
    })
   *[no-clear-difference] Distillation does not clearly help: { $measure ->
        [balanced_accuracy] balanced accuracy { $before }
       *[accuracy] { $before }
    } % without it, { $after } % with it{ $basis }
}
answer-lead-basis = { $brief ->
    [yes] { " " }({ $p })
   *[no] { " " }({ $spread }, { $seeds }, { $p })
}
answer-spread = { $even ->
    [yes] { $gain } ± { $half } points
   *[no] { $gain } points, 95 % interval { $interval }
}
answer-short-lead = { $change }.
answer-full-lead = { $change }{ $kept ->
    [share] { $verdict ->
        [gain] : it keeps
        [loss] : it keeps
       *[other] ; the student keeps
    } { $share } of the { $num_teachers ->
        [1] teacher’s
       *[other] ensemble’s
    } { the-measure } with { $parameters } its parameters.
    [above] ; with it the student has a higher { test-measure } than the { $num_teachers ->
        [1] teacher
       *[other] ensemble
    } ({ $teacher } %), with { $parameters } its parameters.
   *[nothing] ; the student has { $parameters } the { $num_teachers ->
        [1] teacher’s
       *[other] ensemble’s
    } parameters.
}
answer-interval = { $told ->
    [no] From { $basis }, with { $setting }
   *[yes] 95 % interval { $interval }, from { $basis }, with { $setting }
}{ $searched ->
    [yes] .
   *[no] { " " }(given, not searched).
}
answer-unclear = The interval includes zero: these data cannot tell distillation from no distillation. A true gain of up to { $gain } points or a true loss of up to { $loss } points is compatible with them.
answer-explained = { $num_teachers ->
    [1] With this teacher,
   *[other] With these teachers,
} neither luck in training nor the choice of test images explains the difference.
answer-few-seeds = { $num_seeds ->
    [1] One training of each says nothing about luck in training: another seed may reverse the result.
   *[other] With { $num_seeds } seeds the interval says more about the number of seeds than about distillation.
} { $more ->
    [yes] Set seeds=5 or more; finished runs are kept:
    [idle] { "" }
   *[no] The sweep’s other seeds are missing.
}
unclear-teacher = { $verdict ->
    [loss] On the test images the { $num_teachers ->
        [1] teacher is
       *[other] teachers’ ensemble is
    } not better than the student alone
   *[no-clear-difference] The test images cannot tell whether the { $num_teachers ->
        [1] teacher is
       *[other] teachers’ ensemble is
    } better than the student alone
}: { $measure ->
    [balanced_accuracy] balanced accuracy { $teacher }
   *[accuracy] { $teacher }
} % against { $baseline } % (difference { $difference } points, 95 % interval { $interval }).
answer-open = { $final ->
    [yes] No answer
   *[no] No answer yet
}
answer-progress = of { $number ->
    [one] 1 run is finished
   *[other] { $number } runs are finished
}
answer-incomplete = Incomplete:
answer-missing = Why:
answer-pairs = { $number ->
    [one] The gain compares the one seed that both students have
   *[other] The gain compares the { $number } seeds that both students have
}; accuracies in tables are means over all seeds of a model.
answer-gaps = These results have { $number ->
    [one] 1 gap
   *[other] { $number } gaps
}: { $link }.
answer-gaps-link = what is missing and why
answer-balanced = Balanced accuracy, the mean of the classes’ accuracies, is used because classes have between { $low } and { $high } test images each. Plain accuracy, which mostly reflects the large classes, is { $before } % without distillation and { $after } % with it.
answer-accuracies = Final { test-measure }: mean and 95 % interval; below them a dot for each seed.
answer-accuracies-published = Final { test-measure }: mean and 95 % interval; below them a dot for each seed. Diamond: published figure ({ $source }).
answer-macs = Multiply-adds per image
answer-classes = Classes with a clear gain
answer-of = { $number } of { $total }
answer-size = { $student } against { $teacher }
answer-classes-lose = { $number ->
    [one] 1 with a clear loss:
   *[other] { $number } with a clear loss:
}
answer-none-loses = none with a clear loss
answer-none-loses-either = none with a clear loss either

missing-setting = { $number ->
    [0] the search has not chosen a setting yet
    [one] the search has not chosen a setting yet (1 trial has ended)
   *[other] the search has not chosen a setting yet ({ $number } trials have ended)
}
missing-choice = the search has nothing to choose from: { $number ->
    [0] no trial was trained
    [one] its one trial is not complete
   *[other] none of its { $number } trials is complete
}
missing-runs = { $number } of { $total } { $kind ->
    [teacher] teacher
    [baseline] baseline
   *[distilled] distilled
} { $total ->
    [one] run
   *[other] runs
} missing ({ $states })
missing-test = the test images have not been read yet
missing-test-failed = the test images could not be read: the test run failed
missing-predictions = the test run lacks the predictions of these models

line-gain = { $verdict }: distillation changes { test-measure } by { $gain } points ({ $told ->
    [no] two seeds cannot tell;
   *[yes] 95 % interval { $interval };
} { $basis }) with { $num_teachers ->
    [1] this teacher
   *[other] these teachers
}{ $named ->
    [yes] { " " }and { $method }
   *[no] { "" }
} at alpha { $alpha }, T { $temperature }{ $is_plain ->
    [yes] { "" }
   *[no] , { $more }
}.
line-incomplete = Incomplete: { $missing }.
line-no-answer = { $final ->
    [yes] No answer
   *[no] No answer yet
}: { $missing }.
line-no-sizes = What the distilled student costs is not known yet.
line-cost = { $kept ->
    [share] The distilled student keeps { $share } of the { $num_teachers ->
        [1] teacher's { the-measure }
       *[other] { the-measure } of the teachers' ensemble
    } with { $parameters } its parameters
    [above] The distilled student has a higher { test-measure } than the { $num_teachers ->
        [1] teacher
       *[other] teachers' ensemble
    } ({ $student } % against { $teacher } %), with { $parameters } its parameters
   *[nothing] The distilled student has { $parameters } the { $num_teachers ->
        [1] teacher's parameters
       *[other] parameters of the teachers' ensemble
    }
} ({ $num_student } against { $num_teacher }){ $macs ->
    [unknown] { "" }
   *[other] { " " }and { $macs } its multiply-adds
}{ $larger ->
    [yes] ; note that the student is the larger model
   *[no] { "" }
}.
