"""Optimizers, their schedules, and the average of the weights."""
