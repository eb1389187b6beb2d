# 一个类别的页面。
class-heading = 类别 { $name }：{ $total } 张测试图像中有 { $number } 张被至少一个模型误判
class-as = 判为 { $name }
class-image = 图像 { $image }
class-more = 所有模型…
class-error = { $arm }，错误率
class-interval = 95%：{ $low } 至 { $high }
class-gain = 该类别的提升
class-shown = 显示 { $total } 张误判图像中的 { $number } 张，被最多模型误判的在前。
class-once = 每张图像只出现一次，归在它最常得到的错误判断之下。点击图像可查看每个模型的判断。
class-readings = { $arm }：{ $number } 次预测{ $num_seeds ->
    [1] { "" }
   *[other] （{ $num_seeds } 个种子合计）
}
class-hidden = 此类图像另有 { $number } 张未显示。
class-elsewhere = 也有模型如此判断，但显示在其他判断之下：
class-others = 其他错误判断
class-read-as = 判为
class-not-shown = 未显示的图像
class-above = 已在上面显示的图像
class-others-note = 数字为所有种子合计的预测次数。对应的图像未显示，或已列在上面更常见的错误判断之下。
class-none = 没有模型误判该类别的任何图像。
class-right = 所有模型都判对
class-samples = 报告中展示的样本。
