"""Which images are read wrong, by whom, as what, and where the label may be what is wrong."""
