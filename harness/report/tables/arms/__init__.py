"""Tables with a row an arm: a model, a method, a variant, an export."""
