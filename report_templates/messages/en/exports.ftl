# Students in the format that is deployed: make export.
export-heading = As deployed
export-note = The students as ONNX files, run by ONNX Runtime on the test images. Each change is relative to fp32, on the same seeds and images; the 95 % intervals cover both another training and another test sample. Each file was checked on val before the test set was read.
export-cost-note = Latency from pixels to logits: median and quartiles of passes in which fp32 and the format took turns, on { $hardware }. “As fast” and “as long”: against fp32, from the quartiles over pairs of passes, as far as another measurement would repeat it.
export-fp16-note = fp16 files are half the size. A processor without float16 arithmetic still computes in float32 and converts on the way, so fp16 is no faster there.
export-caption = Students in the format that is deployed, as ONNX files under ONNX Runtime: { the-measure } on the test set. Changes are relative to fp32, on the same seeds and images; ± is the 95 % interval for another training and another test sample.
export-cost-caption = Size and speed of the exported files under ONNX Runtime. Latency is the median of passes that took turns with fp32; how it compares is from the quartiles over these pairs.
export-hardware = { $device }, { $num_threads ->
    [one] 1 CPU thread
   *[other] { $num_threads } CPU threads
}, ONNX Runtime { $runtime }, { $date }
export-head-format = Format
export-head-file = File
export-head-bytes = MB
export-head-distilled = Distilled, %
export-head-distilled-change = Change, points
export-head-baseline = Baseline, %
export-head-baseline-change = Change of the baseline, points
export-head-gain = Gain by distillation, points
export-head-gain-change = Change of the gain, points
export-head-ratio = Compared with fp32
export-judged = Checked on val: { $run } as { $format } changes by { $change } points{ $measure ->
    [balanced_accuracy] { " " }of plain accuracy
   *[accuracy] { "" }
} on { $images ->
    [one] 1 image
   *[other] { $images } images
}, where a loss of up to { $limit } points was accepted{ $calibration ->
    [0] {""}
    [one] ; calibrated on 1 training image
   *[other] ; calibrated on { $calibration } training images
}. { $readings ->
    [one] The test set was read once for it.
   *[other] The test set was read { $readings } times for this format: choosing among such readings is choosing on the test set.
}
export-own = This file, as { $format }: { test-measure } { $accuracy } % on { $images } images (95 % interval { $low } to { $high }), { $change } points relative to fp32 on the same images (95 % interval { $interval }).
export-between = {"; "}
export-accuracy = All students as { $format }, mean { test-measure }: { $students }.
export-student = { $arm ->
    [baseline] baseline
   *[distilled] distilled
} { $accuracy } % ({ $number ->
    [one] 1 seed
   *[other] { $number } seeds
})
export-student-changed = { $student }, { $change } points relative to fp32 (95 % interval { $interval }{ $verdict ->
    [gain] : better
    [loss] : worse
    [too-few-seeds] : too few seeds to tell
   *[no-clear-difference] : no clear difference
})
export-gain = Distillation gains { $gain } points as { $format } (95 % interval { $interval }), { $gain_fp32 } as fp32; the difference is { $change } points (95 % interval { $change_interval }): { $verdict ->
    [gain] it helps the { $format } student more
    [loss] it helps the { $format } student less
    [too-few-seeds] too few seeds to tell
   *[no-clear-difference] no clear difference
}.
export-speed = As { $format }: { $latencies }; on { $hardware }.
export-latency = { $images ->
    [one] one image
   *[other] a batch of { $images }
} takes { $median } ms{ $is_fp32 ->
    [yes] {""}
   *[no] , fp32 { $fp32 } ms ({ $speed })
}
export-size = The { $format } file is { $size } MB{ $format ->
    [fp32] .
   *[other] , { $share } % of fp32’s { $fp32 } MB.
}
