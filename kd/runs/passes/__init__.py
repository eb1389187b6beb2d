"""Runs that train nothing: passes of models over images."""
