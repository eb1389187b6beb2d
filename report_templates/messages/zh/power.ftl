# 种子和测试图像够吗？只训练一次又能期待什么？
power-one-training = 蒸馏训练与基线训练两两相比，{ $pairs } 对中有 { $wins } 对蒸馏更好{ $ties ->
    [0] { "" }
   *[other] ，{ $ties } 对持平
}：各训练一次时，蒸馏胜出的概率为 { $share }%（95% 置信区间 { $low }% 至 { $high }%）。
power-told = 以 { $seeds }和 { $images }，五次研究中有四次能明确检出 { $least } 个百分点的真实提升。
power-way = { $way ->
    [seeds] 若真实提升与测得的一样大，大约需要 { $seeds }：
    [images] 测得的提升太小，再多种子也检不出，因为仅这些测试图像就带来 ±{ $floor } 个百分点的不确定性；大约 { $images }才能检出。
    [both] 测得的提升太小，大约需要 { $seeds }和 { $images }才能检出：仅这些测试图像就带来 ±{ $floor } 个百分点的不确定性。
   *[none] 测得的提升太小，任何现实数量的种子和测试图像都无法检出。
}
power-few = { $num_seeds } 个种子既不能说明一次蒸馏训练胜过一次基线训练的可能性，也不能说明本可检出多大的提升。下面的命令会继续，并保留已完成的运行：
power-sizes = 其他规模的研究能检出多大的提升
power-sizes-note = 由本研究的方差推算，并假定方差不变；种子少时只是粗略估计。“能检出”：五次研究中有四次能明确检出这样大的真实提升。
power-size-seeds = 种子
power-size-images = 测试图像
power-size-width = 95% 置信区间（± 百分点）
power-size-gain = 能检出的提升（百分点）
power-any-number = 不限
