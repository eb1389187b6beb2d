# α 与 T 的搜索：各次试验说明了什么，下一步试什么。
trials-points = { $value } 个百分点
trials-accuracy = 验证集准确率（%）
trials-balanced-accuracy = 验证集平衡准确率（%）
trials-loss = 验证集损失
trials-axis-number = 试验序号
trials-axis = { $name ->
    [alpha] α，教师模型所占权重
    [temperature] 温度 T
   *[other] { $name }
}{ $log ->
    [yes] （对数刻度）
   *[no] { "" }
}
trials-complete = 完成
trials-pruned = 已剪枝
trials-failed = 失败
trials-open = 未完成
trials-best = 最优
trials-best-so-far = 迄今最优
trials-noise-band = 单个种子的随机波动
trials-no-best = 尚无
trials-figure-history = 按搜索顺序排列的 { $number } 次试验的取值。最优：{ $best }。
trials-figure-slice = { $number } 次试验的取值随 { $name } 的变化。最优：{ $best }。
trials-caption-history = 按搜索顺序排列的各次试验；折线为迄今最优的已完成试验。{ $banded ->
    [yes] 灰带：换一个随机种子可能使最优值变动的幅度。
   *[no] { "" }
}
trials-caption-slice = 同样的取值随 { $name } 的变化{ $number ->
    [1] 。
    [2] ，{ $others } 各不相同。
   *[other] ，其余各维各不相同。
}
trials-states = { $complete } 次完成，{ $pruned } 次被剪枝（画在停止时的取值处），{ $failed } 次失败，{ $open } 次未完成（没有取值的画在图中较差的一端）。
trials-outside = { $number } 次试验远离其余试验，画在图的边缘。
trials-region = 就单次训练所能分辨的程度而言，与最优设置同样好的是虚线以内的设置，占搜索范围的 { $share }%。{ $region }它们的平滑值至多比最优差 { $tolerance }，即单次训练的噪声。
trials-region-alone = 就单次训练所能分辨的程度而言，没有任何搜索过的设置能与 α 0（即不蒸馏的学生模型）相比。
trials-region-box = 它们位于 { $first }、{ $second }。
trials-region-curved = 它们不是一个矩形：{ $cuts }。
trials-range = { $name } { $low } 至 { $high }
trials-cut = { $name } 为 { $value } 时，{ $ranges }
trials-surface-note = 底色：用带噪声项的高斯过程对已完成试验作的平滑（至少需要 { $least } 次试验，且只画在附近有试验之处）。{ $number ->
    [0] { "" }
   *[other] 另有两类值参与平滑（共 { $number } 个）：基线的各次训练，即 α 为 0 的试验；以及被剪枝的试验，其取值为停止时与它同名次的已完成试验的最终取值。
}
trials-no-surface = { $number ->
    [0] 没有已完成的试验，因此尚无最优点。
   *[other] 已完成的试验有 { $number } 次；平滑需要 { $least } 次，因此只知道最优点，不知道它周围的情形。
}
trials-no-map = 搜索有 { $number } 维，因此没有平面图：各图分别显示每一维，折线图显示每次试验在所有维度上的取值。
trials-one-dimension = 只搜索了一维，因此它的图就是整个搜索。
trials-noise-heading = 其中有多少出于偶然？
trials-noise = 每次试验都只用同一个随机种子 { $seed } 训练，因此每个取值都含有该种子的偶然性。在最终训练的各个种子上，同一设置的取值的标准差为 { $deviation }（自由度 { $degrees }）：两次试验之间这样大小的差异可能纯属偶然。
trials-repeated = 最好的 { $number } 个设置又用更多种子训练；图表中显示的是它们在各种子上的平均值，并按平均值选出最优。
trials-noise-unknown = 每次试验都只用同一个随机种子 { $seed } 训练，因此每个取值都含有该种子的偶然性。在同一设置有两个种子完成且取值不同之前，无法知道它有多大。
trials-final-mean = 最优试验的取值为 { $best }；同一设置在另外 { $number } 个未参与选择的种子上平均为 { $mean }。
trials-importance-heading = 其中哪个更重要
trials-parameter = 维度
trials-importance = 占比
trials-importance-note = PED-ANOVA（Watanabe 等，2023），即 Optuna 的默认算法：逐维比较最好的十分之一已完成试验的取值与全部试验的取值相差多少。即使各维几乎什么也解释不了，占比之和仍为 100%。
trials-importance-few = 已完成的试验只有 { $number } 次（至少应有 { $least } 次），因此意义不大。

advice-heading = 下一步试什么
advice-settled = 没有需要再试的：最优设置位于搜索范围内部{ $mapped ->
    [yes] ，并且明显超出单次训练的噪声。
    [untold] 。它是否超出单次训练的噪声无法判断：并非每一维都有明显的作用。
   *[no] 。已完成的试验太少，无法判断它超出噪声多少。
}
advice-none-trained = 没有训练任何试验：它们所依赖的运行失败了。原因见“缺失的结果”。
advice-none-complete = 已结束的 { $number } 次试验没有一次完成（{ $pruned } 次被剪枝，{ $failed } 次失败），因此没有最优设置。{ $failed ->
    [0] { "" }
   *[other] 失败的原因见“缺失的结果”。
}{ $pruned ->
    [0] { "" }
   *[other] 不剪枝则每次试验都会训练到底。
}
advice-unfinished = { $open ->
    [0] 搜索尚未结束：以下内容可能改变。
   *[other] 搜索尚未结束（{ $open } 次试验未完成）：以下内容可能改变。
}
advice-failed = { $number } 次试验中有 { $failed } 次失败，达到了 { $share }%：图上相应的部分是空白。原因见“缺失的结果”。
advice-too-few = 已完成的试验为 { $number } 次；通常每维至少 { $each } 次、共 { $least } 次，由搜索得出的说法才可信。已完成的试验会保留，只训练新增的试验。
advice-tied = 搜索无法区分各个设置：{ $repeated ->
    [yes] 用更多种子训练过的 { $number } 个设置
   *[no] 已完成的 { $number } 次试验
}的{ $metric ->
    [val_accuracy] 验证准确率都是 { $value }%
    [val_balanced_accuracy] 验证平衡准确率都是 { $value }%
   *[val_loss] 验证损失都是 { $value }
}。选用的是试验 { $trial }：{ $metric ->
    [val_loss] 它是其中的第一个。
   *[other] 数值相同时取验证损失最低者，再相同则取最先者。更多的验证图像能分辨更小的差别，改用验证损失也有可能：
}
advice-tied-guessing = 搜索无可选择：{ $repeated ->
    [yes] 用更多种子训练过的 { $number } 个设置
   *[no] 已完成的 { $number } 次试验
}在验证集上都不比猜测更好，{ $metric ->
    [val_accuracy] 验证准确率都是 { $value }%
    [val_balanced_accuracy] 验证平衡准确率都是 { $value }%
   *[val_loss] 验证损失都是 { $value }
}。仍选用了试验 { $trial }。请先确认学生究竟能否学习：optimizer.lr、轮数、输入。
advice-tied-some = { $repeated ->
    [yes] 用更多种子训练过的 { $all } 个设置
   *[no] 已完成的 { $all } 次试验
}中有 { $number } 个同为最优：{ $metric ->
    [val_accuracy] 验证准确率 { $value }%
    [val_balanced_accuracy] 验证平衡准确率 { $value }%
   *[val_loss] 验证损失 { $value }
}。选用的是试验 { $trial }：{ $metric ->
    [val_loss] 它是其中的第一个。
   *[other] 数值相同时取验证损失最低者，再相同则取最先者。
}
advice-flat = 这里 { $names } { $number ->
   *[other] 几乎无关紧要
}：就单次训练的噪声而言，整个范围内几乎每个取值都与最优同样好。增加试验没有帮助{ $taught ->
    [yes] ；增加种子、换一种损失或更好的教师模型也许有用。
   *[no] 。
}
advice-flat-some = 这里 { $names } { $number ->
   *[other] 几乎无关紧要
}：无论其余各维取何值，就单次训练的噪声而言，几乎每个取值都与最优同样好。
advice-edge-low = 最优的 { $name } 为 { $value }，距范围下端 { $end } 不到范围的 { $share }%{ $log ->
    [yes] （对数刻度）
   *[no] { "" }
}：更好的设置可能在范围之外。请放宽范围。
advice-edge-high = 最优的 { $name } 为 { $value }，距范围上端 { $end } 不到范围的 { $share }%{ $log ->
    [yes] （对数刻度）
   *[no] { "" }
}：更好的设置可能在范围之外。请放宽范围。
advice-no-teacher = 最优的 α 为 { $value }，几乎不用教师模型：距 { $end }（即只用标签的普通训练）不到 { $share }%。在此温度范围内，该教师模型能给的很少；放宽 T 的范围、换一种损失或换一个教师模型也许有用。
advice-all-teacher = 最优的 α 为 { $value }，几乎不用标签：距 { $end } 不到 { $share }%，而范围到此为止。无可放宽；直接模仿教师模型即可。
advice-named-better = 指定设置 { $setting } 明显优于搜索到的最优设置：在最终训练的各个种子上，后者与前者的{ val-measure }之差为 { $difference } 个百分点（95% 置信区间 { $low } 至 { $high }）。请采用指定设置，或在其附近搜索：
advice-named-untold = 无法判断指定设置 { $setting } 是否不如搜索到的最优设置：在最终训练的各个种子上，后者与前者的{ val-measure }之差为 { $difference } 个百分点（95% 置信区间 { $low } 至 { $high }）。
advice-named-few-seeds = 两个种子不足以判断指定设置 { $setting } 是否不如搜索到的最优设置：后者与前者的{ val-measure }之差为 { $difference } 个百分点。请设 seeds=5 或更多：
advice-named-worse = 搜索到的最优设置明显优于指定设置 { $setting }：在最终训练的各个种子上，前者与后者的{ val-measure }之差为 { $difference } 个百分点（95% 置信区间 { $low } 至 { $high }）。
advice-named-unknown = 在两者各有两个种子完成之前，无法知道指定设置 { $setting } 与搜索到的最优设置孰优孰劣。
