# 运行一览表、首页上的汇总，以及单次运行的页面。
runs = 运行
runs-all = 全部 { $number } 次运行（可筛选、排序）
runs-note = 训练时间为各轮之和，格式为 时:分:秒。设备时数包括所有执行，含启动与评估：设备数（在 CPU 上为线程数）乘以实际经过的小时数。一同训练的运行分摊时数；没有结束记录的执行计到其最后一次活动为止。
runs-others = 本 sweep 的早期版本留下的其他 { $number } 个运行文件夹，此处未用：{ $names }
runs-any = 全部
runs-run = 运行
runs-number = 次数
runs-role = 角色
runs-why = 未完成的原因
runs-time = 训练时间
runs-gpu-hours = GPU 小时
runs-core-hours = CPU 核小时
runs-attempts = 执行次数
runs-preempted = 被抢占次数
runs-node = 节点
runs-device = 设备
runs-slowest = 最慢的运行
search-listed = 共 { $all } 次试验，此处列出最好的 { $number } 次。
missing-results-more = 另有 { $number } 项未在此列出。
run-split = { $split ->
    [val] 验证
   *[test] 测试
}
run-accuracy = { $split ->
    [val] 验证准确率
   *[test] 测试准确率
}
run-balanced = 平衡准确率（%）
run-trial = 第 { $number } 号试验，共 { $all } 个
run-seed = 种子 { $seed }
run-preempted = 被抢占 { $number } 次
run-siblings = 设置相同的其他运行：
run-sibling = { role }，种子 { $seed }
run-curves = 曲线
run-thinned = 每 { $every } 轮一点
run-metrics = 最后一轮之后的指标
run-top5 = Top-5 准确率（%）
run-nll = 负对数似然
run-ece = 校准误差（百分点）
run-one-attempt = 执行一次，节点 { $host }（{ $device }）：{ $began } 开始，用时 { $took }，提交 { $commit }。
run-attempts = 执行记录
run-attempt = 序号
run-began = 开始
run-took = 用时
run-ended = 结束方式
run-from = 起点
run-code = 提交
run-resumed = 第 { $epoch } 轮之后，第 { $step } 步
run-afresh = 从头开始
run-uncommitted = 含未提交的改动
run-configuration = 配置
run-differences = { $number ->
    [0] 与基线的第一个种子完全相同。
   *[other] 有 { $number } 项与基线的第一个种子不同。
}
run-same = 其余 { $number } 项相同
run-here = 本次运行
run-in-baseline = 基线
run-log = 日志 { $name } 的末尾
runs-by-role = 按角色
runs-every = 全部运行
run-beside = 与各组模型的曲线对照
