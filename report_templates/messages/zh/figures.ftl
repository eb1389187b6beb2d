# 图的坐标轴、图例与文字描述。
axis-accuracy = { test-measure }（%）
axis-gain = 相对基线的{ test-measure }提升（百分点）
axis-val-accuracy = 验证准确率（%）
axis-val-balanced-accuracy = 验证平衡准确率（%）
axis-val-loss = 验证损失
axis-error = 测试错误率（%）
axis-said = 预测类别
axis-truth = 真实类别
spoken-accuracy = { $name } { $value }%
spoken-gain = { $name } { $gain }（{ $interval }）
spoken-trial = 试验 { $number }：{ $facts }
spoken-class = 类别 { $name }：查看被误判的图像
figure-accuracies = 各模型的{ test-measure-head }：{ $values }。
figure-gains = 相对基线的提升（百分点）及 95% 置信区间：{ $values }。
figure-search = { $number } 次搜索试验（{ $names }）。{ $best ->
    [none] 尚未选定。
   *[other] 最优：{ $best }。
}
figure-classes = 教师、基线与蒸馏学生在各类别上的错误率。
how-to-read = { $what ->
    [figure] 如何阅读此图
   *[table] 如何阅读此表
}
figure-save = 保存此图
dots-note = 小圆点：每个种子一个。
dots-of-classes = 小圆点：每个种子一个，基线的在该类别横线之上，蒸馏学生模型的在其下。
dots-lead = 点击一次试验可查看其运行。
