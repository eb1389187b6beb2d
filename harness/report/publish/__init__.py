"""Hand over: the site for a web server, the best student, tables and figures for a paper."""
