# 蒸馏为何没有帮助：发现了什么、依据是什么、可以试什么。
cause-nothing-learned = { $who ->
    [alone] 单独训练的学生模型
   *[distilled] 蒸馏的学生模型
}并不优于始终猜验证集中最常见的类别：{ $accuracy }%，后者为 { $chance }%{ $number ->
    [1] { "" }
   *[other] （{ $number } 次训练的平均）
}。
cause-nothing-learned-remedy = { $who ->
    [alone] 学生模型什么也没有学到，便无从比较：请检查其学习率、模型和数据。
   *[distilled] 它什么也没有学到：在评判教师模型之前，请先检查其学习率和损失。
}
cause-weak-teacher = { $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}并不优于单独训练的学生模型：{ val-measure }为 { $teacher }%，后者为 { $baseline }%（{ $number ->
    [1] 1 次基线
   *[other] { $number } 次基线的平均
}）。
cause-weak-teacher-remedy = { $full ->
    [yes] 单独训练的学生模型在验证集上全部正确，因此任何教师模型都不可能更好：请增加验证图像，或换更难的任务或更小的学生模型。
   *[no] 它可以使标签变软，但没有多少可教：{ $is_trained ->
        [yes] 请延长或调整其训练，或换一个教师模型。
       *[no] 请检查它的输入和类别顺序，在这里继续训练它（teacher.epochs），或换一个教师模型。
    }
}
cause-other-input = { $num_teachers ->
    [1] 教师模型
   *[other] 直接使用的教师模型
}在这里远不如其模型卡所述：验证准确率为 { $here }%，模型卡为 { $claimed }%{ $named ->
    [yes] （{ $dataset }）
   *[no] { "" }
}。输入方式很可能与训练时不同。
cause-other-input-remedy = 请将 normalize、image_size 和类别顺序与其训练时的情况对照。
cause-other-views = { $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}在学生模型所见的（增强后的）训练图像上准确率为 { $views }%，在验证集上为 { $val }%：它没有见过这样的数据增强。
cause-other-views-remedy = 请用学生模型的数据增强训练教师模型（teacher.augment），或减弱学生模型的数据增强。
cause-wrong-labels = 许多标签看来有误：在 { $share }% 的验证和测试图像上（{ $images } 张中的 { $number } 张），全部 { $num_models } 个模型都以高置信度判为同一个其他类别。
cause-wrong-labels-remedy = 请查看所有模型一致判错的图像并更正标签：标签的质量决定了学生模型能学到多好、能测得多准。
cause-sure-teacher = { $num_teachers ->
    [1] 教师模型
   *[other] 各教师模型
}已记住训练图像：T 为 { $temperature } 时，其他类别在训练图像上只得到 { $train }% 的概率，在验证集上为 { $val }%。这样的输出提供的信息几乎不比标签多。
cause-sure-teacher-remedy = 请试更高的温度，缩短教师模型的训练或为其加入数据增强，或让学生模型使用增强后的图像（教师模型对它们不那么确信）{ $change ->
    [yes] ：
   *[no] 。
}
cause-underfit = 训练结束时学生模型仍在学习：在 { $epochs } 轮的最后 { $late } 轮里，{ $whole ->
    [yes] 训练损失仍在下降
   *[no] 训练损失的下降占全部下降的 { $fall }%
}，验证准确率上升了 { $rise } 个百分点。
cause-underfit-remedy = 蒸馏的学生模型起步较慢；请把基线和学生模型都训练得更久，再作比较：
cause-uneven-tuning = 按各自搜索的选择，单独训练的学生模型使用 { $alone }，蒸馏学生模型使用 { $distilled }；前者只有 { $number } 次完整试验，而通常至少需要 { $least } 次。差异可能来自这些取值，而不是教师模型。
cause-uneven-tuning-remedy = { $change ->
    [yes] 请让两者搜索更久；已完成的试验会保留：
   *[no] 请为两者的搜索提供更多取值。
}
cause-small-gain = 即使有提升，对这项研究来说也太小：测得 { $gain } 个百分点；以 { $images } 张测试图像和{ $seeds }，提升达到 { $least } 个百分点，才能在五次研究中有四次被明确检出。
cause-name = { $kind ->
    [nothing-learned] 学生模型什么也没有学到。
    [weak-teacher] 教师模型在验证集上并不优于单独训练的学生模型。
    [other-input] 教师模型在这里远不如其模型卡所述。
    [other-views] 教师模型没有见过学生模型的数据增强。
    [wrong-labels] 许多标签看来有误。
    [sure-teacher] 教师模型已记住训练图像。
    [underfit] 训练结束时学生模型仍在学习。
    [uneven-tuning] 基线与蒸馏学生模型经少量试验被调到了不同的取值。
    [edge] 最优设置位于搜索范围的一端。
   *[small-gain] 提升太小，这些图像和种子看不出来。
}
