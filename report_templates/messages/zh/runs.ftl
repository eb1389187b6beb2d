# 运行一览。
runs = 运行
runs-run = 运行
runs-role = 角色
runs-time = 训练时间
runs-attempts = 执行
runs-others = 另有 { $number } 个来自此 sweep 早先版本的运行文件夹，这里没有使用：{ $names }
several-attempts = { $number } 次：{ $ends }
