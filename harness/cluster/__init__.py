"""Where runs are carried out: profiles, executors, and the job itself."""
