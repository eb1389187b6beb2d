"""The name by which jobs that an earlier version submitted find their class; nothing else imports it."""

from harness.cluster.job import RunsJob

__all__ = ["RunsJob"]
