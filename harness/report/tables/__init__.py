"""Tables: each described once, written in every format."""
