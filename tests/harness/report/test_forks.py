"""Parts made by several processes: the same as by one, whatever becomes of a fork."""

import logging
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from harness.report import forks
from harness.report.forks import make_all, make_beside, may_fork
from harness.report.text.failed_parts import FailedPart, attempt, collecting
from tests.support.sweep_lab import heed_ctrl_c

ROOT = Path(__file__).parents[3]
ME = os.getpid()
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux alone")


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forks although the runner of the tests may have a thread of its own; none is left behind."""
    monkeypatch.setattr(forks, "may_fork", lambda: True)
    before = psutil.Process().children()  # a browser, where a test of this process has asked for one
    yield
    assert [child for child in psutil.Process().children() if child not in before] == []


class Meeting:
    """Two parts that each wait for the other, so that two processes have to make them."""

    def __init__(self) -> None:
        self._pipes = os.pipe(), os.pipe()

    def part(self, number: int) -> bool:
        os.write(self._pipes[1 - number][1], b"here")
        mine = self._pipes[number][0]
        return bool(select.select([mine], [], [], 30)[0])


def in_fork(does: Callable[[], object], number: int) -> int:
    """A part that a fork does not come through."""
    if os.getpid() != ME:
        does()
    return number


def by_whom(part: Callable[[], int]) -> tuple[int, int]:
    return part(), os.getpid()


def raise_planted() -> int:
    raise ValueError("planted")


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after_meeting(meeting: Meeting, does: Callable[[], object]) -> list[Callable[[], int]]:
    """Parts of which a fork has taken some before all are gone, and what it then does."""

    def met(number: int) -> int:
        assert meeting.part(number)
        return in_fork(does, number)

    return [partial(met, 0), partial(met, 1), *(partial(in_fork, does, number) for number in range(2, 6))]


@pytest.mark.usefixtures("forking")
def test_two_processes_are_at_work_and_the_order_is_that_of_the_parts() -> None:
    meeting = Meeting()
    parts = [partial(meeting.part, 0), partial(meeting.part, 1)]
    assert make_all(parts, 2) == [True, True]
    many = [partial(str, number) for number in range(3 * forks.NUM_STACKS + 5)]
    assert make_all(many, 3) == make_all(many) == [str(number) for number in range(len(many))]
    assert make_all([], 2) == []


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("does", [raise_planted, sys.exit, kill_me])
def test_what_a_fork_does_not_come_through_is_made_here(
    does: Callable[[], object], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    made = make_all([partial(by_whom, part) for part in after_meeting(Meeting(), does)], 2)
    assert [number for number, _ in made] == list(range(6))
    assert all(process == ME for _, process in made[2:])
    if does is raise_planted:
        assert caplog.records == []
    else:
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        assert "is made again" in caplog.text
    assert capfd.readouterr().err == ""


@pytest.mark.usefixtures("forking")
def test_a_fork_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(forks, "PATIENCE_S", 0.0)
    assert make_all(after_meeting(Meeting(), signal.pause), 2) == list(range(6))
    assert "is made again" in caplog.text


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("num", [1, 2])
def test_a_fork_makes_something_beside_what_this_process_does(num: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "num_cores", lambda: num)
    done = []
    process = make_beside(os.getpid, lambda: done.append(os.getpid()))
    assert done == [ME]
    assert (process == ME) == (num == 1)


@pytest.mark.usefixtures("forking")
@pytest.mark.parametrize("does", [raise_planted, sys.exit, kill_me])
def test_what_a_fork_could_not_make_beside_it_this_process_makes(
    does: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "num_cores", lambda: 2)
    done = []
    assert make_beside(partial(by_whom, partial(in_fork, does, 7)), lambda: done.append(1)) == (7, ME)
    assert done == [1]
    with pytest.raises(ValueError, match="planted"):
        make_beside(raise_planted, lambda: done.append(2))


@pytest.mark.usefixtures("forking")
def test_an_error_is_raised_here_with_its_own_traceback() -> None:
    with pytest.raises(ValueError, match="planted") as raised:
        make_all([raise_planted, raise_planted], 2)
    assert raised.traceback[-1].name == "raise_planted"


@pytest.mark.usefixtures("forking")
def test_a_part_that_fails_is_collected_once_and_says_so_in_its_place() -> None:
    def part(number: int) -> object:
        return attempt("figure", f"number {number}", raise_planted if number % 2 else partial(int, number))

    with collecting() as failed:
        made = make_all([partial(part, number) for number in range(8)], 3)
    assert [name for _, name in failed] == [f"number {number}" for number in (1, 3, 5, 7)]
    assert [isinstance(one, FailedPart) for one in made] == [False, True] * 4
    assert all("raise_planted" in one.trace for one in failed.values())


@pytest.mark.usefixtures("forking")
def test_without_room_for_another_process_all_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    assert make_all([os.getpid] * 5, 2) == [ME] * 5


def test_one_process_is_asked_for_or_there_are_threads_that_a_fork_would_lack() -> None:
    assert make_all([os.getpid] * 5) == [ME] * 5
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        assert not may_fork()
        assert make_all([os.getpid] * 5, 2) == [ME] * 5
    finally:
        done.set()
        other.join()


AT_WORK = """
import os, signal
from harness.report.forks import make_all
def part():
    if os.getpid() == parent:
        os.write(1, b"parent\\n")
        signal.pause()
    os.write(1, b"fork\\n")
    while os.getppid() == parent:
        os.sched_yield()
    return bytes(1_000_000)  # more than a pipe holds
parent = os.getpid()
make_all([part] * 10, 2)
"""


@pytest.mark.parametrize("kill", [os.killpg, os.kill], ids=["all", "parent"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_fork_ends_with_its_parent(kill: Callable[[int, int], None], number: signal.Signals) -> None:
    """Its output is at its end when both are gone; a part that was begun is the last one."""
    asked = subprocess.Popen(
        [sys.executable, "-c", AT_WORK],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=heed_ctrl_c,
    )
    with asked:
        assert asked.stdout is not None
        try:
            assert {asked.stdout.readline(), asked.stdout.readline()} == {"parent\n", "fork\n"}
            kill(asked.pid, number)
            rest, errors = asked.communicate(timeout=60)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(asked.pid, signal.SIGKILL)
    assert rest == ""
    assert asked.returncode == -number
    assert errors.count("Traceback") == (number == signal.SIGINT)
