"""What is asked: the sweep file, and the runs that follow from it."""
