"""Draw: figures from findings."""
