# 脚本所写的文字：表格与曲线上方的工具，以及整份报告的工具。
tool-filter = 筛选
tool-shown = 显示 { $shown } / { $all } 行
tool-columns = 列（{ $shown } / { $all }）
tool-columns-shown = 显示
tool-theme = 外观
tool-theme-system = 跟随系统
tool-theme-light = 浅色
tool-theme-dark = 深色
tool-arms = 各组模型
tool-arms-show = 显示
tool-arms-mark = 突出
tool-arms-name = 名称
tool-arms-reset = 重置
