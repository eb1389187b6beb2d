"""What a sweep file may not say, and what it says in vain."""
