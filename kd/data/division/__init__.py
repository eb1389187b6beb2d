"""Train, val, test and what is left over: who is in which, and who is in two."""
