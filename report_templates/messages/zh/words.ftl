# 各页通用的词与数量。
images = { $number } 张图像
