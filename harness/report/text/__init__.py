"""Say: numbers, names and sentences in a language."""
