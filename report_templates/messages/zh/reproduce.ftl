# 本次 sweep 的开销，以及如何复现。
reproduce-heading = 复现此 sweep
reproduce-copy = 复制命令
reproduce-note = 请在程序的副本中运行。版本和 CPU 类型都相同时，数值相同；在 GPU 或其他 CPU 上可能略有差异。
reproduce-version = 所用程序是以软件包安装的 kd-sweep { $version }。
reproduce-no-commit = 提交号未知，因此未指定程序版本。
reproduce-changed = 程序当时含有未提交的改动，此命令无法还原。
reproduce-own-file = 该 sweep 文件并非程序自带；其解析结果见下文，可另存为 sweep 文件。
reproduce-several = 各次执行使用了 { $number } 个不同的提交；这里是最后一次启动所用的提交。
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
reproduce-open = 另有 { $number } 次执行时长不明，未计入
reproduce-survived = 经历的中断
reproduce-interrupted = { $cause ->
    [preempted] { $number } 次被抢占或停止
    [timeout] { $number } 次超时
    [died] { $number } 次异常中止
    [disk-full] { $number } 次磁盘已满
   *[out-of-memory] { $number } 次内存不足
}
reproduce-survivors = ，涉及 { $number } 次运行，均已继续直至完成
reproduce-undisturbed = 无；已完成的运行均未被中断
