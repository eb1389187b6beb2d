# 各页通用的词与数量。gap 是两句话之间的间隔。
comma = { "、" }
gap = { "" }
semicolon = { "；" }
interval = { $low } 至 { $high }
percentage = { $value }%
# 比例；超过整体时为倍数。后一条用在所比的对象之后。
ratio = { $size ->
    [multiple] { $value } 倍
   *[share] { $value }%
}
ratio-of = { $size ->
    [multiple] { $value } 倍
   *[share] { $value }%
}
points = { $value } 个百分点
seconds = { $seconds } 秒
minutes = { $minutes } 分 { $seconds } 秒
hours = { $hours } 小时 { $minutes } 分
# 被搜索的一维，用 sweep 文件中的名字。
dimension = { $name ->
    [alpha] α
    [temperature] T
   *[other] { $name }
}
setting = α { $alpha }，T { $temperature }{ $is_plain ->
    [yes] { "" }
   *[no] ，{ $more }
}

images = { $number } 张图像
seeds = { $number } 个随机种子

# 模型。集成是多个教师模型 logits 的平均。
arm = { $kind ->
    [teacher] 教师
    [ensemble] 教师集成
    [baseline] 基线
    [distilled] 蒸馏
    [compare] 对照设置
    [method] 方法
   *[student] 学生
}
numbered-teacher = 教师 { $number }
distilled-by = 蒸馏（{ $name }）
arm-with-loss = { $name }（{ $loss }）
alone = 单独训练的学生模型
not-chosen = 设置尚未选定
found-by-search = 由搜索选出
mean-of-teachers = { $number } 个教师 logits 的平均
model-seed = { $model }，种子 { $seed }
arm-seed = { $arm }，种子 { $seed }

verdict = { $verdict ->
    [equivalent] 等效
    [undecided] 未定
    [gain] 提升
    [loss] 下降
    [too-few-seeds] 种子太少
   *[no-clear-difference] 无明显差异
}
verdict-short = { $verdict ->
    [gain] 提升
    [loss] 下降
    [too-few-seeds] 种子太少
   *[no-clear-difference] 不明确
}
verdict-headline = { $verdict ->
    [equivalent] 在 ±{ $margin } 个百分点内等效
    [undecided] 尚无定论
    [gain] 确有提升
    [loss] 确有下降
    [too-few-seeds] { $direction ->
        [gain] 单次训练中有提升
        [loss] 单次训练中有下降
       *[no-clear-difference] 种子太少，无法判断
    }
   *[no-clear-difference] 无明显差异
}
# 区间的依据。
basis = { $num_images } 张测试图像，{ $num_seeds ->
    [1] 1 个随机种子，因此未涵盖训练的随机性
   *[other] { $num_seeds } 个随机种子
}

# 运行与试验的状态、执行的结局、失败的类别。
state = { $state ->
    [complete] 完成
    [pruned] 已剪枝
    [failed] 失败
    [running] 运行中
    [queued] 排队中
    [not-started] 未开始
    [unreadable] 无法读取
    [interrupted] 中断
    [open] 未结束
    [preempted] 被抢占
    [timeout] 超时
    [died] 异常中止
    [disk-full] 磁盘已满
    [out-of-memory] 内存不足
    [code-error] 代码错误
    [bad-input] 输入有误
    [non-finite-loss] 损失非有限值
    [no-progress] 没有进展
   *[other] { $state }
}
role = { $role ->
    [teacher] 教师
    [logits] 教师 logits
    [baseline] 基线
    [search] 搜索
    [compare] 对照
    [variant] 变体
    [final] 最终
    [extra_test] 其他测试集
    [test] 测试
   *[other] { $role }
}

# 多张表共用的列名。
head-model = 模型
head-parameters = 参数量
head-macs = 乘加次数
the-measure = { $measure ->
    [balanced_accuracy] 平衡准确率
   *[accuracy] 准确率
}
measure-head = { $measure ->
    [balanced_accuracy] 平衡准确率
   *[accuracy] 准确率
}
test-measure = { $measure ->
    [balanced_accuracy] 测试平衡准确率
   *[accuracy] 测试准确率
}
test-measure-head = { $measure ->
    [balanced_accuracy] 测试平衡准确率
   *[accuracy] 测试准确率
}
val-measure = { $metric ->
    [balanced_accuracy] 验证平衡准确率
   *[accuracy] 验证准确率
}
head-val-accuracy = 验证准确率（%）
head-val-balanced-accuracy = 验证平衡准确率（%）
head-val-loss = 验证损失
head-verdict = 结论
head-seed = 种子
head-setting = 设置
head-state = 状态
head-epochs = 训练轮数
head-gain-points = 提升（百分点）

copy = 复制 { $what }
copied = 已复制
files = { $number ->
   *[other] 文件：
}
