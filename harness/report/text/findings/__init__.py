"""What is said of results, a module a subject."""
