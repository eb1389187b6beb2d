# 结论：首页上的一句话，以及 sweep 结束时的两行。
answer-points = 个百分点（{ $measure ->
    [balanced_accuracy] 平衡准确率
   *[accuracy] 测试准确率
}）
answer-lead = { $verdict ->
    [equivalent] 蒸馏没有带来重要的差异（在 ±{ $margin } 个百分点内等效）：{ $measure ->
        [balanced_accuracy] 平衡准确率
       *[accuracy] { "" }
    }不蒸馏为 { $before }%，蒸馏为 { $after }%{ $basis }
    [undecided] 蒸馏是否有帮助尚无定论：{ $measure ->
        [balanced_accuracy] 平衡准确率
       *[accuracy] { "" }
    }不蒸馏为 { $before }%，蒸馏为 { $after }%{ $basis }
    [gain] 蒸馏使学生模型的测试{ $measure ->
        [balanced_accuracy] 平衡准确率
       *[accuracy] 准确率
    }从 { $before }% 提高到 { $after }%{ $basis }
    [loss] 蒸馏使学生模型的测试{ $measure ->
        [balanced_accuracy] 平衡准确率
       *[accuracy] 准确率
    }从 { $before }% 降低到 { $after }%{ $basis }
    [too-few-seeds] { $seeds }不足以判断蒸馏是否有帮助：{ $measure ->
        [balanced_accuracy] 平衡准确率
       *[accuracy] { "" }
    }不蒸馏为 { $before }%，蒸馏为 { $after }%（{ $gain } 个百分点{ $told ->
        [no] { "" }
       *[yes] ，95% 置信区间 { $interval }
    }）
   *[no-clear-difference] 蒸馏没有明显帮助：{ $measure ->
        [balanced_accuracy] 平衡准确率
       *[accuracy] { "" }
    }不蒸馏为 { $before }%，蒸馏为 { $after }%{ $basis }
}
answer-lead-basis = { $brief ->
    [yes] （{ $p }）
   *[no] （{ $spread }，{ $seeds }，{ $p }）
}
answer-spread = { $even ->
    [yes] { $gain } ± { $half } 个百分点
   *[no] { $gain } 个百分点，95% 置信区间 { $interval }
}
answer-short-lead = { $change }。
answer-full-lead = { $change }{ $kept ->
    [share] { $verdict ->
        [gain] ：它
        [loss] ：它
       *[other] ；学生模型
    }保留了{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    } { $share } 的{ the-measure }，参数量为其 { $parameters }。
    [above] ；蒸馏后学生模型的{ test-measure }高于{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    }（{ $teacher }%），参数量为其 { $parameters }。
   *[nothing] ；学生模型的参数量为{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    }的 { $parameters }。
}
answer-interval = { $told ->
    [no] { "" }
   *[yes] 95% 置信区间 { $interval }，
}依据：{ $basis }；{ $setting }{ $searched ->
    [yes] 。
   *[no] （给定，未经搜索）。
}
answer-unclear = 区间包含零：这些数据无法区分蒸馏与不蒸馏。真实提升最多 { $gain } 个百分点、或真实下降最多 { $loss } 个百分点，都与这些数据相容。
answer-explained = 就{ $num_teachers ->
    [1] 这个教师模型
   *[other] 这些教师模型
}而言，训练的随机性和测试图像的选取都不足以解释这一差异。
answer-few-seeds = { $num_seeds ->
    [1] 各只训练一次，无法反映训练的随机性：换一个种子，结果可能相反。
   *[other] 只有 { $num_seeds } 个种子时，区间反映的更多是种子的数量，而不是蒸馏的效果。
}{ $more ->
    [yes] 请设 seeds=5 或更多；已完成的运行会保留：
    [idle] { "" }
   *[no] 该 sweep 的其余种子尚缺。
}
unclear-teacher = { $verdict ->
    [loss] 在测试图像上，{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    }并不优于单独训练的学生模型
   *[no-clear-difference] 测试图像无法判断{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    }是否优于单独训练的学生模型
}：{ $measure ->
    [balanced_accuracy] 平衡准确率 { $teacher }
   *[accuracy] { $teacher }
}% 对 { $baseline }%（相差 { $difference } 个百分点，95% 置信区间 { $interval }）。
answer-open = { $final ->
    [yes] 没有结论
   *[no] 尚无结论
}
answer-progress = / { $number } 次运行已完成
answer-incomplete = 尚不完整：
answer-missing = 原因：
answer-pairs = 提升只比较两种学生模型共有的 { $number } 个种子；表格中的准确率是各模型全部种子的平均值。
answer-gaps = 这些结果有 { $number } 处缺失：{ $link }。
answer-gaps-link = 缺什么、为什么缺
answer-balanced = 平衡准确率是各类别准确率的平均值；采用它，是因为各类别的测试图像从 { $low } 张到 { $high } 张不等。普通准确率主要反映图像多的类别：不蒸馏为 { $before }%，蒸馏为 { $after }%。
answer-accuracies = 最终{ test-measure }：平均值与 95% 置信区间；下方每个点为一个种子。
answer-accuracies-published = 最终{ test-measure }：平均值与 95% 置信区间；下方每个点为一个种子。菱形：已发表的数值（{ $source }）。
answer-macs = 每张图像的乘加次数
answer-classes = 明显提升的类别
answer-of = { $number } / { $total }
answer-size = { $student } 对 { $teacher }
answer-classes-lose = { $number } 个明显下降：
answer-none-loses = 没有明显下降的类别
answer-none-loses-either = 也没有明显下降的类别

missing-setting = { $number ->
    [0] 搜索尚未选定设置
   *[other] 搜索尚未选定设置（已结束 { $number } 次试验）
}
missing-choice = 搜索没有可选的结果：{ $number ->
    [0] 没有训练任何试验
   *[other] { $number } 次试验没有一次完成
}
missing-runs = { $total } 次{ $kind ->
    [teacher] 教师模型
    [baseline] 基线
   *[distilled] 蒸馏
}运行中缺 { $number } 次（{ $states }）
missing-test = 测试图像尚未读取
missing-test-failed = 测试图像未能读取：测试运行失败
missing-predictions = 测试运行中没有这些模型的预测

line-gain = { $verdict }：{ $num_teachers ->
    [1] 用这个教师模型
   *[other] 用这些教师模型
}，蒸馏使{ test-measure }变化 { $gain } 个百分点（{ $told ->
    [no] 两个种子无法判断；
   *[yes] 95% 置信区间 { $interval }；
}{ $basis }），{ $named ->
    [yes] { $method }，
   *[no] { "" }
}alpha { $alpha }，T { $temperature }{ $is_plain ->
    [yes] { "" }
   *[no] ，{ $more }
}。
line-incomplete = 尚不完整：{ $missing }。
line-no-answer = { $final ->
    [yes] 没有结论
   *[no] 尚无结论
}：{ $missing }。
line-no-sizes = 蒸馏学生模型的开销尚不清楚。
line-cost = { $kept ->
    [share] 蒸馏学生模型保留了{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    } { $share } 的{ the-measure }，参数量为其 { $parameters }
    [above] 蒸馏学生模型的{ test-measure }高于{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    }（{ $student }% 对 { $teacher }%），参数量为其 { $parameters }
   *[nothing] 蒸馏学生模型的参数量为{ $num_teachers ->
        [1] 教师模型
       *[other] 教师集成
    }的 { $parameters }
}（{ $num_student } 对 { $num_teacher }）{ $macs ->
    [unknown] { "" }
   *[other] ，乘加次数为其 { $macs }
}{ $larger ->
    [yes] ；请注意学生模型比教师模型更大
   *[no] { "" }
}。
