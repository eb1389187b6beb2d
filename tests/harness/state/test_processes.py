"""A process is known by when it began, whatever the clock says now."""

import os
import subprocess
import sys

import psutil
import pytest

from harness.state import processes


def test_a_clock_that_is_set_kills_no_living_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Psutil reckons from the time of boot, which moves with the clock."""
    mine = processes.created()
    real = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: real(process) + 3600)
    assert processes.is_alive(os.getpid(), mine)


def test_a_number_that_was_given_again_is_another_process() -> None:
    assert not processes.is_alive(os.getpid(), processes.created() - 1.0)


def test_older_records_hold_seconds_since_1970() -> None:
    created = psutil.Process().create_time()
    assert processes.is_alive(os.getpid(), created)
    assert not processes.is_alive(os.getpid(), created - 100)


def test_a_process_that_is_gone_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        created = processes.created(child.pid)
        assert processes.is_alive(child.pid, created)
        child.communicate(b"\n")
    assert not processes.is_alive(child.pid, created)
