# 每页四周的文字。
page-skip = 跳到正文
page-sections = 章节
page-footer = 本页完全由结果文件生成；相同的文件得到逐字节相同的页面。
standing = { $state ->
    [complete] 完成：{ $total } 次运行全部结束。
    [running] 生成本页时正在运行：{ $total } 次运行中已结束 { $done } 次。
    [failed] 失败：{ $failed ->
        [0] 已没有可以启动的运行；
       *[other] 有 { $failed } 次运行出错，第一个是 { $first }；
    }{ $total } 次运行中已结束 { $done } 次。
    [stopped] 已停止：{ $total } 次运行中已结束 { $done } 次，目前没有任何进程在工作。
   *[unreadable] 无法读取：部分运行的状态不明；{ $total } 次运行中已结束 { $done } 次。
}
standing-go-on = { $state ->
    [failed] 排除原因之后：
   *[stopped] 在启动它的地方继续：
}
page-title = { $sweep }：{ $verdict }，{ $gain } 个百分点
page-title-open = { $sweep }：{ $final ->
    [yes] 没有结论
   *[no] 尚无结论
}
nav-answer = 结论
nav-methods = 方法
nav-table = 结果表
nav-real = 可信吗？
nav-variants = 由何而来
nav-extra_tests = 其他测试集
nav-agreement = 对照教师
nav-cost = 成本
nav-classes = { classes }
nav-confusions = { confusions }
nav-pictures = { pictures }
nav-labels = 标签
nav-calibration = 校准
nav-training = { training }
nav-search = { search }
nav-missing = { missing-results }
nav-runs = { runs }
nav-provenance = { provenance }
