"""Work in a process of its own, which may die without taking the rest along.

Forked, so that torch is loaded once; what forks must not have touched a GPU before.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

FORK = multiprocessing.get_context("fork")


def start(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Begin it; it is waited for by ``end_of``."""
    process = FORK.Process(target=work, args=arguments)
    process.start()
    return process


def end_of(process: BaseProcess, wanted: int = 0) -> None:
    """Wait for it.

    Raises:
        RuntimeError: It ended otherwise than ``wanted`` (an exit status; of a signal the negative number).
    """
    process.join()
    if process.exitcode != wanted:
        raise RuntimeError(f"a process ended with {process.exitcode}, not with {wanted}; what it said stands above")


def in_a_process(work: Callable[..., None], *arguments: Any, wanted: int = 0) -> None:
    """Do it there and wait for it.

    Raises:
        RuntimeError: As ``end_of``.
    """
    end_of(start(work, *arguments), wanted)


def die() -> None:
    """As by ``kill -9``: nothing is written on the way out."""
    os.kill(os.getpid(), signal.SIGKILL)
