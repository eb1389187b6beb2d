# What the script writes: the tools over tables and curves, and those for the whole report.
tool-filter = Filter
tool-shown = { $shown } of { $all } rows
tool-columns = Columns ({ $shown } of { $all })
tool-columns-shown = Show
tool-theme = Theme
tool-theme-system = System theme
tool-theme-light = Light theme
tool-theme-dark = Dark theme
tool-arms = Arms
tool-arms-show = Show
tool-arms-mark = Highlight
tool-arms-name = Name
tool-arms-reset = Reset
