"""What a search's trials tell: how much of their differences is luck, what is as good as the best, what matters."""
