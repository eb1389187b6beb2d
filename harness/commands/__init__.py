"""What a person types: one module for each verb, or for verbs that look alike."""
