"""The sections of a sweep file, each checked by itself, and what names may be."""
