"""The sweep harness: configuration, controller, search, jobs, report and the command line."""

__version__ = "0.2.0"
