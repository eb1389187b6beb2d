"""From a file that a person wrote to a checked configuration: find, read, assign, validate."""
