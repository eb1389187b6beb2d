"""From files to results: each kind of run, and what cannot be read."""
