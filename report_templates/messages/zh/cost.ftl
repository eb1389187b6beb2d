# 教师与学生的存储与运行成本。
cost = 大小与速度
cost-bytes = 权重文件（MB）
cost-single = 单张图像（毫秒）
cost-batch = 一个批次（毫秒）
cost-throughput = 每秒图像数
cost-passes = { $number } 次
cost-note = 从像素到 logits 的延迟：预热之后多次重复的中位数与四分位数，硬件为 { $hardware }。{ $turns ->
    [yes] 教师模型与学生模型逐次交替测量。比值只写到再次测量仍会重现的位数。
   *[no] 各模型单独测量，因此由这些延迟得不出再次测量仍会重现的比值。
}机器上的其他任务会使其变慢。
cost-unmeasured = 未测量速度。
cost-not-yet = 尚未测量速度；测试运行时会测量。
cost-same = 基线与所有蒸馏学生模型是同一个模型，开销相同。
hardware = { $device }，{ $num_threads } 个 CPU 线程，{ $precision }，{ $date }
speed-factor = { $is_range ->
    [yes] { " " }{ $low } 到 { $high }
   *[no] 约 { $low }
}
speed-quartiles = { $is_range ->
    [yes] { $low } 到 { $high }
   *[no] { $low }
}
speed-short = { $relation ->
    [faster] 速度为{ $factor } 倍
    [slower] 耗时为{ $factor } 倍
    [same] 速度相近
   *[unclear] 波动太大，无法给出比值
}
speed-beside-teacher = { $relation ->
    [faster] 速度为教师模型的{ $factor } 倍
    [slower] 耗时为教师模型的{ $factor } 倍
    [same] 与教师模型速度相近
   *[unclear] 波动太大，无法给出比值
}
speed-head = 单张图像的速度
speed-fact = { $relation ->
    [faster] { $factor } 倍
    [slower] 耗时{ $factor } 倍
    [same] 相近
   *[unclear] –
}
speed-fact-basis = { $student } 毫秒{ $relation ->
    [faster] ，速度为{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型依次运行
    }的 { $quartiles } 倍
    [slower] ，耗时为{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型依次运行
    }的 { $quartiles } 倍
    [same] ，与{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型依次运行
    }相近
   *[unclear] ；波动太大，无法给出比值
}
speed-sentence = { $images ->
    [1] 处理一张图像
   *[other] 处理 { $images } 张图像的批次
}时，{ $relation ->
    [faster] 学生模型的速度为{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型依次运行
    }的{ $factor } 倍（{ $pairs } 对交替测量中{ $same ->
        [yes] 的中间一半
       *[no] ，中间一半为 { $quartiles } 倍
    }）。
    [slower] 学生模型的耗时为{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型依次运行
    }的{ $factor } 倍（{ $pairs } 对交替测量中{ $same ->
        [yes] 的中间一半
       *[no] ，中间一半为 { $quartiles } 倍
    }）。
    [same] 学生模型与{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型依次运行
    }的速度相近。
   *[unclear] 测量值波动太大，无法与{ $num_teachers ->
        [1] 教师模型
       *[other] 各教师模型
    }比较速度：机器上的其他任务会造成这种情况。
}
