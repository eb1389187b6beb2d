"""What the files of a sweep say."""
