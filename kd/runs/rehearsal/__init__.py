"""A sweep's models and own losses, tried for a moment before they are trained for hours."""
