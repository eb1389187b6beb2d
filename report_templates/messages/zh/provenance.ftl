# 结果的来历。
provenance = 来源
provenance-sweep = sweep 文件
run-with = 并设置 { $setting }
provenance-data = 数据
provenance-content = { $source }，内容 { $digest }
provenance-skipped = 略去 { $number } 张无法读取的图像：{ $names }
provenance-left-out = 略去 { $number } 个其他文件：{ $kinds }
provenance-more = { " " }等，另有 { $number } 张
provenance-teachers = 教师模型
provenance-averaged = 其原始 logits 在 { $run } 中取平均
provenance-averaged-online = 其原始 logits 在每一步中取平均
provenance-program = 程序
provenance-commit = 提交 { $commit }
provenance-changes = ，含未提交的修改（{ $hash }）
provenance-unknown = 未知：没有 { $file }
provenance-cluster = 集群
provenance-machines = 机器
provenance-host = { $host }（执行 { $number } 次）
provenance-attempts = { $number } 次；其中 { $resumed } 次从检查点继续
provenance-taken-over = 沿用的运行
provenance-taken-over-runs = 来自 sweep { $sweep }，它已有相同的运行（其用时与机器也计入此处）：{ $runs }
provenance-changed = 代码有变
provenance-changed-runs = { $number } 次运行在继续时所用的代码与开始时不同：{ $runs }
provenance-hardware = 硬件有变
provenance-hardware-runs = { $number } 次运行在继续时所用的 GPU、CPU 或 CPU 线程数与开始时不同，因此结果与不间断的运行并非逐位一致：{ $runs }
provenance-commits = 运行过的提交
provenance-time = { $time }，所有运行合计
provenance-readings = 读取测试图像
provenance-times = { $number ->
    [0] 尚未读取
   *[other] { $number } 次
}
provenance-resolved = 解析后的 sweep
