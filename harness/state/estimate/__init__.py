"""How long a sweep will take, from rates that were measured where there are some."""
