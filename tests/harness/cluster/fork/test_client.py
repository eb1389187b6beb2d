"""In the place of a command: a fork, and without one the command itself."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.cluster.fork.client import PID_WIDTH
from harness.cluster.fork.server import ForkServer
from tests.support.forks import fork, start_fork
from tests.support.root import ROOT

OWN = "import sys\ndef main():\n    print('own', sys.argv[1:])\n\nif __name__ == '__main__':\n    main()\n"
WAITS = """
import signal, sys, time
def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
    signal.signal(signal.SIGUSR2, lambda *_: sys.exit(4))
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    """The end of a server whose part the test plays, at ``tmp_path / "fork"``."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "fork"))
        listener.listen()
        yield listener


def hear(connection: socket.socket) -> None:
    """All that a client asks; then its signals are taken, and the connection may be closed without a reset."""
    while connection.recv(1 << 16):
        pass


def test_without_a_server_the_command_is_run(tmp_path: Path, add_module: Callable[[str, str], None]) -> None:
    add_module("own", OWN)
    assert fork(tmp_path / "nobody", "own", "a word").stdout == "own ['a word']\n"


def test_so_it_is_where_the_server_ends_before_it_answers(
    tmp_path: Path, listener: socket.socket, add_module: Callable[[str, str], None]
) -> None:
    add_module("own", OWN)
    asked = start_fork(tmp_path / "fork", "own")
    listener.accept()[0].close()
    assert asked.communicate()[0] == "own []\n"


def test_a_fork_that_has_ended_before_its_number_is_read_is_told_from_it(
    tmp_path: Path, listener: socket.socket
) -> None:
    asked = start_fork(tmp_path / "fork", "anything")
    connection, _ = listener.accept()
    with connection:
        hear(connection)
        connection.sendall(b"%*d" % (PID_WIDTH, 4_000_000) + b"5")
    asked.communicate()
    assert asked.returncode == 5


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 3), (signal.SIGUSR2, 4)])
def test_signals_reach_the_fork(
    tmp_path: Path, add_module: Callable[[str, str], None], number: signal.Signals, code: int
) -> None:
    add_module("waits", WAITS)
    server = ForkServer(tmp_path / "logs", loads=())
    asked = start_fork(server.address, "waits")
    assert asked.stdout is not None and asked.stdout.readline() == "ready\n"
    asked.send_signal(number)
    asked.communicate()
    assert asked.returncode == code


def test_a_signal_before_there_is_a_fork_ends_the_job_as_it_ends_any_that_starts(
    tmp_path: Path, listener: socket.socket, add_module: Callable[[str, str], None]
) -> None:
    add_module("own", OWN)
    asked = start_fork(tmp_path / "fork", "own")
    connection, _ = listener.accept()
    with connection:
        hear(connection)
        asked.terminate()
    assert asked.communicate()[0] == ""
    assert asked.returncode == -signal.SIGTERM


def test_it_loads_nothing_of_the_program_or_of_others() -> None:
    text = (ROOT / "harness" / "cluster" / "fork" / "client.py").read_text()
    assert "harness" not in "".join(line for line in text.splitlines() if line.startswith(("import", "from")))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "importtime", "harness/cluster/fork/client.py", "/nowhere", "", "this"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "numpy" not in done.stderr and "socket" in done.stderr
