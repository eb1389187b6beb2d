# 报告中未能生成的部分；其余内容照常。
failed-part = { $kind ->
    [figure] 此图未能绘制
    [section] 此节未能生成
    [page] 此页未能生成
    [file] 此文件未能生成
   *[table] 此表未能生成
}（{ $name }：{ $reason }）。报告的其余内容不受影响。
failed-page-title = 缺少 { $name }
