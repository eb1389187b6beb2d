# alpha 与温度的搜索。
search = 搜索
search-heading = { $names } 的搜索
search-none = 没有搜索：sweep 文件给定 { $setting }。
search-not-begun = 尚未开始。
search-figure = 每一次试验。颜色：最后一轮的{ $metric ->
    [val_accuracy] 验证准确率
    [val_balanced_accuracy] 验证平衡准确率
   *[val_loss] 验证损失
}。圆环：最优。
search-parallel-figure = 每次试验是一条穿过各搜索维度的折线。颜色：最后一轮的{ $metric ->
    [val_accuracy] 验证准确率
    [val_balanced_accuracy] 验证平衡准确率
   *[val_loss] 验证损失
}；加边框：最优；灰色：未完成。
search-of-baseline = 基线也经过同样的调参，试验次数和训练取值都相同：{ $trials } 次试验，搜索 { $names }。
search-baseline-link = 基线的搜索
search-baseline-title = 基线的搜索
search-baseline-chosen = 选出的是 { $setting }。
search-trial = 试验
best = 最优
