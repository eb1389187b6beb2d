"""All sweeps: a table of them, and any of them side by side."""
