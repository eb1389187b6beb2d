# The table of runs, its summary on the front page, and the page of a run.
runs = Runs
runs-all = { $number ->
    [one] The one run, in full
   *[other] All { $number } runs: filter and sort
}
runs-note = Training time is the sum of the epochs, as hours:minutes:seconds. Device hours cover all attempts, including start-up and evaluation: devices (on a CPU: threads) times wall-clock hours. Runs that train together share them; an attempt without a recorded end counts until its last sign of life.
runs-others = { $number ->
    [one] 1 other run folder
   *[other] { $number } other run folders
} from earlier versions of this sweep, not used here: { $names }
runs-any = any
runs-run = Run
runs-number = Runs
runs-role = Role
runs-why = Why not complete
runs-time = Training time
runs-gpu-hours = GPU-hours
runs-core-hours = Core-hours
runs-attempts = Attempts
runs-preempted = Preempted
runs-node = Node
runs-device = Device
runs-slowest = Slowest runs
search-listed = The { $number } best of { $all } trials.
missing-results-more = { $number ->
    [one] One more is not listed here.
   *[other] { $number } more are not listed here.
}
run-split = { $split ->
    [val] val
   *[test] test
}
run-accuracy = { $split ->
    [val] Val accuracy
   *[test] Test accuracy
}
run-balanced = Balanced accuracy, %
run-trial = trial { $number } of { $all }
run-seed = seed { $seed }
run-preempted = { $number ->
    [one] preempted once
   *[other] preempted { $number } times
}
run-siblings = Other runs with this setting:
run-sibling = { role }, seed { $seed }
run-curves = Curves
run-thinned = one in { $every } epochs
run-metrics = Metrics after the last epoch
run-top5 = Top-5 accuracy, %
run-nll = Negative log-likelihood
run-ece = Calibration error, points
run-one-attempt = One attempt, on { $host } ({ $device }): began { $began }, took { $took }, commit { $commit }.
run-attempts = Attempts
run-attempt = No.
run-began = Began
run-took = Took
run-ended = How it ended
run-from = Resumed from
run-code = Commit
run-resumed = epoch { $epoch }, step { $step }
run-afresh = the beginning
run-uncommitted = + uncommitted changes
run-configuration = Configuration
run-differences = { $number ->
    [0] Nothing differs from the first seed of the baseline.
    [one] One key differs from the first seed of the baseline.
   *[other] { $number } keys differ from the first seed of the baseline.
}
run-same = { $number ->
    [one] The key that is the same
   *[other] The { $number } keys that are the same
}
run-here = This run
run-in-baseline = Baseline
run-log = End of the log { $name }
runs-by-role = By role
runs-every = All runs
run-beside = Beside the curves of all arms
