"""Figures without a word, small enough for a card: the line beside each says what it shows."""
