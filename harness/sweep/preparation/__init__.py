"""What the runs of a plan need before they begin: a teacher's cost and origin, images without labels, compiling."""
