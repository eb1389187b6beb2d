"""What a search looks for, and how a setting is put into a training."""
