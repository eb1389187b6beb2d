"""What every page is made of and stands in: head, templates, tables and figures with their files."""
