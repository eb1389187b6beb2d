"""Read: the result files of one sweep."""
