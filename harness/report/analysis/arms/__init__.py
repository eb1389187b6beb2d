"""Arms beside one another: the gain, and what sets methods, variants, seeds and exports apart."""
