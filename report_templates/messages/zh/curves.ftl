# 首页与单次运行页面上的逐轮曲线。
curves-caption = 曲线为各随机种子的均值，色带从最低的种子到最高的种子，画到所有种子都已完成的轮次。准确率的最初几轮可能低于坐标轴起点；损失采用对数坐标。硬标签部分：与真实标签的交叉熵；软标签部分：与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
 }的散度乘以 T²。逐步损失为一轮之内各小段的均值。
curves-thinned = 并未画出每一轮，约每 { $every } 轮一点；运行文件夹中的 history.json 有全部数值。
curves-none = 还没有运行完成一轮训练。
curves-epoch = 轮次
curves-show = 显示
curves-values = 数值表
curves-spoken = { $label }：从 { $first } 到第 { $epoch } 轮的 { $last }
curves-val-accuracy = 验证集准确率（%）
curves-train-accuracy = 训练集准确率（%）
curves-val-loss = 验证集交叉熵
curves-hard-loss = 训练损失：硬标签部分
curves-soft-loss = 训练损失：软标签部分
curves-steps = 逐步训练损失
curves-rate = 学习率
curves-accuracy = 准确率（%）
curves-loss = 损失
curves-val-accuracy-short = 验证集
curves-train-accuracy-short = 训练集
curves-val-loss-short = 验证集交叉熵
curves-hard-loss-short = 训练集硬标签部分
curves-soft-loss-short = 训练集软标签部分
curves-train-loss-short = 训练集总损失
curves-rate-short = 学习率
