"""How a table is written, whatever is in it: as HTML, LaTeX, and as files."""
