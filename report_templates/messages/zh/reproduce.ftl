# 本次研究的开销，以及如何重现。
reproduce-heading = 重现
reproduce-copy = 复制命令
reproduce-note = 在程序的副本中运行。版本相同且 CPU 类型相同时，数值相同；在 GPU 或其他 CPU 上可能略有差异。
reproduce-version = 所用程序是以软件包安装的 kd-sweep { $version }。
reproduce-no-commit = 提交号未知，因此未指定程序版本。
reproduce-changed = 程序当时含有未提交的改动，此命令无法还原。
reproduce-own-file = 该研究文件不属于程序自带；其解析结果见下文，可另存为文件。
reproduce-several = 各次尝试由 { $number } 个不同的提交完成；这里是最后一次启动所用的提交。
reproduce-parts = 数据划分
reproduce-part = { $name ->
    [train] 训练集
    [val] 验证集
   *[test] 测试集
}（{ $number } 张图像）
reproduce-parts-note = 哈希：该部分图像在已存数据中的位置的 SHA-256；哈希相同即划分相同。
reproduce-comma = ，
reproduce-cost = 机器时间
reproduce-gpu-hours = { $hours } GPU 小时（{ $device }）
reproduce-core-hours = { $hours } CPU 核小时
reproduce-open = 另有 { $number } 次尝试时长不明，未计入
reproduce-survived = 挺过的中断
reproduce-interrupted = { $cause ->
    [preempted] { $number } 次被抢占或停止
    [timeout] { $number } 次超时
    [died] { $number } 次意外终止
    [disk-full] { $number } 次磁盘已满
   *[out-of-memory] { $number } 次内存不足
}
reproduce-survivors = ，涉及 { $number } 次训练，均已继续直至结束
reproduce-undisturbed = 无；已结束的训练均未被中断
