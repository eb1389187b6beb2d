"""``python -I -S client.py ADDRESS LOG MODULE WORDS``: a fork that does what ``python -m MODULE WORDS`` does.

The process that is started for a job. It asks the server at ADDRESS for a fork, gives it its own streams and
environment, passes signals on, and ends as it ends. Where no fork is to be had it becomes the command itself, so that
no job depends on a server.

LOG is submitit's name for a job's log, in which ``%j`` stands for the job's number, and that is this process's. With an
empty one, number and streams are those that whoever started it has given it.

It is started for every job. So it imports nothing but what it needs, and nothing of this program.
"""

import os
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType

PID_WIDTH = 10  # digits and spaces before them
SIGNALS = (signal.SIGTERM, signal.SIGUSR2)


class Signals:
    """Takes signals from the first moment on, and passes them to a process as soon as it is known."""

    def __init__(self) -> None:
        self._received: list[int] = []
        self._pid: int | None = None
        for each in SIGNALS:
            signal.signal(each, self._take)

    def pass_to(self, pid: int) -> None:
        """Send what came, and from now on what comes, to this process."""
        self._pid = pid
        for number in self._received:
            self._take(number)

    def leave(self) -> None:
        """Be as a process that never took them."""
        for each in SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        for number in self._received:
            signal.raise_signal(number)

    def _take(self, number: int, frame: FrameType | None = None) -> None:
        if self._pid is None:
            self._received.append(number)
            return
        with suppress(ProcessLookupError):
            os.kill(self._pid, number)


def ask(connection: socket.socket, address: str, words: list[str]) -> int | None:
    """The process id of a fork that carries these words out in this process's place; None where none is to be had."""
    environment = [name + b"=" + value for name, value in os.environb.items()]
    message = b"\0".join([str(len(words)).encode(), *map(os.fsencode, words), *environment])
    try:
        connection.connect(address)
        socket.send_fds(connection, [message[:1]], [0, 1, 2])
        connection.sendall(message[1:])
        connection.shutdown(socket.SHUT_WR)
        return int(connection.recv(PID_WIDTH, socket.MSG_WAITALL))
    except (OSError, ValueError):
        return None


def end_as(ending: bytes) -> None:
    """End with a fork's exit code, or by its signal.

    Args:
        ending: What the server said of it; nothing where it ended first.
    """
    code = int(ending or b"1")
    if code < 0:
        with suppress(OSError):  # SIGKILL takes no handler
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


def take_number(log: str) -> None:
    """Be the job of this process's number, and write into its log."""
    number = str(os.getpid())
    os.environ["SUBMITIT_LOCAL_JOB_ID"] = number
    path = log.replace("%j", number).replace("%t", "0")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)


def main() -> None:
    """Be the fork, or the command."""
    address, log, *words = sys.argv[1:]
    taken = Signals()
    if log:
        take_number(log)
    with socket.socket(socket.AF_UNIX) as connection:
        pid = ask(connection, address, words)
        if pid is not None:
            taken.pass_to(pid)
            end_as(connection.recv(32))
    taken.leave()
    os.execv(sys.executable, [sys.executable, "-u", "-m", *words])


if __name__ == "__main__":
    main()
