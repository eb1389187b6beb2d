"""The front page's cards: what each topic comes to in this study, in a line."""
