# 论文插图的标题。
paper-basis = { $images } 张测试图像，每种学生 { $seeds } 个种子
paper-accuracies-beside-published = 最终测试准确率。线段：95% 置信区间，同时涵盖重新训练和更换测试样本（仅一个种子时只涵盖更换测试样本）；{ $basis }。菱形：已发表的数值。
paper-accuracies = 最终测试准确率。线段：95% 置信区间，同时涵盖重新训练和更换测试样本（仅一个种子时只涵盖更换测试样本）；{ $basis }。
paper-curves = 各学生随 epoch 变化的验证准确率：{ $seeds } 个种子的均值，色带为各种子的最低值到最高值。最初几个 epoch 可能低于坐标轴。
paper-gains = 在相同种子和相同图像上相对基线的提升（{ $basis }）。线段：95% 置信区间，同时涵盖重新训练和更换测试样本；不触及零即为明显差异。
paper-losses = 训练图像上的损失随 epoch 的变化：{ $seeds } 个种子的均值，色带为各种子的最低值到最高值。硬损失：与标签的交叉熵。软损失：与{ $num_teachers ->
    [1] 教师
   *[other] 教师集成
}分布的散度，乘以 T²。
paper-search = 搜索中的每次试验，按温度和教师权重排列。颜色：最后一个 epoch 的验证指标。圆圈：最好的一次。
paper-classes = 各类别在测试集上的错误率（{ $basis }），最难的类别在前。
paper-confusion = { $arm ->
    [teacher] { $num_teachers ->
        [1] 教师
       *[other] 教师集成
    }
    [baseline] 基线
   *[distilled] 蒸馏学生
}在测试集上的错误（{ $images } 张图像），各种子求和。颜色：真实类别中被判为另一类别的份额；对角线为判对的图像。
