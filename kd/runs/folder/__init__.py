"""A run's folder: its paths, and what a training keeps there."""
