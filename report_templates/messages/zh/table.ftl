# 论文用的结果表，以及准确率之外的指标。
table = 结果
table-accuracy = { test-measure-head }（%）
table-published = 已发表（%）
table-seeds = 随机种子数
table-of = 共 { $number } 个
table-note = 数值为各随机种子的均值。95% 置信区间同时考虑用同一教师模型再训练一次学生模型与换一批测试样本；只有一个种子的行仅考虑换一批测试样本{ $measure ->
    [balanced_accuracy] { "" }
   *[accuracy] （Wilson；错误很少时为 Agresti–Coull）
}。比例与倍数均相对于{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}。
table-standing = 粗体：学生模型中最高的{ test-measure }。†：与其无明显差异：配对差值的 95% 置信区间包含零，或随机种子太少、无法判断。
table-note-ensemble = 指导学生模型的是教师集成：它是 { $number } 个教师模型原始 logits 的平均，开销为各教师模型之和。
table-note-published = 已发表的数值：{ $source }。
table-note-best-epoch = 这里的准确率都取自最后一轮。许多论文报告的是测试集上最好的一轮，数值会偏高。这里只读取一次测试集，因此只能用验证集估计偏高多少：验证集上最好的一轮比最后一轮高（百分点，仅供比较）{ $values }。
table-beyond = 准确率之外
table-accuracy-beside = 普通准确率（%）
table-balanced-accuracy-beside = 平衡准确率（%）
table-macro-f1 = 宏平均 F1（%）
table-top5 = Top-5 准确率（%）
table-nll = 负对数似然
table-ece = 校准误差（百分点）
table-beyond-note = 在测试集上：各随机种子的均值及其 95% 置信区间（再训练一次学生模型）。负对数似然（单位 nat）与校准误差（15 个置信度区间）均越小越好。{ $unequal ->
    [yes] 各类别的图像数相差很大：平衡准确率是各类别准确率的平均值，宏平均 F1 是各类别 F1 的平均值，普通准确率主要反映图像多的类别。这三者的区间也涵盖更换测试样本。
   *[no] { "" }
}
table-variants = 另有 { $number } 组各改动一处，见{ $link }。
