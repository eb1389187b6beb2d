# What teacher and student cost to keep and to run.
cost = Size and speed
cost-bytes = Weights on disk, MB
cost-single = One image, ms
cost-batch = A batch, ms
cost-throughput = Images per second
cost-passes = { $number ->
    [one] 1 pass
   *[other] { $number } passes
}
cost-note = Latency from pixels to logits: median and quartiles of repeated passes after warm-up, teacher and student in one process, on { $hardware }. Other load on the machine slows both.
cost-unmeasured = Speed was not measured.
cost-not-yet = Speed has not been measured yet; the test run measures it.
cost-same = The baseline and every distilled student are the same model and cost the same.
hardware = { $device }, { $num_threads ->
    [one] 1 CPU thread
   *[other] { $num_threads } CPU threads
}, { $precision }, { $date }
