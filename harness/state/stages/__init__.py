"""What there is to do: the stage graph, seeds that are added, and whether the teacher is worth teaching with."""
