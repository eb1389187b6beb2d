"""What each verb does; ``harness.cli`` reads what a person types."""
