"""Processes of this host, told apart from later ones that reuse their number."""

import os
from collections.abc import Iterable

import psutil

TERMINATION_PATIENCE_S = 20.0


def created(pid: int | None = None) -> float:
    """When a process (by default this one) was created, in seconds since 1970."""
    return psutil.Process(os.getpid() if pid is None else pid).create_time()


def is_alive(pid: int, process_created: float) -> bool:
    """Whether the very process that had this number at that time still runs."""
    return _find(pid, process_created) is not None


def terminate(processes: Iterable[tuple[int, float]]) -> None:
    """Ask processes to end (SIGTERM), wait until they do, and kill those that do not."""
    found = [process for pid, process_created in processes if (process := _find(pid, process_created))]
    for process in found:
        process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=TERMINATION_PATIENCE_S)
    for process in stubborn:
        process.kill()


def _find(pid: int, process_created: float) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - process_created) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None
