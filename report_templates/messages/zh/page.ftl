# 每页四周的文字。
page-skip = 跳到正文
page-sections = 章节
page-footer = 本页完全由结果文件生成；相同的文件得到逐字节相同的页面。
page-title = { $sweep }：{ $verdict }，{ $gain } 个百分点
page-title-open = { $sweep }：尚无结论
nav-answer = 结论
nav-table = 结果表
nav-real = 可信吗？
nav-agreement = 对照教师
nav-cost = 成本
