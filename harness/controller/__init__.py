"""Who decides: the stages, the search and the loop that carries a sweep to its end."""
