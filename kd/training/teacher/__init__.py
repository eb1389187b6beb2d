"""What a student learns from beside the labels: a teacher's logits and features, or what is left of them."""
