# 被各模型质疑的标签。
labels = 值得复查的标签
labels-of = { $part ->
    [train] 训练图像
    [val] 验证图像
   *[test] 测试图像
}
labels-part = { $part ->
    [train] 训练图像
    [val] 验证图像
   *[test] 测试图像
}：{ $number } 张中有 { $unanimous } 张，全部 { $models } 个模型一致反对其标签；列出 { $listed } 张。
labels-nobody = { $number } 个模型在未参与训练的图像上都没有明显优于猜测。什么也没学到的模型无法质疑标签，因此没有列出任何标签。
labels-silent = 另有 { $number } 个模型在未参与训练的图像上没有明显优于猜测，不参与判断。
labels-explained = 至少有一个模型不认同其标签的图像，标签最不可能正确的排在前面。可能是标签有误，也可能是图像本身难认：只有人能判断。最多列出 { $share }% 的图像。
labels-order = 百分数是各模型给予标签以外类别的概率；教师模型的权重与所有学生模型之和相同。
labels-of-train = 没有模型用验证或测试图像的标签训练过。训练图像的标签则用过：因此这里采用模型在训练过程中的回答，对各轮取平均，因为训练结束时模型只会重复见过的标签。对训练图像，若某模型在多数轮次中不认同标签，则其最常见的回答计为一票。
labels-csv = 列表（CSV）
labels-csv-end = 。
labels-correct = { $origin ->
    [folder] 要改正标签，请修改 label 一列，然后运行 { $command }：它会写出一份列出所有文件的表，sweep 以 data.splits 读取。
   *[other] 要改正标签，请在数据源中修改：source_split 和 source_row 指出图像的位置。
}
labels-test-honest = 本次 sweep 没有用测试标签做任何选择。现在改正它们会改变所问的问题：请同时报告旧标签和新标签下的结果，并加以说明。
labels-no-pictures = 解码后的数据集已不存在，因此没有图像，也没有训练图像的结果。
labels-label = 标签 { $name }
labels-suggested = 模型：{ $name }
labels-confidence = 反对标签：{ $confidence }%
labels-votes = 教师 { $teachers }/{ $num_teachers }，学生 { $students }/{ $num_students }
labels-source = { $split } 第 { $row } 行
labels-image = { $part } 图像 { $image }
labels-picture-of = { $part } 图像 { $image }，标签 { $name }
labels-hidden = 列表中还有 { $number } 张图像。
