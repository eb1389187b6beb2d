"""Tables of trainings: one run's, all runs, the trials of a search, what was measured on the way."""
