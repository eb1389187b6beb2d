# 以部署格式运行的学生：make export。
export-heading = 部署格式
export-note = 学生模型导出为 ONNX 文件，由 ONNX Runtime 在测试图像上运行。每个变化都与 fp32 在相同的种子与图像上比较；95% 置信区间同时考虑再训练一次与换一批测试样本。每个文件先在验证集上检验，之后才读取测试集。
export-cost-note = 从像素到 logits 的延迟：fp32 与该格式交替运行的中位数与四分位数，硬件为 { $hardware }。与 fp32 的比较取自各对运行的四分位数，只写到再次测量仍会重现的位数。
export-fp16-note = fp16 文件只有一半大小。没有 float16 运算的处理器仍以 float32 计算，并在前后转换，因此在这类处理器上不会更快。
export-caption = 以部署格式（ONNX 文件，ONNX Runtime）运行的学生模型：{ test-measure }。变化为相同种子与图像上相对于 fp32 的差；± 为 95% 置信区间（再训练一次并换一批测试样本）。
export-cost-caption = 导出文件在 ONNX Runtime 下的大小与速度。延迟为与 fp32 交替运行的中位数，与其比较的结果取自各对运行的四分位数。
export-hardware = { $device }，{ $num_threads } 个 CPU 线程，ONNX Runtime { $runtime }，{ $date }
export-head-format = 格式
export-head-file = 文件
export-head-bytes = MB
export-head-distilled = 蒸馏（%）
export-head-distilled-change = 变化（百分点）
export-head-baseline = 基线（%）
export-head-baseline-change = 基线的变化（百分点）
export-head-gain = 蒸馏的提升（百分点）
export-head-gain-change = 提升的变化（百分点）
export-head-ratio = 与 fp32 相比
export-judged = 在验证集上检验：{ $run } 以 { $format } 运行时在 { $images } 张图像上{ $measure ->
    [balanced_accuracy] 普通准确率
   *[accuracy] { "" }
}变化 { $change } 个百分点，最多允许损失 { $limit } 个百分点{ $calibration ->
    [0] {""}
   *[other] ；用 { $calibration } 张训练图像校准
}。{ $readings ->
    [1] 为此读取了一次测试集。
   *[other] 为这一格式读取了 { $readings } 次测试集：若在这些结果中挑选，就是用测试集做选择。
}
export-own = 这个文件以 { $format } 运行：{ $images } 张测试图像上{ the-measure } { $accuracy }%（95% 置信区间 { $low } 至 { $high }），在相同图像上与 fp32 相差 { $change } 个百分点（95% 置信区间 { $interval }）。
export-between = ；
export-accuracy = 所有学生模型以 { $format } 运行的平均{ test-measure }：{ $students }。
export-student = { $arm ->
    [baseline] 基线
   *[distilled] 蒸馏
} { $accuracy }%（{ $number } 个种子）
export-student-changed = { $student }，与 fp32 相差 { $change } 个百分点（95% 置信区间 { $interval }{ $verdict ->
    [gain] ：更好
    [loss] ：更差
    [too-few-seeds] ：种子太少，无法判断
   *[no-clear-difference] ：无明显差异
}）
export-gain = 以 { $format } 运行时蒸馏提升 { $gain } 个百分点（95% 置信区间 { $interval }），以 fp32 运行时为 { $gain_fp32 }；两者相差 { $change } 个百分点（95% 置信区间 { $change_interval }）：{ $verdict ->
    [gain] 蒸馏对 { $format } 学生模型的帮助更大
    [loss] 蒸馏对 { $format } 学生模型的帮助更小
    [too-few-seeds] 种子太少，无法判断
   *[no-clear-difference] 无明显差异
}。
export-speed = 以 { $format } 运行：{ $latencies }；硬件为 { $hardware }。
export-latency = { $images ->
    [1] 单张图像
   *[other] { $images } 张图像的批次
}耗时 { $median } 毫秒{ $is_fp32 ->
    [yes] {""}
   *[no] ，fp32 为 { $fp32 } 毫秒（{ $speed }）
}
export-size = { $format } 文件大小为 { $size } MB{ $format ->
    [fp32] 。
   *[other] ，是 fp32（{ $fp32 } MB）的 { $share }%。
}
