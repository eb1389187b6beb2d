"""The images that a report shows: their pixels and where they lie."""
