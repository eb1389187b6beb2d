"""What a person is shown in a terminal: progress, notices, and commands to paste."""
