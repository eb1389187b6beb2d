"""Models that come trained: what they know of the data, and what their cards claim."""
