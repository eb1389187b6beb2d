"""Images as uint8 arrays on disk, decoded once."""
