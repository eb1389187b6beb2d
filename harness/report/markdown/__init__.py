"""The report as Markdown, for a pull request or a model: the same texts and tables as the pages, without figures."""
