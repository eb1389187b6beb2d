# 只改动一处的蒸馏学生。
variants = 提升从何而来？
variants-untested = 尚无变体在测试集上评估过。
variants-note = 每一行都是把蒸馏学生模型的训练重做一遍：设置与种子相同，只改动一处。差异是否明确，按 Holm 校正后的 p 值判断；对照、重新训练的教师模型、无标签图像分别校正。
variants-controls = 平滑标签只保留教师模型平均有多确信；打乱其他类别则保留教师模型对每张图像的确信程度，只去掉它对其他类别的判断。学生模型因此损失多少，去掉的部分就值多少。
variants-unlabeled = 每一步中，无标签图像（共 { $images } 张）与有标签图像同在，每张有标签图像配 { $ratio } 张，只从教师模型的输出学习。步数与不用它们时相同，因此训练并未更久；但每一步的图像更多，这本身也可能带来一部分变化。
variants-file-caption = 只改动一处的蒸馏学生模型，基于 { $images } 张测试图像；差值按种子和图像配对，附 95% 置信区间。
variant = 改动
variant-beside = 与蒸馏学生模型之差（百分点）
variant-name = { $key ->
    [smoothed-labels] 以平滑标签代替教师模型
    [shuffled-dark] 打乱其他类别
    [unlabeled] 加入无标签图像
    [unlabeled-control] 以有标签图像代替无标签图像
   *[teacher-seed] 重新训练的教师模型，种子 { $number }
}
variant-verdict = { $verdict ->
    [gain] 更好
    [loss] 更差
    [no-clear-difference] 无明确差异
   *[too-few-seeds] 种子太少
}
variant-change = { $key ->
    [smoothed-labels] { $verdict ->
        [loss] 教师模型对每张图像的判断确有作用：标签若只是与教师模型平均而言同样柔和，与它相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [gain] 不用教师模型对每张图像的判断，学生模型反而更好：与教师模型平均而言同样柔和的标签与它相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [no-clear-difference] 无法判断教师模型是否比软标签多提供了什么：与教师模型平均而言同样柔和的标签与它相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
       *[too-few-seeds] 种子太少，无法判断教师模型是否比软标签多提供了什么；与教师模型平均而言同样柔和的标签与它相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
    }
    [unlabeled] { $verdict ->
        [gain] 无标签图像有帮助：与有标签图像一起训练，学生模型比普通蒸馏提高 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [loss] 无标签图像有害：与有标签图像一起训练，学生模型与普通蒸馏相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [no-clear-difference] 无法判断无标签图像是否有帮助：与有标签图像一起训练，学生模型与普通蒸馏相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
       *[too-few-seeds] 种子太少，无法判断无标签图像是否有帮助；与有标签图像一起训练，学生模型与普通蒸馏相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
    }
    [unlabeled-control] { $verdict ->
        [gain] 仅仅每一步更大就有帮助：以同样多的有标签图像代替无标签图像，学生模型比普通蒸馏提高 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [loss] 每一步更大反而有害：以同样多的有标签图像代替无标签图像，学生模型与普通蒸馏相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [no-clear-difference] 无法判断仅仅每一步更大是否有帮助：以同样多的有标签图像代替无标签图像，学生模型与普通蒸馏相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
       *[too-few-seeds] 种子太少，无法判断仅仅每一步更大是否有帮助；以同样多的有标签图像代替无标签图像，学生模型与普通蒸馏相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
    }
   *[shuffled-dark] { $verdict ->
        [loss] 起作用的不只是教师模型有多确信，还有它对其他类别的说法：把这部分在其他类别间重新分配后，相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [gain] 教师模型对其他类别的说法有害：把这部分在其他类别间重新分配后，相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
        [no-clear-difference] 无法判断起作用的是教师模型对其他类别的说法，还是只是它有多确信：重新分配后相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
       *[too-few-seeds] 种子太少，无法判断教师模型对其他类别的说法是否重要；重新分配后相差 { $change } 个百分点（{ $interval }；Holm 校正后 { $p }）。
    }
}
variant-new-images = { $verdict ->
    [gain] 无标签图像的作用不止于让每一步更大：比以同样多的有标签图像代替它们高 { $change } 个百分点（{ $interval }）。
    [loss] 无标签图像的作用不及让每一步更大：与以同样多的有标签图像代替它们相差 { $change } 个百分点（{ $interval }）。
    [no-clear-difference] 无法判断无标签图像的作用是否不止于让每一步更大：与以同样多的有标签图像代替它们相差 { $change } 个百分点（{ $interval }）。
   *[too-few-seeds] 种子太少，无法判断无标签图像的作用是否不止于让每一步更大：与以同样多的有标签图像代替它们相差 { $change } 个百分点（{ $interval }）。
}
variant-teachers = { $verdict ->
    [gain] 换一个教师模型，提升依然存在：教师模型训练 { $number } 次，提升分别为 { $gains } 个百分点，平均 { $mean }（{ $interval }，其中教师模型自身训练的随机性也计算在内）。
    [loss] 换一个教师模型，损失依然存在：教师模型训练 { $number } 次，差值分别为 { $gains } 个百分点，平均 { $mean }（{ $interval }，其中教师模型自身训练的随机性也计算在内）。
    [no-clear-difference] 无法判断重新训练的教师模型是否同样有帮助：教师模型训练 { $number } 次，差值分别为 { $gains } 个百分点，平均 { $mean }（{ $interval }）。
   *[too-few-seeds] 只训练两次教师模型，无法判断第三次会怎样：差值分别为 { $gains } 个百分点。
}
