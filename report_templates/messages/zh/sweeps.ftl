# 全部 sweep 的总表。
sweeps-title = 全部 sweep
sweeps-count = { $number ->
    [0] 还没有 sweep。
   *[other] 共 { $number } 个 sweep。
}
sweeps-verdicts = 蒸馏明显有益的 { $gains } 个，明显有害的 { $losses } 个，无明显差异的 { $unclear } 个{ $equivalent ->
    [0] { "" }
   *[other] ，在界限内等效的 { $equivalent } 个
}{ $few ->
    [0] { "" }
   *[other] ，种子太少而无法判断的 { $few } 个
}{ $open ->
    [0] { "" }
   *[other] ，尚无结论的 { $open } 个
}。
sweeps-name = sweep
sweeps-interval = 与零比较，刻度从 −{ $reach } 到 +{ $reach } 个百分点
sweeps-teacher = 教师（%）
sweeps-newest = 最新结果
sweeps-hardware = 硬件
sweeps-state = { $state ->
    [complete] 完成
    [running] 运行中
    [failed] 失败
    [queued] 按记录在排队
    [stopped] 已停止
    [copy] 报告副本
    [unreadable] 无法读取
   *[foreign] 不是 sweep
}
sweeps-why = { $state ->
    [copy] 不含生成它的各次运行
   *[foreign] 既没有 sweep.yaml，也没有报告的 summary.json
}
sweeps-moment = { $time }（UTC）
sweeps-progress = { $failed ->
    [0] { "" }
   *[other] { $failed } 次运行失败；
}{ $planned } 次运行中已完成 { $done } 次。
sweeps-outdated = 报告对应的是此 sweep 的较早版本。
sweeps-unreported = 此版本程序尚未生成报告；可用 make report 生成。
sweeps-balanced = 平衡准确率（该 sweep 的各项准确率均是）
sweeps-note = 测试准确率（%）为各随机种子的均值。提升 = 蒸馏学生模型 − 基线，附 95% 置信区间，同时涵盖用同一教师模型重新训练学生模型和更换测试样本。区间不触及零线即为明显差异；箭头表示区间超出刻度。有多个教师模型时，“教师模型”指它们的集成。
sweeps-note-states = 状态以最近一次 make sweep、make report 或 make index 为准。
sweeps-others = 此处的其他文件夹
sweeps-compare = 并排比较 sweep
sweeps-compare-how = 勾选要比较的 sweep；不勾选则显示全部。
sweeps-pick = 比较 { $name }

# 并排比较。
compare-title = 并排比较 sweep
compare-shown = 显示
compare-results = 结果
compare-kept = 保留教师模型准确率（%）
compare-teacher = 教师：{ $value }
compare-seconds = 训练时间
compare-note = 延迟为中位数，只对下方所列硬件成立：不同机器的延迟不能相比；不同测试图像上的准确率也不能相比。
compare-settings = 配置
compare-key = 键
compare-only = 只显示不同的配置
compare-nothing = { $number ->
    [0] 这里还没有 sweep。
   *[other] 这里只有一个 sweep，没有可以比较的对象。
}
compare-no-results = 这些 sweep 都还没有结果。
compare-no-difference = 这些 sweep 的配置完全相同。
compare-tints = 解析后的 sweep 文件，含全部默认值。同一行中底色相同的格子取值相同；最常见的取值没有底色。
