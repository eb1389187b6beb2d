# 首页的卡片：每个主题得出什么，一行话。
card-more = { $names } 等，另有 { $number } 个
card-unread = { $final ->
    [yes] 没有可展示的内容：
   *[no] 暂无可展示的内容：
}没有对测试图像的预测。

card-certainty = 各训练一次时，{ $pairs } 对中有 { $wins } 对蒸馏更好{ $ties ->
    [0] { "" }
   *[other] ，{ $ties } 对持平
}；种子与图像的偶然性带来的范围：{ $chance } 个百分点。
card-certainty-two = { $seeds }与测试图像的偶然性带来的范围：{ $chance } 个百分点。
card-half = ±{ $half }
card-certainty-few = { $number ->
    [1] 各训练一次看不出训练的偶然性；仅测试图像就带来 ±{ $half } 个百分点的不确定性。
   *[other] { $number } 个种子太少，无法区分提升与训练的偶然性；仅测试图像就带来 ±{ $half } 个百分点的不确定性。
}
card-certainty-open = { $final ->
    [yes] 没有可判断的提升：
   *[no] 尚无可判断的提升：
}{ $missing }。

card-methods = { $better ->
    [none] { $number ->
        [1] 另一种方法并不明显优于 { $yardstick }
       *[other] { $number } 种方法中没有一种明显优于 { $yardstick }
    }
   *[other] 明显优于 { $yardstick }：{ $better }
}{ $worse ->
    [none] { "" }
   *[other] ；明显较差：{ $worse }
}{ $holes ->
    [0] { "" }
   *[other] ；没有结果：{ $holes } 种
}。
card-methods-few = { $seeds }无法判断 { $number } 种方法是否优于 { $yardstick }。
card-methods-open = { $final ->
    [yes] 没有方法可与 { $yardstick } 比较。
   *[no] 尚无方法可与 { $yardstick } 比较。
}

card-controls = 与蒸馏学生模型相比：{ $parts }。
card-control = { $key ->
    [smoothed-labels] 平滑标签
    [shuffled-dark] 打乱其他类别
    [unlabeled] 加入无标签图像
   *[unlabeled-control] 以有标签图像代替无标签图像
}
card-controls-part = { $verdict ->
    [loss] 明显较差
    [gain] 明显较好
    [too-few-seeds] 种子太少，无法判断
   *[no-clear-difference] 无明显差异
}——{ $names }
card-controls-teachers = { $told ->
    [yes] 教师模型训练 { $number } 次，平均提升 { $mean } 个百分点（{ $interval }）。
   *[no] 教师模型训练 { $number } 次，提升分别为 { $gains } 个百分点：次数太少，无法判断。
}

card-other-tests = 相对基线的提升——{ $gains }{ $more ->
    [0] { "" }
   *[other] ；另有 { $more } 个测试集
}。
card-other-tests-gain = { $name }：{ $gain } 个百分点{ $told ->
    [yes] （{ $interval }）
   *[no] ，两个种子无法判断
}
card-other-tests-open = { $names }：{ $final ->
    [yes] 没有可判断的提升。
   *[no] 尚无可判断的提升。
}

card-classes = { $gaining ->
    [0] { $total } 个类别中没有一个明显提升
   *[other] { $total } 个类别中有 { $gaining } 个明显提升（{ $gain_names }）
}；{ $losing ->
    [0] 没有明显下降的类别
   *[other] { $losing } 个明显下降（{ $loss_names }）
}。
card-classes-few = 种子太少，无法判断 { $number } 个类别中哪些有提升。
card-classes-open = { $number } 个类别的错误率；{ $final ->
    [yes] 没有可判断的提升。
   *[no] 尚无可判断的提升。
}

card-errors = 蒸馏使 { $fixed } 张测试图像由错变对，{ $broken } 张由对变错（按多数种子计）。
card-errors-confused = 最常混淆：{ $one } 与 { $other }。
card-errors-none = 没有任何两个类别被混淆。

card-labels = { $number ->
    [1] 唯一明显优于猜测的模型给出与标签不同的答案
   *[other] 所有{ $silent ->
        [0] { "" }
       *[other] 明显优于猜测的
    }模型都给出与标签不同的同一答案
}：{ $parts }，值得再看一眼。
card-labels-part = { $number } 张{ $part ->
    [train] 训练图像
    [val] 验证图像
   *[test] 测试图像
}
card-labels-nobody = 没有标签受到质疑：没有模型明显优于猜测。
card-labels-none = 没有标签被所有{ $silent ->
    [0] { "" }
   *[other] 明显优于猜测的
}模型一致否定；列出了 { $number } 张受到部分模型质疑的图像。

card-agreement = 蒸馏学生模型与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}在 { $after }% 的测试图像上判断一致，单独训练的学生模型为 { $before }%{ $verdict ->
    [gain] ：明显更多。
    [loss] ：明显更少。
    [too-few-seeds] ；种子太少，无法区分。
    [no-clear-difference] ：无明显差异。
   *[unknown] 。
}
card-agreement-one = { $kind ->
    [distilled] 蒸馏学生模型
   *[baseline] 单独训练的学生模型
}与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}在 { $share }% 的测试图像上判断一致。
card-agreement-open = { $final ->
    [yes] 没有可展示的内容：
   *[no] 暂无可展示的内容：
}{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}与学生模型未都在测试图像上评估。

card-size = 学生模型的参数量为{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}的 { $parameters }{ $macs ->
    [unknown] 。
   *[other] ，乘加次数为其 { $macs }。
}
card-size-open = { $final ->
    [yes] 不清楚：
   *[no] 尚不清楚：
}{ $num_teachers ->
    [1] 教师模型
   *[other] 各教师模型
}与学生模型未都训练完成。

card-calibration = 校准误差：蒸馏 { $after } 个百分点，不蒸馏 { $before } 个百分点{ $verdict ->
    [gain] ，明显更好。
    [loss] ，明显更差。
    [too-few-seeds] ；种子太少，无法判断。
    [no-clear-difference] ，无明显差异。
   *[unknown] 。
}
card-calibration-one = { $kind ->
    [teacher] 教师模型
    [distilled] 蒸馏学生模型
   *[baseline] 单独训练的学生模型
}的校准误差：{ $error } 个百分点。

card-training = 训练 { $epochs } 轮后，{ val-measure }：蒸馏 { $after }%，不蒸馏 { $before }%。
card-training-one = 训练 { $epochs } 轮后，{ $kind ->
    [teacher] 教师模型
    [distilled] 蒸馏学生模型
   *[baseline] 单独训练的学生模型
}的{ val-measure }为 { $value }%。
card-training-open = 暂无可展示的内容：还没有模型完成一轮训练。
card-training-measures = { $verdict ->
    [gain] 蒸馏后明显更好：
   *[loss] 蒸馏后明显更差：
}{ $names }。

card-search-none = 没有搜索：给定 { $setting }。
card-search-open = { $final ->
    [yes] 没有提出任何试验。
   *[no] 尚未开始。
}
card-search-trials = { $number } 次试验{ $pruned ->
    [0] { "" }
   *[other] ，{ $pruned } 次提前停止
}{ $failed ->
    [0] { "" }
   *[other] ，{ $failed } 次失败
}{ $open ->
    [0] { "" }
   *[other] ，{ $open } 次未结束
}。
card-search-best = { $over ->
    [yes] 最优：
   *[no] 目前最优：
}{ $params }。
card-search-no-best = 没有一次完成，因此没有最优设置。
card-search-flat = { $names } { $number ->
   *[other] 几乎没有影响。
}

card-runs = { $total } 次运行中已完成 { $done } 次{ $others ->
    [none] { "" }
   *[other] （{ $others }）
}；{ $failed ->
    [0] 没有失败
   *[other] { $failed } 次失败
}，{ $preempted ->
    [0] 没有被抢占。
   *[other] { $preempted } 次被抢占。
}
card-runs-state = { $state } { $number }

card-provenance = { $commits ->
    [0] commit 不详
    [1] commit { $commit }
   *[other] { $commits } 个 commit
}，{ $hosts } 台机器，{ $hours }。{ $repeats ->
    [yes] 一条命令即可重现。
    [own-file] 一条命令，加上这里保存的 sweep 文件，即可重现。
    [several] 用最后一个，一条命令即可重现。
    [changed] 程序有未提交的改动，任何命令都无法恢复。
   *[no] 不清楚是程序的哪个版本。
}
card-provenance-open = 没有运行记录。
