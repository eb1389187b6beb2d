"""What the harness asks of a SLURM cluster: submission through submitit, and a view of the queue of our own."""
