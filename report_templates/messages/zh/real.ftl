# 这个提升可信吗？
real = 这个提升可信吗？
real-why = 有两种偶然因素可能造成虚假的提升：训练的随机性（换一个种子，初始权重就不同）和测试图像的选取。基线学生模型与蒸馏学生模型在相同的种子、相同的图像上成对比较，两者共有的部分相互抵消；其余的偶然因素都由区间涵盖。教师模型自始至终是同一个：换一个教师模型会怎样，区间并不涵盖。{ $num_seeds ->
    [1] 只有一个种子时，训练的随机性无从得知，因此区间并不涵盖。
   *[other] { "" }
}
real-figure = 相对基线的提升：平均值与 95% 置信区间；下方每个点为一个种子。{ $num_seeds ->
    [1] 各只训练一次时，区间只涵盖测试图像的选取。
   *[other] 区间不触及零即为明显差异。
}
real-chance = 假如只有这一项变化
real-interval = 95% 置信区间（百分点）
real-both = 训练与测试图像
real-headline = 即上面的结论
real-training = 训练
real-paired-seeds = 配对 t 检验，{ $number } 个种子
real-one-seed = 至少需要两个种子
real-images = 测试图像
real-paired-images = 配对，{ $number } 张图像
real-chosen-on-val = 设置在验证集上选定，从未使用测试集。测试图像{ $number ->
    [1] 只读取过一次。
   *[other] 读取过 { $number } 次；每次读取之后再改设置，都会使数值略微偏高。
}
real-by-seed = 逐个种子
real-baseline = 基线（%）
real-distilled = 蒸馏（%）
real-fixed = 由错变对的图像
real-broken = 由对变错的图像
real-mcnemar = McNemar p
real-by-seed-note = 由错变对：该种子的基线判错而蒸馏学生模型判对；由对变错则相反。McNemar 精确检验只针对一个种子，检验两者之差是否可能只是抛硬币的结果。
