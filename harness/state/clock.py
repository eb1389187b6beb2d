"""Time as result files write it."""

from datetime import UTC, datetime

FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def now() -> str:
    """The present moment in UTC, to the second: ``2026-01-31T12:00:00Z``."""
    return datetime.now(UTC).strftime(FORMAT)


def timestamp(moment: str) -> float:
    """Seconds since 1970 of a moment written by ``now``."""
    return datetime.fromisoformat(moment).timestamp()


def written(timestamp_s: float) -> str:
    """A moment given in seconds since 1970, as ``now`` writes it.

    >>> written(timestamp("2026-01-31T12:00:00Z"))
    '2026-01-31T12:00:00Z'
    """
    return datetime.fromtimestamp(timestamp_s, UTC).strftime(FORMAT)


def seconds_between(start: str, end: str) -> float:
    """From one moment written by ``now`` to another.

    >>> seconds_between("2026-01-31T12:00:00Z", "2026-01-31T12:01:30Z")
    90.0
    """
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
