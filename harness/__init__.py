"""The sweep harness: configuration, controller, search, jobs, report and the command line."""
