# The table of all sweeps.
sweeps-title = All sweeps
sweeps-count = { $number ->
    [0] There is no sweep yet.
    [one] 1 sweep.
   *[other] { $number } sweeps.
}
sweeps-verdicts = Distillation clearly helped in { $gains }, clearly did harm in { $losses }, and made no clear difference in { $unclear }.
sweeps-name = Sweep
sweeps-state = State
sweeps-gain = Gain, points
sweeps-interval = Against zero, from −{ $reach } to +{ $reach } points
sweeps-teacher = Teacher, %
sweeps-baseline = Baseline, %
sweeps-distilled = Distilled, %
sweeps-runs = Runs
sweeps-newest = Newest result
sweeps-hardware = Hardware
sweeps-state-complete = complete
sweeps-state-running = running
sweeps-state-failed = failed
sweeps-state-incomplete = incomplete
sweeps-state-copy = copied report
sweeps-state-unreadable = unreadable
sweeps-state-foreign = not a sweep
sweeps-why-copy = without the runs that it was made from
sweeps-why-foreign = neither sweep.yaml nor a report
sweeps-progress = { $planned ->
    [one] { $done } of 1 run done
   *[other] { $done } of { $planned } runs done
}
sweeps-outdated = The report is of an earlier version of this sweep.
sweeps-unreported = There is no report of this program version; make report builds it.
sweeps-range = { $low } to { $high }
sweeps-verdict-gain = gain
sweeps-verdict-loss = loss
sweeps-verdict-no-clear-difference = no clear difference
sweeps-basis = { $seeds ->
    [one] 1 seed
   *[other] { $seeds } seeds
}, { $images ->
    [one] 1 image
   *[other] { $images } images
}
sweeps-note = Test accuracies in %, means over seeds. Gain: distilled minus baseline with its 95 % interval, for another training and another test sample. An interval that does not touch the line at zero is a clear difference; an arrow says that it goes on beyond the scale. Teacher: of several, their ensemble.
sweeps-note-states = States are those of the last make sweep, make report or make index.
sweeps-others = Other folders here
sweeps-footer = Written from result files alone; the same files give the same bytes.
sweeps-compare = Compare sweeps side by side
sweeps-compare-how = Tick the sweeps to compare; without a tick, all are shown.
sweeps-pick = Compare { $name }

# Sweeps side by side.
compare-title = Sweeps side by side
compare-shown = Shown
compare-results = Results
compare-kept = Teacher’s accuracy kept, %
compare-chosen = Setting
compare-student = Student
compare-teacher = teacher: { $value }
compare-parameters = Parameters
compare-macs = Multiply-adds an image
compare-latency = One image, ms
compare-seconds = Training time
compare-note = Latencies are medians and hold for the hardware below them: two machines’ are no comparison. Accuracies on different test images are none either.
compare-settings = Settings
compare-key = Key
compare-only = only settings that differ
compare-tints = Sweep files as resolved, with all defaults. In a row, cells of one tint hold the same value; the commonest value has no tint.
