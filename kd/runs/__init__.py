"""Runs: what a sweep's jobs carry out, each in a folder of its own."""
