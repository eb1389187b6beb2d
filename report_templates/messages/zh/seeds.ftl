# 逐步增加种子直到足够，以及带有等效界限的结论。
seeds-open = 目前 { $number } 个种子，最多 { $most } 个：是否足够由验证集决定。
seeds-decided = { $number } 个种子，最多 { $most } 个：{ $why }。共查看验证集 { $looks } 次，各区间已计入每一次查看。开销：{ $runs } 次训练，{ $hours }。
seeds-why = { $why ->
    [half-width] 测试集上的区间预计不宽于 ±{ $half } 个百分点，要求为 ±{ $wanted }
    [zero] 验证集上的提升为 { $gain } 个百分点，因此测试集上的区间应不含零（预计在 { $low } 到 { $high } 之内）
    [margin] 验证集上的提升为 { $gain } 个百分点，因此测试集上的区间应落在 ±{ $margin } 之内（预计在 { $low } 到 { $high } 之内）
    [images] 再增加种子几乎不会缩窄测试集上的区间（预计为 ±{ $half } 个百分点），更多测试图像才会
    [max] 已到上限；按验证集，测试集上的区间预计在 { $low } 到 { $high } 个百分点之内
   *[failed] 完成的成对训练不足两对，再增加也很可能失败
}
seeds-gpu-hours = { $hours } GPU 小时
seeds-core-hours = { $hours } CPU 核小时
real-read-often = 测试图像读取过 { $number } 次；读取之后再改设置或种子，可能使数值略微偏高。
answer-equivalent = 区间落在本 sweep 的等效界限 ±{ $margin } 个百分点之内{ $direction ->
    [gain] ：提升是明显的，但小于被认为重要的程度。
    [loss] ：下降是明显的，但小于被认为重要的程度。
   *[no-clear-difference] ：可以排除重要的差异。
}
answer-undecided = 区间包含零，并且超出 ±{ $margin } 个百分点的等效界限：既未显示差异，也未显示等效。真实的提升至多 { $gain } 个百分点，或下降至多 { $loss } 个百分点，都可能呈现这样的结果。
