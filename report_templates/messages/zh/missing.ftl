# 本应有而没有的内容。
missing-results = 缺失的结果
missing-results-what = 缺什么
missing-results-why = 原因
final-runs = 最终运行
test-run = 测试运行
missing-because-no-search = 搜索尚未开始
missing-because-no-finals = 搜索作出选择之后才开始
missing-because-no-test = 测试图像只在其他运行全部结束后读取一次
missing-because-no-choice = 搜索没有已完成的试验可选
missing-because-nothing-to-test = 只有基线和蒸馏学生模型都有完成的运行时，才会读取测试图像
missing-because-unread = 读取测试图像时缺少 { $runs }
missing-because-failed = 失败（{ $kind }）：{ $reason }
missing-because-unfinished = 完成 { $number } 轮后未结束
missing-because-last-attempt = 完成 { $number } 轮后未结束；最近一次执行：{ $end }
missing-because-needs = 未开始：它所依赖的 { $runs } 失败了
missing-because-unreadable = 无法读取：{ $reason }
missing-because-predictions-missing = 文件缺失，因此没有{ $use ->
    [ensemble] 教师集成的验证数值
   *[test] 图像上的区间，也没有图像
}
missing-because-predictions-damaged = 文件损坏（{ $error }），因此没有{ $use ->
    [ensemble] 教师集成的验证数值
   *[test] 图像上的区间，也没有图像
}
missing-because-history-missing = 文件缺失，因此不画该运行的曲线，也不列其用时
missing-because-labels-damaged = 文件损坏（{ $error }），因此查找可疑标签时不用它
missing-because-steps-damaged = 已损坏（{ $error }），因此不画其逐步损失
missing-because-export-old = 出自本 sweep 已不再有的学生模型：请重新导出
missing-because-export-damaged = 已损坏（{ $error }），因此不显示这次导出：请重新导出
