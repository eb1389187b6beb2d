"""Processes are told apart by when they began, and end when they are told to."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.state.attempts import processes
from tests.support.other_user import ANNA, needs_root

MEEK = "import sys; print('ready', flush=True); sys.stdin.read()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + MEEK


@pytest.fixture
def start() -> Iterator:
    started = []

    def begin(code: str, *words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", code, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def test_a_number_alone_does_not_make_a_process_alive() -> None:
    assert processes.is_alive(os.getpid(), processes.created())
    assert not processes.is_alive(os.getpid(), processes.created() - 60)


def test_who_is_told_to_end_ends(start) -> None:
    process = start(MEEK)
    born = processes.created(process.pid)
    assert processes.is_alive(process.pid, born)
    processes.terminate([(process.pid, born)], is_this=lambda found: True)
    assert not processes.is_alive(process.pid, born)


def test_a_process_that_stands_still_is_told_from_one_at_work(start) -> None:
    process = start(MEEK)
    this = process.pid, processes.created(process.pid)
    assert not processes.is_suspended(*this)
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
    assert processes.is_suspended(*this)
    process.kill()
    process.wait()
    assert not processes.is_suspended(*this)


def test_a_process_that_ended_and_was_not_waited_for_is_not_alive(start) -> None:
    process = start(MEEK)
    born = processes.created(process.pid)
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it is over, and still has its number
    assert not processes.is_alive(process.pid, born)
    process.stdin = None


def test_what_ignores_the_request_is_killed(start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "TERMINATION_PATIENCE_S", 0.01)
    process = start(STUBBORN)
    born = processes.created(process.pid)
    processes.terminate([(process.pid, born)], is_this=lambda found: True)
    process.wait()
    assert not processes.is_alive(process.pid, born)


def test_a_later_process_of_the_same_number_is_left_alone(start) -> None:
    process = start(MEEK)
    born = processes.created(process.pid)
    processes.terminate([(process.pid, born - 60)], is_this=lambda found: True)
    assert processes.is_alive(process.pid, born)


def test_a_clock_that_is_set_kills_no_living_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Psutil reckons from the time of boot, which moves with the clock."""
    mine = processes.created()
    real = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: real(process) + 3600)
    assert processes.is_alive(os.getpid(), mine)


def test_older_records_hold_seconds_since_1970() -> None:
    created = psutil.Process().create_time()
    assert processes.is_alive(os.getpid(), created)
    assert not processes.is_alive(os.getpid(), created - 100)


def test_a_record_alone_ends_nothing(start, tmp_path: Path) -> None:
    """It may be forged: whoever can write it would choose which of a user's processes ends."""
    victim = start(MEEK)
    lock = tmp_path / "controller.lock"
    lock.touch()
    born = processes.created(victim.pid)
    for is_this in (processes.works_in(tmp_path), processes.holds(lock)):
        processes.terminate([(victim.pid, born), (0, born), (-1, born), (1, processes.created(1))], is_this=is_this)
    assert processes.is_alive(victim.pid, born)


def test_a_sweeps_own_processes_are_known_by_what_they_were_given_or_hold(start, tmp_path: Path) -> None:
    logs, lock = tmp_path / "sweep with spaces" / "logs", tmp_path / "controller.lock"
    logs.mkdir(parents=True)
    lock.touch()
    (tmp_path / "link").symlink_to(logs.parent)
    worker = psutil.Process(start(MEEK, str(tmp_path / "link" / "logs")).pid)
    controller = psutil.Process(start(f"stream = open({str(lock)!r}); {MEEK}").pid)
    assert [processes.works_in(logs)(each) for each in (worker, controller)] == [True, False]
    assert [processes.holds(lock)(each) for each in (worker, controller)] == [False, True]


@needs_root
def test_even_root_ends_no_other_users_process(start, tmp_path: Path) -> None:
    victim = start(f"import os; os.setuid({ANNA}); {MEEK}", str(tmp_path))
    born = processes.created(victim.pid)
    processes.terminate([(victim.pid, born)], is_this=processes.works_in(tmp_path))
    assert processes.is_alive(victim.pid, born)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells at once")
def test_a_wait_ends_with_the_first_process_and_not_for_those_that_ended_before(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, ends, stays = (start(MEEK) for _ in range(3))
    named = [(process.pid, processes.created(process.pid)) for process in (ended, ends, stays)]
    ended.kill()
    ended.wait()
    processes.wait_for_end(named, timeout_s=0.01)  # nothing ends
    assert ends.poll() is None
    look = os.pidfd_open

    def look_and_kill(pid: int) -> int:
        descriptor = look(pid)
        if pid == ends.pid:
            ends.kill()
        return descriptor

    monkeypatch.setattr(os, "pidfd_open", look_and_kill)
    processes.wait_for_end(named, timeout_s=600)
    assert (ends.wait(), stays.poll()) == (-signal.SIGKILL, None)


def test_a_python_without_descriptors_of_processes_waits_out_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    processes.wait_for_end([(os.getpid(), processes.created(os.getpid()))], timeout_s=3.0)
    assert slept == [3.0]
