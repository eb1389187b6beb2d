# 首页与单次运行页面上的逐轮曲线。
curves-caption = 曲线为各随机种子的均值，色带为各种子的最低值到最高值，画到所有种子都已完成的轮次。准确率的最初几轮可能低于坐标轴起点；损失采用对数刻度。硬损失：与标签的交叉熵；软损失：与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
 }的散度乘以 T²。逐步损失为一轮之内各小段的均值。
curves-thinned = 约每 { $every } 轮画一点；运行文件夹中的 history.json 有全部数值。
curves-epoch = 轮次
curves-show = 显示
curves-values = 数值表
curves-spoken = { $label }：从 { $first } 到第 { $epoch } 轮的 { $last }
curves-val-accuracy = 验证准确率（%）
curves-train-accuracy = 训练准确率（%）
curves-val-loss = 验证交叉熵
curves-hard-loss = 硬损失（训练）
curves-soft-loss = 软损失（训练）
curves-feature-loss = 特征损失（训练）
curves-unlabeled-loss = 无标签图像的损失
curves-steps = 逐步训练损失
curves-rate = 学习率
curves-accuracy = 准确率（%）
curves-loss = 损失
curves-val-accuracy-short = 验证
curves-train-accuracy-short = 训练
curves-val-loss-short = 验证交叉熵
curves-hard-loss-short = 训练，硬损失
curves-soft-loss-short = 训练，软损失
curves-feature-loss-short = 训练，特征损失
curves-unlabeled-loss-short = 无标签，软损失
curves-train-loss-short = 训练，总损失
curves-rate-short = 学习率
