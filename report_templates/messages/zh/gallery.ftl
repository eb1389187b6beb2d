# 学生模型与教师模型判断不同，或一同出错的图像。
guesses-head = 前 { $number } 个猜测与真实类别（%）
gallery-cell = { $cell ->
    [student-alone] { $num_teachers ->
        [1] 学生对、教师错
       *[other] 学生对、集成教师错
    }
    [teacher-alone] { $num_teachers ->
        [1] 教师对、学生错
       *[other] 集成教师对、学生错
    }
    [wrong-alike] 都错且答案相同
   *[wrong-apart] 都错但答案不同
}
gallery-explained = { $cell ->
    [student-alone] { $num_teachers ->
        [1] 教师模型判错而蒸馏学生模型判对的图像。
       *[other] 教师集成判错而蒸馏学生模型判对的图像。
    }
    [teacher-alone] { $num_teachers ->
        [1] 教师模型判对而蒸馏学生模型判错的图像。
       *[other] 教师集成判对而蒸馏学生模型判错的图像。
    }
    [wrong-alike] { $num_teachers ->
        [1] 错误答案相同：蒸馏学生模型可能继承了教师模型的错误。
       *[other] 错误答案相同：蒸馏学生模型可能继承了教师集成的错误。
    }
   *[wrong-apart] 错误答案不同：对两者都难的图像。
}

gallery-heading = { $cell }：{ $total } 张测试图像中的 { $number } 张
gallery-cells = 一致性的各种情形
gallery-chosen = { $number ->
    [1] 蒸馏学生模型只有一个，图像按它的判断归类；最典型的排在前面。
   *[other] 图像按 { $number } 个蒸馏学生模型中多数的判断归类；最典型的排在前面。
}
gallery-share = { $number ->
    [1] 占测试图像的 { $share }%。
   *[other] 对 { $number } 个学生模型取平均，占测试图像的 { $share }%。
}
gallery-more = 另有 { $number } 张此类图像未显示。
gallery-none = 没有。
gallery-images = 具体图像
gallery-count = { $number ->
    [0] 没有
   *[other] { $number } 张图像
}
