"""Reckon: numbers from results, without words."""
