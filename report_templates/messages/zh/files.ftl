# 表格文件的表头与标题。
file-architecture = 结构
file-images = 图像数
file-kept = 保留{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}准确率（%）
file-batch = 批大小
file-error = { $arm ->
    [teacher] { $num_teachers ->
        [1] 教师
       *[other] 集成
    }错误率（%）
    [baseline] 基线错误率（%）
   *[distilled] 蒸馏错误率（%）
}
file-f1 = { $arm ->
    [baseline] 基线 F1（%）
   *[distilled] 蒸馏 F1（%）
}
file-p-holm = p（Holm）
file-true-class = 真实类别
file-said-class = 被判为
file-measure = 指标
file-unit = 单位

file-main-caption = { $study }。{ test-measure }为各随机种子的均值，附 95% 置信区间，同时涵盖用同一教师模型重新训练学生模型和更换测试样本（仅一个种子时只涵盖更换测试样本）。
file-main-basis = 提升：在相同种子和相同图像上与基线之差（{ $images } 张测试图像，{ $seeds } 个种子）。
file-main-ensemble = 集成：各教师 logits 的均值，学生模型即由它指导。
file-beyond-caption = 准确率之外的指标，{ $images } 张测试图像，各种子的均值，附重新训练学生模型的 95% 置信区间。负对数似然（单位 nat）和校准误差（15 个区间）越小越好。粗体：最好的学生模型。{ $unequal ->
    [yes] 各类别的图像数相差很大：平衡准确率和宏平均 F1 是对各类别的平均。它们的区间也涵盖更换测试样本。
   *[no] { "" }
}
file-seeds-caption = 逐个种子比较基线与蒸馏学生模型，使用相同的 { $images } 张测试图像。由错变对：基线判错而蒸馏学生模型判对；由对变错：反之；p：McNemar 精确检验。
file-agreement-caption = 在 { $images } 张测试图像上与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}的一致性，各种子的均值，附 95% 置信区间，同时涵盖用同一教师模型重新训练学生模型和更换测试样本。
file-cost-caption = 模型大小与速度。乘加次数按单张图像计；延迟为中位数。
file-cost-measured = 测量环境：{ $hardware }。
file-classes-caption = { $number } 个类别在测试集上的错误率与 F1，各种子的均值。F1：2 TP / (2 TP + FP + FN)，把其他类别的图像误判为本类也计入。提升：从基线到蒸馏学生模型错误率的下降，附 95% 置信区间，同时涵盖用同一教师模型重新训练学生模型和更换测试样本；p 已按 Holm 方法对全部类别作校正。
file-confusions-caption = 蒸馏改变最明显的 { $number } 种混淆，以每个种子在 { $images } 张测试图像中的图像数计。变化：蒸馏减基线，越小越好。
file-training-caption = 基线与蒸馏学生模型的训练过程，各种子的均值，越小越好。差值：相同种子上蒸馏减基线，附其对种子的 95% 置信区间。
file-trials-caption = 全部 { $number } 次搜索试验，以最后一轮的验证结果评分。
file-runs-caption = 全部 { $number } 个运行，准确率为最后一轮在验证集上的结果。
