"""Networks of other libraries, with their weights and what each wants of an image."""
