# The front page's cards: what each topic comes to, in a line.
card-more = { $names } and { $number } more
card-unread = { $final ->
    [yes] Nothing to show:
   *[no] Nothing to show yet:
} there are no predictions of the test images.

card-certainty = { $wins } of { $pairs } pairs of one training each { $wins ->
    [one] is
   *[other] are
} better with distillation{ $ties ->
    [0] { "" }
    [one] , 1 is even
   *[other] , { $ties } are even
}; luck in seeds and images leaves { $chance } points.
card-certainty-two = Luck in { $seeds } and in the test images leaves { $chance } points.
card-half = ±{ $half }
card-certainty-few = { $number ->
    [1] One training of each says nothing about luck in training; the test images alone leave ±{ $half } points.
   *[other] { $number } seeds are too few to tell a gain from luck in training; the test images alone leave ±{ $half } points.
}
card-certainty-open = { $final ->
    [yes] No gain to judge:
   *[no] No gain to judge yet:
} { $missing }.

card-methods = { $better ->
    [none] { $number ->
        [one] The other method is not clearly better than { $yardstick }
       *[other] None of { $number } methods is clearly better than { $yardstick }
    }
   *[other] Clearly better than { $yardstick }: { $better }
}{ $worse ->
    [none] { "" }
   *[other] ; clearly worse: { $worse }
}{ $holes ->
    [0] { "" }
   *[other] ; without a result: { $holes }
}.
card-methods-few = { $seeds } cannot tell whether { $number ->
    [one] the other method is
   *[other] any of { $number } methods is
} better than { $yardstick }.
card-methods-open = { $final ->
    [yes] No method could be compared with { $yardstick }.
   *[no] No method can be compared with { $yardstick } yet.
}

card-controls = Compared with the distilled student: { $parts }.
card-control = { $key ->
    [smoothed-labels] smoothed labels
    [shuffled-dark] shuffled classes
    [unlabeled] unlabelled images
   *[unlabeled-control] labelled instead of unlabelled images
}
card-controls-part = { $verdict ->
    [loss] clearly worse
    [gain] clearly better
    [too-few-seeds] too few seeds to tell
   *[no-clear-difference] no clear difference
} – { $names }
card-controls-teachers = { $told ->
    [yes] With { $number } trainings of the teacher the gain is { $mean } points on average ({ $interval }).
   *[no] With { $number } trainings of the teacher the gain is { $gains } points: too few to tell.
}

card-other-tests = Gain over the baseline on { $gains }{ $more ->
    [0] { "" }
   *[other] ; and on { $more } more
}.
card-other-tests-gain = { $name }: { $gain } points{ $told ->
    [yes] { " " }({ $interval })
   *[no] , two seeds cannot tell
}
card-other-tests-open = { $final ->
    [yes] No gain to judge
   *[no] No gain to judge yet
} on { $names }.

card-classes = { $gaining ->
    [0] None of { $total } classes clearly gains
    [one] 1 of { $total } classes clearly gains ({ $gain_names })
   *[other] { $gaining } of { $total } classes clearly gain ({ $gain_names })
}; { $losing ->
    [0] none clearly loses
    [one] 1 clearly loses ({ $loss_names })
   *[other] { $losing } clearly lose ({ $loss_names })
}.
card-classes-few = Too few seeds to tell which of { $number } classes gain.
card-classes-open = Errors by class of { $number ->
    [one] 1 class
   *[other] { $number } classes
}; no gain to judge{ $final ->
    [yes] .
   *[no] { " " }yet.
}

card-errors = { $fixed ->
    [0] No test image
    [one] 1 test image
   *[other] { $fixed } test images
} fixed by distillation, { $broken ->
    [0] none
   *[other] { $broken }
} broken (by the majority of seeds).
card-errors-confused = Most often confused: { $one } with { $other }.
card-errors-none = No two classes are confused.

card-labels = { $number ->
    [one] The one model that is clearly better than a guess gives
   *[other] All models { $silent ->
        [0] { "" }
       *[other] that are clearly better than a guess{ " " }
    }agree on
} another answer than the label for { $parts }: worth a second look.
card-labels-part = { $number ->
    [one] 1 { $part ->
        [train] training image
        [val] val image
       *[test] test image
    }
   *[other] { $number } { $part ->
        [train] training images
        [val] val images
       *[test] test images
    }
}
card-labels-nobody = No label is doubted: no model is clearly better than a guess.
card-labels-none = No label is contradicted by all models{ $silent ->
    [0] { "" }
   *[other] { " " }that are clearly better than a guess
}; { $number ->
    [one] 1 that some models doubt is
   *[other] { $number } that some models doubt are
} listed.

card-agreement = The distilled student agrees with the { $num_teachers ->
    [1] teacher
   *[other] ensemble
} on { $after } % of the test images, the student alone on { $before } %{ $verdict ->
    [gain] : clearly more.
    [loss] : clearly less.
    [too-few-seeds] ; too few seeds to tell them apart.
    [no-clear-difference] : no clear difference.
   *[unknown] .
}
card-agreement-one = { $kind ->
    [distilled] The distilled student
   *[baseline] The student alone
} agrees with the { $num_teachers ->
    [1] teacher
   *[other] ensemble
} on { $share } % of the test images.
card-agreement-open = { $final ->
    [yes] Nothing to show:
   *[no] Nothing to show yet:
} { $num_teachers ->
    [1] teacher
   *[other] ensemble
} and student were not both tested.

card-size = The student has { $parameters } the { $num_teachers ->
    [1] teacher’s
   *[other] ensemble’s
} parameters{ $macs ->
    [unknown] .
   *[other] { " " }and { $macs } its multiply-adds.
}
card-size-open = { $final ->
    [yes] Not known:
   *[no] Not known yet:
} { $num_teachers ->
    [1] teacher
   *[other] teachers
} and student have not both been trained.

card-calibration = Calibration error { $after } points with distillation, { $before } without{ $verdict ->
    [gain] : clearly better.
    [loss] : clearly worse.
    [too-few-seeds] ; too few seeds to tell.
    [no-clear-difference] : no clear difference.
   *[unknown] .
}
card-calibration-one = Calibration error of the { $kind ->
    [teacher] teacher
    [distilled] distilled student
   *[baseline] student alone
}: { $error } points.

card-training = After { $epochs ->
    [one] 1 epoch
   *[other] { $epochs } epochs
} { val-measure } is { $after } % with distillation, { $before } % without.
card-training-one = After { $epochs ->
    [one] 1 epoch
   *[other] { $epochs } epochs
} { val-measure } of the { $kind ->
    [teacher] teacher
    [distilled] distilled student
   *[baseline] student alone
} is { $value } %.
card-training-open = Nothing to show yet: no model of the comparison has finished an epoch.
card-training-measures = { $verdict ->
    [gain] Clearly better with it:
   *[loss] Clearly worse with it:
} { $names }.

card-search-none = Nothing was searched: the sweep file gives { $setting }.
card-search-open = { $final ->
    [yes] No trial was asked for.
   *[no] Not started yet.
}
card-search-trials = { $number ->
    [one] 1 trial
   *[other] { $number } trials
}{ $pruned ->
    [0] { "" }
   *[other] , { $pruned } stopped early
}{ $failed ->
    [0] { "" }
   *[other] , { $failed } failed
}{ $open ->
    [0] { "" }
   *[other] , { $open } not finished
}.
card-search-best = { $over ->
    [yes] Best:
   *[no] Best so far:
} { $params }.
card-search-no-best = None is complete, so there is no best setting.
card-search-flat = { $names } hardly { $number ->
    [one] matters.
   *[other] matter.
}

card-runs = { $done } of { $total ->
    [one] 1 run
   *[other] { $total } runs
} finished{ $others ->
    [none] { "" }
   *[other] { " " }({ $others })
}; { $failed ->
    [0] none failed
   *[other] { $failed } failed
}, { $preempted ->
    [0] none was preempted.
    [one] 1 was preempted.
   *[other] { $preempted } were preempted.
}
card-runs-state = { $number } { $state }

card-provenance = { $commits ->
    [0] Commit unknown
    [one] Commit { $commit }
   *[other] { $commits } commits
}, { $hosts ->
    [one] 1 machine
   *[other] { $hosts } machines
}, { $hours }. { $repeats ->
    [yes] One command repeats it.
    [own-file] One command repeats it, with the sweep file that is kept here.
    [several] One command repeats it at the last of them.
    [changed] The program had uncommitted changes, which no command brings back.
   *[no] The version of the program is not known.
}
card-provenance-open = No attempt is on record.
