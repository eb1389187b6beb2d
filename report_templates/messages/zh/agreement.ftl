# 学生与教师的判断在哪里一致。
agreement = 与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}的一致性
agreement-share = 与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}判断一致（%）
agreement-more = 比基线多（百分点）
agreement-both-right = 两者都对（%）
agreement-student-alone = 只有学生对（%）
agreement-teacher-alone = 只有{ $num_teachers ->
    [1] 教师
   *[other] 教师集成
}对（%）
agreement-wrong-alike = 都错且答案相同（%）
agreement-wrong-apart = 都错但答案不同（%）
agreement-note = 占测试图像的比例，对各随机种子取平均；后五列之和为 100。95% 置信区间同时考虑再训练一次学生模型与换一批测试样本。判断与{ $num_teachers ->
    [1] 教师模型
   *[other] 教师集成
}一致的学生模型也会继承它的错误：都错且答案相同。
