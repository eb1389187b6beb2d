# The table of all sweeps.
sweeps-title = All sweeps
sweeps-count = { $number ->
    [0] There is no sweep yet.
    [one] 1 sweep.
   *[other] { $number } sweeps.
}
sweeps-verdicts = Distillation clearly helped in { $gains }, clearly did harm in { $losses }, and made no clear difference in { $unclear }{ $equivalent ->
    [0] { "" }
   *[other] ; it is equivalent within the margin in { $equivalent }
}{ $few ->
    [0] { "" }
    [one] ; 1 has too few seeds to tell
   *[other] ; { $few } have too few seeds to tell
}{ $open ->
    [0] { "" }
    [one] ; 1 has no answer yet
   *[other] ; { $open } have no answer yet
}.
sweeps-name = Sweep
sweeps-interval = Against zero, from −{ $reach } to +{ $reach } points
sweeps-teacher = Teacher, %
sweeps-newest = Newest result
sweeps-hardware = Hardware
sweeps-state = { $state ->
    [complete] complete
    [running] running
    [failed] failed
    [queued] in the queue, by its records
    [stopped] stopped
    [copy] copied report
    [unreadable] unreadable
   *[foreign] not a sweep
}
sweeps-why = { $state ->
    [copy] its runs are not here
   *[foreign] neither a sweep.yaml nor the summary.json of a report
}
sweeps-moment = { $time } UTC
sweeps-progress = { $failed ->
    [0] { "" }
    [one] 1 run failed;{ " " }
   *[other] { $failed } runs failed;{ " " }
}{ $planned ->
    [one] { $done } of 1 run is finished.
   *[other] { $done } of { $planned } runs are finished.
}
sweeps-outdated = The report is of an earlier version of this sweep.
sweeps-unreported = This program version has not made a report yet; make report does.
sweeps-balanced = balanced accuracy, like all accuracies of this sweep
sweeps-note = Test accuracies in %, means over seeds. Gain: distilled minus baseline with its 95 % interval, for another training of the student with the same teacher and another test sample. An interval that does not touch the line at zero is a clear difference; an arrow means that it goes beyond the scale. Teacher: where there are several, their ensemble.
sweeps-note-states = States are those of the last make sweep, make report or make index.
sweeps-others = Other folders here
sweeps-compare = Compare sweeps side by side
sweeps-compare-how = Tick the sweeps to compare; if none is ticked, all are shown.
sweeps-pick = Compare { $name }

# Sweeps side by side.
compare-title = Sweeps side by side
compare-shown = Shown
compare-results = Results
compare-kept = Teacher’s accuracy kept, %
compare-teacher = teacher: { $value }
compare-seconds = Training time
compare-note = Latencies are medians, on the hardware named below them: those of two machines cannot be compared, and neither can accuracies on different test images.
compare-settings = Settings
compare-key = Key
compare-only = only settings that differ
compare-nothing = { $number ->
    [0] There is no sweep here yet.
   *[other] There is one sweep here, and nothing to compare it with.
}
compare-no-results = None of these sweeps has results yet.
compare-no-difference = These sweeps have the same settings.
compare-tints = Sweep files as resolved, with all defaults. A branch that one sweep alone has, or lists of different lengths, stand in one row. In a row, cells of one tint hold the same value; the most frequent value has no tint.
