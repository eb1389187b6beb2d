# 每页四周的文字。
page-skip = 跳到正文
page-footer = 本页仅由结果文件生成；相同的文件生成逐字节相同的页面。
standing = { $state ->
    [complete] 完成：{ $total } 次运行全部完成。
    [running] 生成本页时正在运行：{ $total } 次运行中已完成 { $done } 次。
    [failed] 失败：{ $failed ->
        [0] 已没有可以启动的运行；
       *[other] 有 { $failed } 次运行出错；
    }{ $total } 次运行中已完成 { $done } 次。
    [queued] 从这里看，还在排队等待：{ $total } 次运行中已完成 { $done } 次{ $failed ->
        [0] 。
       *[other] ；有 { $failed } 次运行出错。
    }
    [stopped] 已停止：{ $total } 次运行中已完成 { $done } 次，目前没有任何运行。
   *[unreadable] 无法读取：部分运行的状态不明；{ $total } 次运行中已完成 { $done } 次。
}
standing-failure = { $number ->
    [1] { $run } 失败（{ $reason }）。
   *[other] 其中第一个是 { $run }（{ $reason }）。
}
standing-reason = { $kind }：{ $reason }
standing-go-on = { $state ->
    [failed] 排除原因之后：
    [diverged] 用同样的设置会再次发散：请在 sweep 文件中或用 SET 更改设置（降低 optimizer.lr、设 clip_grad_norm、加预热），或修正自己的模型，然后再次运行：
    [unreadable] 要查看是哪个文件、该怎么做：
    [queued] 如果没有控制器在管理它，请在启动它的地方运行：
   *[stopped] 要继续，请在启动它的地方运行：
}
page-title = { $sweep }：{ $verdict }，{ $gain } 个百分点
page-title-open = { $sweep }：{ $final ->
    [yes] 没有结论
   *[no] 尚无结论
}
topics = 主题
topic-empty = 暂无内容：所需的结果尚未产生。
way-sweeps = 全部 sweep
page-permalink = 链接到“{ $heading }”
page-made = { $ended ->
    [yes] 结果截至 { $date }，由 kd-sweep { $version } 生成。
    [undated] 由 kd-sweep { $version } 生成；这些结果没有日期。
   *[no] 尚无运行结束；由 kd-sweep { $version } 生成。
}
interim = 目前仅有验证集上的结果：单独训练的学生模型 { $baseline }%（{ $num_seeds } 个种子），{ $num_trials } 次试验中最优的一次 { $best }%。这还不是结论：该试验正是按这一数值挑选出来的。
# Topics: in the navigation and as headings of their pages.
topic-answer = 结论
topic-certainty = 可信度
topic-methods = 方法
topic-controls = 对照实验
topic-other-tests = 其他测试集
topic-classes = 类别
topic-errors = 错误
topic-labels = 标签
topic-agreement = 与教师模型的一致性
topic-size = 大小与速度
topic-calibration = 校准
topic-training = 训练
topic-search = 搜索
topic-runs = 运行
topic-provenance = 来源
