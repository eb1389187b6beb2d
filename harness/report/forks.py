"""Parts of a report made by several processes at once: the one that asks, and forks, which know all that it knows.

A fork only ever saves time. It takes the next parts that nobody has taken, and at its end hands back what it has made.
What it fails to make, and all that it has taken if it is killed, the process that asked makes itself: an error is
raised and told there, as it would be without forks.
"""

import itertools
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple, TypeVar

from harness.report.text.failed_parts import uncollected
from kd.cores import num_cores

Made = TypeVar("Made")
Makes = Sequence[Callable[[], Made]]
NUM_STACKS = 256  # what a byte tells apart
PATIENCE_S = 60.0  # far more than any part takes
log = logging.getLogger(__name__)


class Fork(NamedTuple):
    """A process, and the end of a pipe at which it hands back what it has made."""

    process: BaseProcess
    answer: Connection


def make_all(makes: Makes[Made], num_processes: int = 1) -> list[Made]:
    """What each of these makes, in their order, whoever makes it.

    Args:
        makes: Each makes a part, whatever the others do. Those that take long come first.
        num_processes: This one and its forks.
    """
    made = _made_together(makes, num_processes) if num_processes > 1 and may_fork() else {}
    return [made[number] if number in made else make() for number, make in enumerate(makes)]


def make_beside(make: Callable[[], Made], meanwhile: Callable[[], object]) -> Made:
    """What a fork makes, while this process does something else that has to be done.

    Args:
        make: Makes something, whatever is done meanwhile. This process does where no fork could.
        meanwhile: Done once, in this process.
    """
    with _forks([make], int(num_cores() > 1 and may_fork())) as (_, forks):
        meanwhile()
        made = [_handed_back(fork) for fork in forks]
    return made[0][0] if made and made[0] else make()


def may_fork() -> bool:
    """Whether a fork of this process can be relied on.

    Not beside another thread of Python's, whose locks nobody would open in the fork; threads of OpenBLAS and of
    pyarrow's jemalloc are idle, and both libraries see to forks themselves. Not where libraries mind, as on macOS.
    """
    return sys.platform == "linux" and threading.active_count() == 1 and not current_process().daemon


def _made_together(makes: Makes[Made], num_processes: int) -> dict[int, Made]:
    with _forks(makes, num_processes - 1) as (stacks, forks):
        made = {number: makes[number]() for number in _taken(stacks, len(makes))}
        for fork in forks:
            made |= _handed_back(fork)
    return made


def _handed_back(fork: Fork) -> dict[int, Any]:
    """What a fork has made; nothing where it was killed."""
    with suppress(EOFError, OSError):
        if fork.answer.poll(PATIENCE_S):
            made: dict[int, Any] = fork.answer.recv()
            return made
    log.warning("A second process that made parts of the report was killed or hangs; what it had taken is made again.")
    return {}


@contextmanager
def _forks(makes: Makes[Made], num_forks: int) -> Iterator[tuple[int, list[Fork]]]:
    """Forks at work, and what they and this process take their parts from; all of them end with this."""
    stacks, writer = os.pipe()  # read byte by byte, it gives every stack once, whoever reads
    os.write(writer, bytes(range(min(NUM_STACKS, len(makes)))))
    os.close(writer)
    forks: list[Fork] = []
    try:
        with suppress(OSError):  # there is no room for another process
            for _ in range(num_forks):
                forks.append(_fork(stacks, makes))
        yield stacks, forks
    finally:
        os.close(stacks)
        for fork in forks:
            fork.process.kill()
            fork.process.join()
            fork.answer.close()


def _fork(stacks: int, makes: Makes[Made]) -> Fork:
    context = get_context("fork")
    answer, theirs = context.Pipe(duplex=False)
    with theirs, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 counts the threads of libraries too
        process = context.Process(target=_be_fork, args=(stacks, makes, answer, theirs, os.getpid()))
        process.start()
    return Fork(process, answer)


def _be_fork(stacks: int, makes: Makes[Made], answer: Connection, mine: Connection, parent: int) -> None:
    """Make what is there to be taken. Ctrl-C is the parent's, and nothing is made for a parent that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGUSR2):  # a controller's own handlers would detach it here once more
        signal.signal(ending, signal.SIG_DFL)
    answer.close()  # so that nobody has that end once the parent is gone
    made: dict[int, Made] = {}
    with uncollected():
        for number in itertools.takewhile(lambda _: os.getppid() == parent, _taken(stacks, len(makes))):
            with suppress(Exception):
                made[number] = makes[number]()
    with suppress(BrokenPipeError):
        mine.send(made)


def _taken(stacks: int, num_parts: int) -> Iterator[int]:
    """Parts, stack by stack, until none is left."""
    while stack := os.read(stacks, 1):
        yield from range(stack[0], num_parts, NUM_STACKS)
