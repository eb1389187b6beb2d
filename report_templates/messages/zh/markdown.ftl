# Markdown 格式的报告，供合并请求或语言模型使用。
markdown-link = Markdown 格式的完整报告
markdown-more = 其余 { $number } 行见 { $file }。
markdown-table = 表格
markdown-trials = 各次试验
