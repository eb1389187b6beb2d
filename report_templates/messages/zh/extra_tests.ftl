# 其他测试集，以及加了干扰的测试图像。
extra-tests = 其他测试集
extra-set = 测试集
extra-accuracy = { $arm }{ the-measure }（%）
extra-head-accuracy = { measure-head }（%）
extra-section-note = 在与训练图像不同的图像上，提升是否依然存在？每个测试集都在全部训练结束后只读取一次，没有用来做任何选择。提升相对于基线，按种子和图像配对。
extra-heading = 其他测试集：{ $name }
extra-heading-corruptions = 加了干扰的测试图像
extra-read = { $number } 张图像，在全部训练结束后只读取一次，没有用来做任何选择。区间针对另一次训练和另一批同类图像；测试集有多个时，即使并无真实变化，平均每二十个也会有一个偶然显得明确。
extra-corruptions-note = 存储的测试图像以四种方式、各三种强度加以改变（arXiv:1903.12261）。平均值对每张图像计算在十二种改变下判对的比例。
extra-gain-there = 在{ $name }上，蒸馏使{ the-measure }变化 { $gain } 个百分点（95% 置信区间 { $low } 至 { $high }）。
extra-holds = { $verdicts ->
    [gain-gain] 测试集上的提升（{ $gain } 个百分点）在这里依然存在。
    [gain-loss] 测试集上的提升（{ $gain } 个百分点）在这里变成下降。
    [gain-no-clear-difference] 无法断定测试集上的提升（{ $gain } 个百分点）在这里是否存在。
    [gain-too-few-seeds] 种子太少，无法断定测试集上的提升（{ $gain } 个百分点）在这里是否存在。
    [loss-loss] 测试集上的下降（{ $gain } 个百分点）在这里也是下降。
    [loss-gain] 测试集上的下降（{ $gain } 个百分点）在这里变成提升。
   *[other] 测试集上的变化为 { $gain } 个百分点。
}
extra-in-train = { $total } 张图像中有 { $number } 张（{ $share }%）也在训练集中：模型见过它们，因此这里的结果偏好。
extra-some-classes = 它只有 { $total } 个类别中 { $number } 个类别的图像；模型可以回答任何类别。
extra-file-caption = 其他测试集上的{ the-measure }（%）和蒸馏学生模型的提升（百分点）。
extra-set-caption = { $name }（{ $images } 张图像）上的{ the-measure }（%）以及相对于基线的提升（百分点）。
corruption = { $kind ->
    [gaussian-noise] 噪声
    [gaussian-blur] 模糊
    [contrast] 低对比度
   *[jpeg] JPEG
}，强度 { $strength }
corruptions-mean = 加了干扰的测试图像（平均）
