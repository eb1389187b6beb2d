# 同一教师下的多个学生。
family-title = { $sweep }：{ $number } 个学生模型
family-student = 学生
family-behind = 与教师模型相比（百分点）
family-reports = 各学生模型的报告
family-reports-note = 每个学生模型都有自己的完整报告：蒸馏是否有帮助、在哪里有帮助，以及如何训练。
family-figures = { test-measure } { $student }%，{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}为 { $teacher }%，相差 { $behind } 个百分点（95% 置信区间 { $interval }）{ $sized ->
    [yes] ，参数量为其 { $parameters }
   *[no] { "" }
}
family-smallest = 与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}相差不超过 1 个百分点的最小学生模型是 { $name }：{ $figures }。
family-smaller-maybe = { $name } 更小，也可能不超过 1 个百分点：{ $figures }。
family-none-clearly = 没有学生模型可以确定与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}相差不超过 1 个百分点。其中可能做到的最小学生模型是 { $name }：{ $figures }。
family-none = 没有学生模型与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}相差不超过 1 个百分点。最接近的是 { $name }：{ $figures }。
family-few-seeds = { $seeds }不足以判断哪个学生模型与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}相差不超过 1 个百分点。最接近的是 { $name }：{ $figures }。
family-untold = { $final ->
    [yes] 无法判断
   *[no] 尚无法判断
}哪个学生模型与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}相差不超过 1 个百分点。
family-hole = { $hole ->
    [failed] { $number } 次训练中有 { $failed } 次失败
    [unread] 尚未测试
    [never] 没有可测试的模型
   *[training] 尚未训练完
}
family-named-hole = { $name }（{ $why }）
family-unknown = { $final ->
    [yes] 没有结果：
   *[no] 尚不清楚：
}{ $students }。
family-within = { $within ->
    [yes] 不超过 1 个百分点
    [no] 低 1 个百分点以上
   *[maybe] 可能不超过 1 个百分点
}
family-is-smallest = 不超过 1 个百分点的最小学生模型
family-dominated = { $name } { the-measure }不低于它，开销也不高于它
family-reason = { $name }：{ $reason }
family-line = { $name }：{ $verdict }：{ $gain } 个百分点（{ $interval }），单独训练 { $before }%，蒸馏后 { $after }%。
family-line-no-gain = { $name }：没有结论（{ $missing }）。
family-file-caption = 同一教师模型下的 { $number } 个学生模型{ $images ->
    [0] 。
   *[other] ，{ $images } 张测试图像。与教师模型相比：对学生模型的种子和测试图像取平均，教师模型只有这一个。
}{ $measured }
family-table-note = 与教师模型相比：对学生模型的种子取平均；95% 置信区间涵盖学生模型的另一次训练和另一批测试图像，教师模型只有这一个。“不超过 1 个百分点”：整个区间高于 −1；“可能”：−1 落在区间内。{ $number ->
    [1] { "" }
   *[other] 每个区间单独成立：共有 { $number } 个学生模型，二十张这样的表中可能不止一张会判错其中之一。
}灰色：另一个学生模型或教师模型本身（按平均值）{ the-measure }不低于它，且字节数、乘加次数和延迟都不高于它。
family-axis-bytes = 权重文件，MB（对数刻度）
family-axis-macs = 处理一张图像的乘加次数（对数刻度）
family-axis-latency = 处理一张图像的延迟，毫秒（对数刻度）
family-price-bytes = { $value } MB
family-price-macs = { $value } 次乘加
family-price-latency = { $value } 毫秒
family-spoken = { $name }：{ $accuracy }%，{ $price }
family-spoken-dominated = { $text }（另一个模型开销不更高，{ the-measure }不更低）
family-figure = 测试集{ the-measure }与{ $price }：{ $values }。
family-caption-bytes = 测试集{ the-measure }与权重大小；越靠左上越好。
family-caption-macs = 测试集{ the-measure }与处理一张图像的乘加次数；越靠左上越好。
family-caption-latency = 测试集{ the-measure }与处理一张图像的延迟；越靠左上越好。横线：重复测量的四分位数。集成没有作为整体计时。
family-figures-note = 竖线：95% 置信区间，涵盖另一次训练和另一批测试图像；只训练一次时，仅涵盖另一批测试图像。色带：教师模型以下 1 个百分点以内。空心灰色：另一个模型的此项开销不更高，{ the-measure }不更低。
family-back = 所有学生模型并列比较
family-follows = 以下内容针对学生模型 { $name }。
sweeps-student = { $name }（{ $number } 个学生模型之一）
