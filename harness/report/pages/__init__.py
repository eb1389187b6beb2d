"""The pages of a sweep's site."""
