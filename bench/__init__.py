"""Measurements: ratios of two ways of doing the same, side by side in one run."""
