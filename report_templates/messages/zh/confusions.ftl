# 哪个类别被误判为哪个类别。
confusions = 混淆矩阵
confusions-changed = 蒸馏改变最明显的混淆
confusions-baseline = 基线，每个种子的图像数
confusions-distilled = 蒸馏，每个种子的图像数
confusions-change = 变化
read-as = { $truth } 被判为 { $predicted }
confusion-caption = 测试集（{ $images } 张图像）上每个种子的图像数；学生模型为 { $seeds } 个种子的平均值。{ $shown ->
    [all] { "" }
   *[some] 所示为 { $total } 个类别中学生模型最常混淆的 { $number } 个：学生模型的混淆中有 { $share }% 的两端都在其中。
}
confusion-how = 行为真实类别，列为预测类别。各模型使用同一颜色刻度，颜色随数目的平方根变化，使少见的混淆也能看清。对角线（判对的图像）不着色。{ $change ->
    [yes] 最后一幅图中，橙色表示蒸馏后变多，蓝色表示变少。单个格子未作显著性检验：小的数字是噪声。整个类别是否有变化，在“类别”一节中检验。
   *[no] { "" }
}点击格子可查看其图像。
confusion-figure = { $arm }：在所示类别之间，每个种子有 { $wrong } 张图像被判错。
confusion-unit = 张图像
