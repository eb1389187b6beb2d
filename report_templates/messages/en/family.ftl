# Several students under one teacher.
family-title = { $sweep }: { $number ->
    [one] 1 student
   *[other] { $number } students
}
family-student = Student
family-behind = Compared with the teacher, points
family-reports = Reports of the students
family-reports-note = Each student has a full report of its own: whether distillation helped it, where, and how it was trained.
family-figures = { $student } % { test-measure } against the { $num_teachers ->
    [one] teacher’s
   *[other] ensemble’s
} { $teacher } %, { $behind } points (95 % interval { $interval }){ $sized ->
    [yes] , with { $parameters } its parameters
   *[no] { "" }
}
family-smallest = The smallest student within 1 point of the { $num_teachers ->
    [one] teacher
   *[other] ensemble
} is { $name }: { $figures }.
family-smaller-maybe = { $name } is smaller still and may also be within 1 point: { $figures }.
family-none-clearly = No student is clearly within 1 point of the { $num_teachers ->
    [one] teacher
   *[other] ensemble
}. The smallest that may be within it is { $name }: { $figures }.
family-none = No student is within 1 point of the { $num_teachers ->
    [one] teacher
   *[other] ensemble
}. The nearest is { $name }: { $figures }.
family-few-seeds = { $seeds } cannot tell which student is within 1 point of the { $num_teachers ->
    [one] teacher
   *[other] ensemble
}. The nearest is { $name }: { $figures }.
family-untold = Which student is within 1 point of the { $num_teachers ->
    [one] teacher
   *[other] ensemble
} cannot be told{ $final ->
    [yes] .
   *[no] { " " }yet.
}
family-hole = { $hole ->
    [failed] { $failed } of { $number } trainings failed
    [unread] not tested yet
    [never] nothing was tested
   *[training] not trained yet
}
family-named-hole = { $name } ({ $why })
family-unknown = { $final ->
    [yes] Without a result:
   *[no] Not known yet:
} { $students }.
family-within = { $within ->
    [yes] within 1 point
    [no] over 1 point below
   *[maybe] may be within 1 point
}
family-is-smallest = the smallest within 1 point
family-dominated = { $name } is at least as accurate and costs no more
family-reason = { $name }: { $reason }
family-line = { $name }: { $verdict }: { $gain } points ({ $interval }), { $before } % alone, { $after } % distilled.
family-line-no-gain = { $name }: no answer ({ $missing }).
family-file-caption = { $number ->
    [one] One student
   *[other] { $number } students
} under one teacher{ $images ->
    [0] .
   *[other] , on { $images } test images. Compared with the teacher: over the student’s seeds and the test images, with this one teacher.
} { $measured }
family-table-note = Compared with the teacher: mean over the student’s seeds, with the 95 % interval for another training of the student and another test sample, with this one teacher. “Within 1 point”: the whole interval is above −1; “may be”: −1 lies inside it. { $number ->
    [1] { "" }
   *[other] Each interval stands by itself: with { $number } students, more than one such table in twenty may be wrong about one of them.
} Grey: another student, or the teacher itself, is at least as accurate (by the means) and costs no more in bytes, multiply-adds and latency.
family-axis-bytes = weights on disk, MB (log scale)
family-axis-macs = multiply-adds per image (log scale)
family-axis-latency = one image, ms (log scale)
family-price-bytes = { $value } MB
family-price-macs = { $value } multiply-adds
family-price-latency = { $value } ms
family-spoken = { $name }: { $accuracy } % at { $price }
family-spoken-dominated = { $text } (another model is at least as accurate at no higher cost)
family-figure = { test-measure-head } against { $price }: { $values }.
family-caption-bytes = { test-measure-head } against the size of the weights; up and to the left is better.
family-caption-macs = { test-measure-head } against multiply-adds per image; up and to the left is better.
family-caption-latency = { test-measure-head } against the latency of one image; up and to the left is better. Horizontal lines: quartiles of repeated passes. An ensemble is not timed as a whole.
family-figures-note = Vertical lines: 95 % interval for another training and another test sample; of a single training, for another test sample alone. Band: down to 1 point below the teacher. Hollow and grey: another model here is at least as accurate at no higher cost of this kind.
family-back = All students side by side
family-follows = What follows is about { $name }.
sweeps-student = { $name }, one of { $number } students
