# 多种方法并列比较，每种都以同样方式调参。
methods-yardstick = { $loss ->
    [kd] { $tuned ->
        [yes] 调参后的 KD
       *[no] 给定设置的 KD
    }
    [named-kd] { $tuned ->
        [yes] 调参后的 KD（{ $name }）
       *[no] 给定设置的 KD（{ $name }）
    }
   *[other] { $tuned ->
        [yes] 调参后的 { $name }（列表中的第一种；其中没有普通 KD）
       *[no] 给定设置的 { $name }（列表中的第一种；其中没有普通 KD）
    }
}
methods-named-lead = { $name } { $lead } 个百分点（{ $interval }）
methods-more = 以及另外 { $number } 种
methods-better = { $number ->
    [1] { $name } 明显优于{ $yardstick }：{ $lead } 个百分点（95% 置信区间 { $interval }）。
   *[other] { $total } 种方法中有 { $number } 种明显优于{ $yardstick }：{ $leads }。
}
methods-none = { $total ->
    [1] 无法判断 { $name } 优于还是不如{ $yardstick }：相差 { $lead } 个百分点（95% 置信区间 { $interval }）。
   *[other] { $total } 种方法中没有一种明显优于{ $yardstick }（{ $ahead ->
        [yes] 最大的领先
       *[no] 其中最好的
    }：{ $name } { $lead } 个百分点，95% 置信区间 { $interval }）。
}
methods-all-worse = { $number ->
    [1] { $name } 明显差于{ $yardstick }：{ $lead } 个百分点（95% 置信区间 { $interval }）。
   *[other] 全部 { $number } 种方法都明显差于{ $yardstick }：{ $leads }。
}
methods-verdict = { $verdict ->
    [gain] 明显更好
    [loss] 明显更差
    [too-few-seeds] 种子太少
   *[no-clear-difference] 无明显差异
}
methods-few-seeds = { $seeds }不足以判断 { $total ->
    [1] { $name } 是否
   *[other] { $total } 种方法中是否有一种
}优于{ $yardstick }（{ $total ->
    [1] 相差
   *[other] { $ahead ->
        [yes] 最大的领先
       *[no] 其中最好的
    }：{ $name }
} { $lead } 个百分点{ $told ->
    [no] { "" }
   *[yes] ，95% 置信区间 { $interval }
}）。
methods-worse = 明显更差：{ $leads }。
methods-untold = { $final ->
    [yes] 无法
   *[no] 尚无法
}判断是否有方法优于{ $yardstick }。
methods-unknown = { $final ->
    [yes] 没有结果：
   *[no] 尚不清楚：
}{ $methods }。
methods-named-hole = { $name }（{ $why }）
methods-hole = { $hole ->
    [searching] 搜索仍在进行，{ $total } 次试验中已完成 { $number } 次
    [no-choice] 没有一次试验完成，因此没有选出设置
    [training] 最终运行尚未结束
    [failed] 最终运行失败
    [unread] 最终运行已结束；等所有方法的最终运行都结束后才读取测试图像
   *[untested] 已训练，但读取测试图像时没有它
}
methods-rule = 每个区间各自为 95% 置信区间，使用相同的种子与测试图像。只有按 Holm 方法对全部 { $number } 个领先值校正后的 p 值低于 0.05，才称为明显：这样其中出现任何一个错误结论的概率低于 5%；因此不含零的区间未必意味着明显的领先。
methods-fair = 各方法共用教师模型、基线、种子与训练设置{ $trials ->
    [0] 。
   *[other] ；每种都在验证集上用 { $trials } 次试验调参。
}
methods-fair-apart = 各方法共用教师模型、基线、种子与训练设置；每种都在验证集上调参，试验次数分别为 { $trials }。
methods-best-on-val = “蒸馏”指 { $name }：在所有方法中，它的搜索在验证集上找到的结果最好。最终运行不参与这一选择。
methods-first-listed = “蒸馏”指 { $name }，即列表中的第一种：没有进行搜索。
methods-best-so-far = “蒸馏”暂指 { $name }：在迄今的所有搜索中，它在验证集上找到的结果最好。
methods-method = 方法
methods-options = 选项
methods-lead = 相对{ $yardstick } 的领先（百分点）
methods-trials = 试验
methods-pages = 每种方法各有一页：其搜索、各类别的结果以及与教师模型的一致程度。
methods-leads-figure = 相对{ $yardstick } 的领先：平均值与 95% 置信区间；下方每个点为一个种子。实心：对全部领先值校正后仍明显；空心：不明显。
methods-leads-spoken = 相对{ $yardstick } 的领先（百分点）及 95% 置信区间：{ $values }。
methods-leads-axis = { test-measure }的领先（百分点）
methods-gains-figure = 各方法相对基线的提升：平均值与 95% 置信区间；下方每个点为一个种子。
methods-curves = 每种方法最终运行在各种子上的平均值；色带为各种子的最低值到最高值。
methods-is-yardstick = 比较的基准
methods-is-headline = 验证集上最好
methods-heading = { $name } 与基线
methods-here = 本页的“蒸馏”指由 { $name } 指导的学生模型。基线与教师模型属于整个 sweep。
methods-no-students = { $name } 没有测试过的学生模型：{ $why }。
methods-file-caption = { $number } 种方法，使用相同的种子和 { $images } 张测试图像，各种子的均值，附 95% 置信区间，同时涵盖用同一教师模型重新训练学生模型和更换测试样本。领先：相对{ $yardstick }；p 已按 Holm 方法对全部领先值作校正。
