# 各类别的错误率。
classes = 类别
classes-class = 类别
classes-figure = 最难的类别在最上面。选择一行可查看该类别被误判的图像。
classes-figure-some = 变化最不可能出于偶然的 { $number } 个类别，最难的在最上面。选择一行可查看该类别被误判的图像。
classes-f1 = F1 { $value }
classes-caption = 错误率单位为 %，其下为 F1，提升单位为百分点；每个类别 { $same ->
    [yes] { $low }
   *[no] { $low } 至 { $high }
} 张测试图像
teacher-is-ensemble = 教师模型：{ $number } 个教师模型的集成。
classes-note = F1 兼顾召回率与精确率，2 TP / (2 TP + FP + FN)：其他类别的图像被误判为本类时也会下降。提升即错误率的下降，区间与总体结论的算法相同。由于同时检验 { $number } 个类别，结论中的 p 值经过 Holm 校正；因此即使区间不含零，结论仍可能较为保守。
