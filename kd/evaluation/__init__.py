"""Logits of a trained model, and its speed."""
