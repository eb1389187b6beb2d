"""Other programs that do a part of the same, beside this one in one run."""
