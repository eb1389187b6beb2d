"""How far a sweep is, counted once for everybody who says it."""
