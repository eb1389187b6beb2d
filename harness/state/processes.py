"""Processes of this host, told apart from later ones that reuse their number."""

import os
from collections.abc import Iterable
from pathlib import Path

import psutil

TERMINATION_PATIENCE_S = 20.0
OLDEST_DATE = 1e8  # in 1973: larger numbers are seconds since 1970, which older records hold
TICK_S = 0.05


def created(pid: int | None = None) -> float:
    """When a process (by default this one) was created: on Linux in seconds after boot, elsewhere since 1970.

    Linux counts from boot alone. What it says in seconds since 1970 moves with the clock, for a process that has
    long been running too: a clock that is set would make every living process look like another one.
    """
    return _created(psutil.Process(os.getpid() if pid is None else pid))


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
        if process_created > OLDEST_DATE:
            same = abs(process.create_time() - process_created) < 1.0
        else:
            same = abs(_created(process) - process_created) < TICK_S
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _created(process: psutil.Process) -> float:
    try:
        status = Path(f"/proc/{process.pid}/stat").read_text()
    except OSError:  # no Linux, or no such process
        return process.create_time()
    return int(status.rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
