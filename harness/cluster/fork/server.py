"""A process that has loaded torch, and of which jobs are forks: each saves itself some four seconds of imports.

A fork is a process like any other: its memory, its modules, its end and its log are its own, and of the user's code it
has loaded nothing. Who asks for one is ``harness.cluster.fork.client``, in the place where submitit starts a job.

Only a process of a single thread may be forked: of another thread's locks a fork would have the state, and nobody to
open them. So the server imports, computes nothing, looks how many threads it has, and with more than one it ends; jobs
then start afresh.
"""

import atexit
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path

from harness.cluster.fork.client import PID_WIDTH
from harness.cluster.job import SPINS
from harness.state.provenance import current_code

MODULE = "harness.cluster.fork.server"
LOADED = (
    "harness.cluster.entry",
    "harness.cluster.job",
    "kd.runs.execute",
    "kd.runs.stacked",
    "torch._dynamo",  # the first optimizer of a process imports it, whether it compiles or not
    "torch.utils.serialization.config",  # the first checkpoint
    "numpy.ma",  # the first np.unique
)
WITHOUT_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Variables by which a library is kept from starting threads when it is loaded; a fork has the job's own instead."""
KEEPING_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
"""By which glibc keeps freed memory for the next tensor. It gives large blocks back to the kernel at once, and each
step of a training has its activations filled with zeros anew, a page at a time: a tenth of a teacher's time.
Blocks above 2**25 bytes it gives back nonetheless: older versions refuse a higher threshold, and would then keep
less than by default."""
TASKS = Path("/proc/self/task")


class ForkServer:
    """The controller's end: the server starts when it is told to or first asked for, and ends with its process or this.

    Args:
        logs: The folder of the sweep's jobs, by which their processes are known.
        loads: The modules that it loads.
    """

    def __init__(self, logs: Path, loads: Sequence[str] = LOADED) -> None:
        self._logs = logs
        self._loads = loads
        self._process: subprocess.Popen[bytes] | None = None

    @cached_property
    def address(self) -> Path | None:
        """Where forks are asked for, at once: whoever comes early waits until all is loaded. None: it cannot start."""
        try:  # closed to others, who could run jobs by it
            address = Path(tempfile.mkdtemp(prefix="kd-sweep-")) / "fork"
        except OSError:
            return None
        try:
            self._process, held = self._start(address)
        except OSError:
            _remove(address)
            return None
        weakref.finalize(self, _end, self._process, held, address)
        return address

    def start(self) -> None:
        """Load ahead of the first one who asks, where it does not already."""
        _ = self.address

    @property
    def is_serving(self) -> bool:
        """Whether there are forks to be had, for all that is known."""
        return self.address is not None and self._process is not None and self._process.poll() is None

    def _start(self, address: Path) -> tuple["subprocess.Popen[bytes]", int]:
        """The server, and the end of a pipe that it lives as long as."""
        lifeline, held = os.pipe()
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(address))
                listener.listen(64)
                inherited = (listener.fileno(), lifeline)
                process = subprocess.Popen(
                    [sys.executable, "-u", "-m", MODULE, str(self._logs), *map(str, inherited), *self._loads],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    pass_fds=inherited,
                    env={"GOMP_SPINCOUNT": SPINS} | KEEPING_MEMORY | os.environ | dict.fromkeys(WITHOUT_THREADS, "1"),
                    start_new_session=True,  # a terminal's signals are the controller's alone
                )
                return process, held
        except OSError:
            os.close(held)
            raise
        finally:
            os.close(lifeline)


def _end(process: "subprocess.Popen[bytes]", held: int, address: Path) -> None:
    os.close(held)
    process.kill()
    process.wait()
    _remove(address)


def _remove(address: Path) -> None:
    address.unlink(missing_ok=True)
    with suppress(OSError):  # the other end was first
        address.parent.rmdir()


def serve(listener: socket.socket, lifeline: int) -> socket.socket:
    """Fork for each connection until the other end of ``lifeline`` closes; comes back in the forks alone.

    A fork's end is waited for, and told to whoever asked for it.
    """
    forks: dict[int, socket.socket] = {}
    ends, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)  # a signal that is ignored wakes nobody
    signal.set_wakeup_fd(wakeup)
    while True:
        readable, _, _ = select.select([listener.fileno(), lifeline, ends], [], [])
        if lifeline in readable:
            _remove(Path(listener.getsockname()))
            os._exit(0)
        if ends in readable:
            os.read(ends, 1 << 16)
            _tell_ends(forks)
        if listener.fileno() in readable:
            connection, _ = listener.accept()
            try:
                pid = os.fork()
            except OSError:  # no process is to be had: whoever asked is told by the end, and starts one of its own
                connection.close()
                continue
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for each in (listener, *forks.values()):
                    each.close()
                for descriptor in (lifeline, ends, wakeup):
                    os.close(descriptor)
                return connection
            forks[pid] = connection


def _tell_ends(forks: dict[int, socket.socket]) -> None:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0] != 0:
            pid, status = ended
            with suppress(OSError), forks.pop(pid) as connection:  # who asked may be gone
                connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def take_place(connection: socket.socket) -> list[str]:
    """Become, in a fork, the process at the other end: its streams and its environment; gives its words.

    The connection stays open for as long as this process lives, also where the server does not.
    """
    message, descriptors, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    if not descriptors:
        sys.exit()  # whoever asked is gone
    while part := connection.recv(1 << 16):
        message += part
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    num_words, *entries = message.split(b"\0")
    words, environment = entries[: int(num_words)], entries[int(num_words) :]
    os.environb.clear()
    for entry in environment:
        name, _, value = entry.partition(b"=")
        os.environb[name] = value
    connection.sendall(b"%*d" % (PID_WIDTH, os.getpid()))  # of one width, as the ending may follow at once
    connection.detach()
    return [os.fsdecode(word) for word in words]


class Ending:
    """The end of a fork, after all that others have registered for theirs.

    The interpreter is not taken apart: once torch is loaded, that costs 0.2 s, and the kernel does it.
    """

    def __init__(self) -> None:
        self.code = 1  # of what is raised
        atexit.register(self._leave)

    def _leave(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        ctypes.CDLL(None).fflush(None)  # what code in C has printed
        os._exit(self.code)


def run(words: list[str], ending: Ending) -> None:
    """As ``python -m`` does: a module's ``main``, which finds these words in ``sys.argv``."""
    sys.argv = words
    importlib.import_module("numpy").random.seed()  # else all forks would draw the same; torch begins alike anyway
    try:
        importlib.import_module(words[0]).main()
        ending.code = 0
    except SystemExit as end:
        ending.code = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise


def _load(modules: Sequence[str]) -> bool:
    """Whether a process that has loaded them may be forked."""
    for name in modules:
        importlib.import_module(name)
    return len(list(TASKS.iterdir())) == 1


def main() -> None:
    """Load, serve, and in a fork run what was asked for."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # as all jobs do
    ending = Ending()  # first registered, last called
    _, _, descriptor, lifeline, *loads = sys.argv
    listener = socket.socket(fileno=int(descriptor))
    with ExitStack() as unless_serving:
        unless_serving.callback(_remove, Path(listener.getsockname()))
        if not _load(loads):
            return
        unless_serving.pop_all()
    current_code()  # of what is loaded, whatever lies in the program's files by the time of a job
    gc.collect()
    gc.freeze()  # what is there now, no fork looks through, and so none copies it
    run(take_place(serve(listener, int(lifeline))), ending)


if __name__ == "__main__":
    main()
