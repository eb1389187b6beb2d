"""Who carries a run out, and what came of it: leases, processes, machine time, the states that follow."""
