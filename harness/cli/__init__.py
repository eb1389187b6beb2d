"""The command line: a verb each for what ``make`` offers."""

# In the order in which --help lists their verbs; importing them is what makes the verbs known.
from harness.cli import sweeps, reports, material  # isort: skip
from harness.cli.program import app, main

__all__ = ["app", "main", "material", "reports", "sweeps"]
