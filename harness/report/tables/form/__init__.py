"""What a table is, and how it is written as text, HTML and LaTeX."""
