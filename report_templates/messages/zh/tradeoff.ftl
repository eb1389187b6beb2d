# 准确率与模型大小、延迟的关系。
tradeoff-heading = { measure-head }与开销
tradeoff-accuracy = 测试集{ the-measure }（%）
tradeoff-axis-size = 参数量（对数刻度）
tradeoff-axis-latency = 单张图像的延迟，毫秒（对数刻度）
tradeoff-size-text = { $arm }：{ $accuracy }%，参数量 { $price }
tradeoff-latency-text = { $arm }：{ $accuracy }%，{ $price } 毫秒
tradeoff-size-figure = 测试集{ the-measure }随参数量的变化：{ $values }。
tradeoff-latency-figure = 测试集{ the-measure }随单张图像延迟的变化：{ $values }。
tradeoff-size-caption = 测试集{ the-measure }与模型大小；越靠左上越好。
tradeoff-latency-caption = 测试集{ the-measure }与单张图像的延迟；越靠左上越好。横线：重复测量的四分位数，测量环境：{ $hardware }。教师集成整体未计时。
tradeoff-note = 竖线：95% 置信区间，涵盖换一次学生模型训练与换一批测试图像；只有一次训练的，仅涵盖换一批测试图像。所有学生模型是同一个模型，开销相同；标记并排只是为了看清。
tradeoff-published = 空心标记：文献数值（{ $source }），画在本研究模型的开销处。
