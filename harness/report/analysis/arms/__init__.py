"""Arms beside one another: the gain, and what sets methods, students, variants, seeds and exports apart."""
