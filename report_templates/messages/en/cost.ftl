# What teacher and student cost to keep and to run.
cost = Size and speed
cost-bytes = Weights on disk, MB
cost-single = One image, ms
cost-batch = A batch, ms
cost-throughput = Images a second
cost-passes = { $number ->
    [one] 1 pass
   *[other] { $number } passes
}
cost-note = Latency from pixels to logits: median and quartiles of repeated passes after warming up, teacher and student in one process, on { $hardware }. Other work on the machine slows them.
cost-unmeasured = Speed was not measured.
cost-not-yet = Speed was not measured; the test run does it.
cost-same = The baseline and every distilled student are the same model and cost the same.
hardware = { $device }, { $num_threads ->
    [one] 1 CPU thread
   *[other] { $num_threads } CPU threads
}, { $precision }, { $date }
