# What stands around every page.
page-skip = To the content
page-sections = Sections
page-footer = Written from result files alone; the same files give the same bytes.
page-title = { $sweep }: { $verdict }, { $gain } points
page-title-open = { $sweep }: no answer yet
nav-answer = Answer
nav-table = Table
nav-real = Is it real?
nav-agreement = Teacher
nav-cost = Cost
