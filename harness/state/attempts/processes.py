"""Processes of this host, told apart from later ones that reuse their number."""

import os
import select
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
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


def is_suspended(pid: int, process_created: float) -> bool:
    """Whether it lives and stands still, as after Ctrl-Z."""
    process = _find(pid, process_created)
    with suppress(psutil.NoSuchProcess):
        return process is not None and process.status() == psutil.STATUS_STOPPED
    return False


def wait_for_end(processes: Iterable[tuple[int, float]], timeout_s: float) -> None:
    """Wait until one of these processes ends, but no longer than so; where the system cannot tell, just so long.

    Args:
        processes: Numbers and times of creation; those that ended before are not waited for.
        timeout_s: The longest wait.
    """
    if not hasattr(os, "pidfd_open"):  # on another system, or of a Python that was built for older kernels
        time.sleep(timeout_s)
        return
    with ExitStack() as opened:
        ends = select.poll()
        for process in processes:
            with suppress(OSError):  # it ended just now, or the kernel is older than these descriptors
                if is_alive(*process):
                    descriptor = os.pidfd_open(process[0])
                    opened.callback(os.close, descriptor)
                    ends.register(descriptor, select.POLLIN)
        ends.poll(1000 * timeout_s)


def terminate(processes: Iterable[tuple[int, float]], is_this: Callable[[psutil.Process], bool]) -> bool:
    """Ask processes to end (SIGTERM), wait until they do, and kill those that do not.

    Args:
        processes: Numbers and times of creation, as a record has them. A record may be wrong, or forged.
        is_this: What a process must be beside: ``works_in`` or ``holds``. Another one is left alone, as is another
            user's.

    Returns:
        Whether any was asked.
    """
    named = (process for pid, process_created in processes if (process := _find(pid, process_created)))
    found = [process for process in named if _is_mine(process) and is_this(process)]
    for process in found:
        process.terminate()
    _, stubborn = psutil.wait_procs(found, timeout=TERMINATION_PATIENCE_S)
    for process in stubborn:
        process.kill()
    return bool(found)


def works_in(folder: Path) -> Callable[[psutil.Process], bool]:
    """Whether a process was started with this folder as one of its arguments, as a sweep's jobs are."""

    def look(process: psutil.Process) -> bool:
        try:
            return any(_is_same(word, folder) for word in process.cmdline())
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            return False

    return look


def holds(path: Path) -> Callable[[psutil.Process], bool]:
    """Whether a process has this file open, as a controller has its lock."""

    def look(process: psutil.Process) -> bool:
        try:
            return any(_is_same(each.path, path) for each in process.open_files())
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            return False

    return look


def _is_same(name: str, path: Path) -> bool:
    """Whether a text is the name of this file or folder, by whatever way."""
    try:
        return name == str(path) or ("/" in name and path.samefile(name))
    except (OSError, ValueError):
        return False


def _is_mine(process: psutil.Process) -> bool:
    try:
        return bool(process.uids().effective == os.geteuid())
    except psutil.NoSuchProcess:
        return False


def _find(pid: int, process_created: float) -> psutil.Process | None:
    if pid <= 0:  # to a signal, a group of processes
        return None
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
