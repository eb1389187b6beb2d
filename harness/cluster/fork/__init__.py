"""Jobs of this machine that begin as a fork of a process which has loaded torch."""
