# Where the results come from.
provenance = Provenance
provenance-sweep = Sweep file
run-with = with { $setting }
provenance-data = Data
provenance-content = { $source }, content { $digest }
provenance-skipped = { $number ->
    [one] 1 unreadable image
   *[other] { $number } unreadable images
} left out: { $names }
provenance-left-out = { $number ->
    [one] 1 other file left out: { $kinds }
   *[other] { $number } other files left out: { $kinds }
}
provenance-more = { " " }and { $number } more
provenance-teachers = Teachers
provenance-averaged = their raw logits averaged in { $run }
provenance-averaged-online = their raw logits averaged in every step
provenance-program = Program
provenance-commit = commit { $commit }
provenance-changes = , with uncommitted changes ({ $hash })
provenance-unknown = unknown: no { $file }
provenance-cluster = Cluster
provenance-machines = Machines
provenance-host = { $host } ({ $number ->
    [one] 1 attempt
   *[other] { $number } attempts
})
provenance-attempts = { $number }; { $resumed } resumed from a checkpoint
provenance-taken-over = Reused
provenance-taken-over-runs = from the sweep { $sweep }, which had the same runs (their time and machines are counted here too): { $runs }
provenance-changed = Code changed
provenance-changed-runs = { $number ->
    [one] 1 run was resumed with different code
   *[other] { $number } runs were resumed with different code
}: { $runs }
provenance-hardware = Hardware changed
provenance-hardware-runs = { $number ->
    [one] 1 run was resumed on another GPU, CPU or number of CPU threads, so it is not bit-identical to an uninterrupted one
   *[other] { $number } runs were resumed on another GPU, CPU or number of CPU threads, so they are not bit-identical to uninterrupted ones
}: { $runs }
provenance-commits = Commits that ran
provenance-time = { $time }, all runs together
provenance-readings = Test set read
provenance-times = { $number ->
    [0] not yet
    [one] once
   *[other] { $number } times
}
provenance-resolved = The sweep as resolved
