# 训练过程。
training = 训练
training-not-begun = 还没有运行完成一轮训练。
measures = 更快、更稳、更均衡吗？
measures-head = 指标（越小越好）
measures-difference = 差值，种子间的 95% 置信区间
measure = { $key ->
    [epochs] 达到基线最终验证准确率的轮数
    [fluctuation] 末期波动
    [class-spread] 类别错误率的离散程度
   *[worst] 最差类别
}
measure-unit = { $key ->
    [epochs] 轮
   *[other] 百分点
}
measure-verdict = { $verdict ->
    [gain] 更好
    [loss] 更差
    [unknown] 两者各需要两个结果不全相同的种子
    [too-few-seeds] 种子太少
   *[no-clear-difference] 无明显差异
}
measure-explained = { $name }：{ $explanation }。
measure-epochs-explained = 验证准确率首次达到 { $target }%（基线最后一轮的均值）的轮次；始终未达到的运行按训练轮数加一计
measure-fluctuation-explained = 最后 { $share }% 的轮次（至少 { $number } 轮）中，验证准确率偏离直线的标准差；因此平稳的上升不算波动
measure-class-spread-explained = 各类别在{ $split ->
    [test] 测试集
   *[val] 验证集
}上错误率的标准差
measure-worst-explained = 任一类别在{ $split ->
    [test] 测试集
   *[val] 验证集
}上的最高错误率
