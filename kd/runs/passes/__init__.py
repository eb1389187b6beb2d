"""Passes of models over images, which train nothing, and what a teacher's tells."""
