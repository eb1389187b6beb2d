# 哪个类别被误判为哪个类别。
confusions = 混淆矩阵
confusions-note = 颜色：一个真实类别被判为另一类别的比例；对角线为判对的部分。{ $numbered ->
    [yes] 数字为图像数。选择单元格可查看其中的图像。
   *[no] 选择一行可查看该类别的图像。
}
confusions-changed = 蒸馏改变最明显的混淆
confusions-baseline = 基线，每个种子的图像数
confusions-distilled = 蒸馏，每个种子的图像数
confusions-change = 变化
read-as = { $truth } 被判为 { $predicted }
