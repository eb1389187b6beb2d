"""The verbs that look, and change nothing of a sweep."""
