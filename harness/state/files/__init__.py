"""A sweep's folder and its records: where they lie, whose they are, and who writes."""
