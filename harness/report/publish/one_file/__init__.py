"""A report as one file to mail: the front page, with every other page, picture and table of the site inside."""
