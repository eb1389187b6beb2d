# The report as Markdown, for a pull request or a model.
markdown-link = The whole report as Markdown
markdown-more = { $number ->
    [one] 1 more row is
   *[other] { $number } more rows are
} in { $file }.
markdown-table = The table
markdown-trials = The trials
