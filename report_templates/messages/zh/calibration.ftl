# 校准：置信度与准确率的比较。混淆：蒸馏改变了什么，以及最易混淆的类别。
calibration-heading = 校准
calibration-ece = 校准误差 ECE（百分点）
calibration-surplus = 置信度减准确率（百分点）
calibration-accuracy = 准确率（%）
calibration-images = 图像（%）
calibration-confidence = 置信度（%）
calibration-bin-head = { $arm }：准确率（%）；下方：置信度（%）· 每个种子的图像数
calibration-spoken = { $arm }：校准误差 { $ece } 个百分点
calibration-figure = 15 个置信度区间内的准确率，以及各区间的图像占比。{ $values }。
calibration-caption = { $images } 张测试图像上的可靠性图：虚线以上表示模型的正确率高于其置信度，虚线以下表示过度自信。取所有种子的平均；空心标记：每个种子不足 { $least } 张图像。下方：各区间的图像占比。
calibration-change = { $verdict ->
    [gain] 蒸馏使学生模型的校准变好
    [loss] 蒸馏使学生模型的校准变差
    [too-few-seeds] 两个种子无法判断蒸馏是否改变校准
   *[no-clear-difference] 蒸馏是否改变校准尚不明确
}：其校准误差变化了 { $change } 个百分点（对种子的 95% 置信区间为 { $low } 到 { $high }）。
calibration-no-change = 要判断蒸馏是否改变校准，两种学生模型都至少需要两个结果不全相同的种子。
calibration-note = 置信度指 T 为 1 时最大的 softmax 概率。校准误差：各图像所在区间的准确率与置信度之差的绝对值对图像取平均，区间为 15 个等宽区间（Guo 等，2017）。区间估计为对种子的 95% 置信区间；图像较少时，校准误差本身会略微偏高。
true-class-axis = 真实类别的概率，%（logit 刻度）
true-class-images = 图像（%）
true-class-spoken = { $arm } { $median }%
true-class-figure = 真实类别所得概率不超过某一值的测试图像占比。中位数：{ $values }。
true-class-caption = { $images } 张测试图像各自真实类别所得的概率（对种子取平均）：所得概率不超过横轴数值的图像占比。曲线越低，给予正确答案的概率越多。
calibration-table = 各区间的数值

confusion-cell = { $truth } 被判为 { $predicted }：每个种子 { $number } 张图像
confusion-change-title = 蒸馏减基线
confusion-change-figure = 蒸馏减基线，每个种子的图像数：混淆减少 { $fewer } 张，增加 { $more } 张。
confusion-evenness-link = 错误在各类别间分布得是否均匀，见“训练”一节的测量
confusion-pairs-heading = 最易混淆的类别对
confusion-pair = 类别对（双向）
confusion-pair-change = 蒸馏带来的变化
confusion-pairs-note = 测试集上每个种子的图像数：互相误判的双向合计，学生模型中最常见者在前。
