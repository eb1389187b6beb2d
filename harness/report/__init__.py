"""The report: reads result files only, writes the static site."""
