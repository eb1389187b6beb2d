# alpha 与温度的搜索。
search = 搜索
search-heading = α 与 T 的搜索
search-none = 没有搜索：sweep 给定 { $setting }。
search-not-begun = 尚未开始。
search-figure = 每一次试验。颜色：最后一轮的{ $metric ->
    [val_accuracy] 验证准确率
   *[val_loss] 验证损失
}。圆环：最佳。
search-trial = 试验
best = 最佳
