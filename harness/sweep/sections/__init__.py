"""The sections of a sweep file, each checked by itself."""
