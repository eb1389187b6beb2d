"""A scheduler's signal, and what it means."""

import signal

import pytest

from harness.cluster.stop_flag import StopFlag


@pytest.mark.parametrize(("limit_s", "end"), [(0.0, "timeout"), (3600.0, "preempted"), (None, "preempted")])
def test_a_signal_late_in_a_job_is_its_time_limit(limit_s: float | None, end: str) -> None:
    stop = StopFlag(limit_s)
    stop._handle(signal.SIGUSR2, None)
    assert stop.end == end
