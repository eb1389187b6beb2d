"""Runs in their folders, from ``config.json`` to ``metrics.json``."""
