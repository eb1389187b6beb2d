# 图的坐标轴、图例与文字描述。
axis-accuracy = { test-measure }（%）
axis-gain = 相对基线的{ test-measure }提升（百分点）
axis-val-accuracy = 验证准确率（%）
axis-val-balanced-accuracy = 验证平衡准确率（%）
axis-val-loss = 验证损失
axis-error = 测试错误率（%）
axis-said = 预测类别{ $by ->
    [number] （类别编号）
   *[name] { "" }
}
axis-truth = 真实类别{ $by ->
    [number] （编号）
   *[name] { "" }
}
spoken-accuracy = { $name } { $value }%
spoken-gain = { $name } { $gain }（{ $interval }）
spoken-trial = 试验 { $number }：{ $facts }
spoken-class = 类别 { $name }：查看被误判的图像
spoken-cell = { $truth } 被判为 { $predicted }：{ $total } 次中的 { $number } 次
spoken-row = { $truth }：{ $total } 次中判对 { $number } 次
figure-accuracies = 各模型的{ test-measure-head }：{ $values }。
figure-gains = 相对基线的提升（百分点）及 95% 置信区间：{ $values }。
figure-search = { $number } 次搜索试验（{ $names }）。{ $best ->
    [none] 尚未选定。
   *[other] 最佳：{ $best }。
}
figure-classes = 教师、基线与蒸馏学生在各类别上的错误率。
figure-confusion = { $arm }：{ $wrong }% 的判断有误{ $num_seeds ->
    [1] 。
   *[other] ，全部 { $num_seeds } 个种子合计。
}
