# 运行一览表、首页上的汇总，以及单次运行的页面。
runs-heading = 运行
runs-title = { $sweep } 的全部运行
runs-all = 全部 { $number } 次运行（可筛选、排序）
runs-back = 返回报告
runs-note = 训练时间为各轮之和，格式为 时:分:秒。设备时数包括所有已结束尝试的启动与评估：设备数（在 CPU 上为线程数）乘以实际经过的小时数。同样的数据可下载：
runs-others = 本次扫描的早期版本留下 { $number } 个运行文件夹，此处未使用：
runs-shown = 显示 { $shown } / { $all } 次运行
runs-filter = 筛选
runs-any = 全部
runs-run = 运行
runs-number = 次数
runs-role = 角色
runs-state = 状态
runs-why = 未完成的原因
runs-setting = 设置
runs-seed = 随机种子
runs-trial = 试验
runs-epochs = 轮次
runs-val-accuracy = 验证集准确率（%）
runs-time = 训练时间
runs-gpu-hours = GPU 小时
runs-core-hours = 核心小时
runs-attempts = 尝试次数
runs-preempted = 被抢占次数
runs-node = 节点
runs-device = 设备
runs-slowest = 最慢的运行
search-listed = 共 { $all } 次试验，此处列出最好的 { $number } 次。
holes-more = 另有 { $number } 项未在此列出。
run-standing = { $standing ->
    [complete] 完成
    [pruned] 提前终止
    [failed] 失败
    [unreadable] 无法读取
    [interrupted] 中断
    [open] 进行中
   *[not-started] 未开始
}
run-role = { $role ->
    [teacher] 教师模型
    [logits] 教师 logits
    [baseline] 基线
    [search] 搜索
    [compare] 指定设置
    [final] 蒸馏
   *[test] 测试
}
run-end = { $end ->
    [complete] 完成
    [pruned] 提前终止
    [preempted] 被抢占
    [timeout] 超出时限
    [died] 无声退出
    [fenced] 被更新的尝试取代
    [out-of-memory] 内存不足
    [failed] 失败
   *[open] 尚无结束记录
}
run-split = { $split ->
    [val] 验证集
   *[test] 测试集
}
run-accuracy = { $split ->
    [val] 验证集准确率
   *[test] 测试集准确率
}
run-trial = 第 { $number } 号试验，共 { $all } 个
run-seed = 随机种子 { $seed }
run-preempted = 被抢占 { $number } 次
run-siblings = 设置相同的其他运行：
run-sibling = { run-role }，随机种子 { $seed }
run-curves = 曲线
run-thinned = 每 { $every } 轮一点
run-metrics = 最后一轮之后的指标
run-top5 = 前五准确率（%）
run-nll = 负对数似然
run-ece = 校准误差
run-one-attempt = 一次尝试，节点 { $host }（{ $device }）：{ $began } 开始，用时 { $took }，提交 { $commit }。
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
    [0] 与基线的第一个随机种子完全相同。
   *[other] 有 { $number } 项与基线的第一个随机种子不同。
}
run-same = 其余 { $number } 项相同
run-here = 本次运行
run-in-baseline = 基线
run-log = 日志 { $name } 的末尾
