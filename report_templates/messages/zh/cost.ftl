# 教师与学生的存储与运行成本。
cost = 大小与速度
cost-bytes = 权重文件（MB）
cost-single = 单张图像（毫秒）
cost-batch = 一个批次（毫秒）
cost-throughput = 每秒图像数
cost-passes = { $number } 次
cost-note = 从像素到 logits 的延迟：预热之后多次重复的中位数与四分位数，教师模型与学生模型在同一进程中测量，硬件为 { $hardware }。机器上的其他负载会使两者变慢。
cost-unmeasured = 未测量速度。
cost-not-yet = 尚未测量速度；测试运行时会测量。
cost-same = 基线与所有蒸馏学生模型是同一个模型，开销相同。
hardware = { $device }，{ $num_threads } 个 CPU 线程，{ $precision }，{ $date }
