"""Forks of one server share what it has loaded, and nothing that happens in one reaches another."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness.cluster.fork.server import LOADED, MODULE, ForkServer
from tests.support.forks import fork, start_fork
from tests.support.root import ROOT
from tests.support.waiting import wait_until

AddModule = Callable[[str, str], None]
WAITS = """
import os, signal, sys, time
def main():
    signal.signal(signal.SIGUSR2, lambda *_: sys.exit(7))
    print(os.getpid(), flush=True)
    time.sleep(600)
"""
SEES = """
import os, sys
import numpy, torch
def main():
    print(torch.get_default_dtype(), os.environ.get("LEFT_BEHIND"), hasattr(torch, "left_behind"), sys.argv[1:])
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(1)
    torch.use_deterministic_algorithms(True)
    torch.left_behind, os.environ["LEFT_BEHIND"] = bytearray(2**28), "1"
    print(torch.initial_seed(), numpy.random.rand(), file=sys.stderr)
"""
OWN = f"""
import sys
def main():
    print("threads" in sys.modules or "{MODULE}" in sys.modules or "{MODULE}" in str(sys.modules["__main__"].__spec__))
if __name__ == "__main__":
    main()
"""
STEPS = """
import resource
import numpy
def main():
    numpy.ones(2**21)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        numpy.ones(2**21)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
TRAINS = """
import hashlib, os, sys
def main():
    os.environ["OMP_NUM_THREADS"] = sys.argv[1]
    import torch
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    body = torch.nn.Conv2d(3, 16, 3), torch.nn.ReLU(), torch.nn.Flatten()
    net = torch.nn.Sequential(*body, torch.nn.Linear(14400, 10))
    optimizer = torch.optim.Adam(net.parameters(), fused=True)
    for _ in range(5):
        optimizer.zero_grad()
        net(torch.randn(64, 3, 32, 32)).square().mean().backward()
        optimizer.step()
    content = b"".join(p.detach().numpy().tobytes() for p in net.parameters())
    print(torch.get_num_threads(), hashlib.sha256(content).hexdigest())
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ForkServer]:
    """One that has loaded nothing but itself."""
    yield ForkServer(tmp_path / "logs", loads=())


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Child processes find the modules of a test."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")


def servers(logs: Path) -> list[psutil.Process]:
    """Servers of these logs, and their forks."""
    found = psutil.process_iter(["cmdline"])
    return [each for each in found if {MODULE, str(logs)} <= set(each.info["cmdline"] or [])]


def read_pid(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_a_fork_does_what_the_command_does(server: ForkServer, add_module: AddModule, paths: None) -> None:
    add_module(
        "greets", "import os, sys\ndef main():\n    print(sys.argv[1:], os.environ['GREETING'])\n    sys.exit(5)\n"
    )
    done = fork(server.address, "greets", "a word", "", GREETING="good\nmorning = äöü")
    assert (done.returncode, done.stdout) == (5, "['a word', ''] good\nmorning = äöü\n"), done.stderr


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("raise ValueError('of a model')", 1, "ValueError: of a model"),
        ("sys.exit('error: one line')", 1, "error: one line"),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("ctypes.string_at(0)", -signal.SIGSEGV, ""),
        ("atexit.register(print, 'good bye')", 0, ""),
        ("ctypes.CDLL(None).puts(b'in C')", 0, ""),
    ],
)
def test_a_fork_ends_as_a_process_of_its_own_and_the_next_is_none_the_worse(
    server: ForkServer, add_module: AddModule, paths: None, body: str, code: int, words: str
) -> None:
    add_module("ends", f"import atexit, ctypes, os, signal, sys\ndef main():\n    {body}\n")
    alone = subprocess.run(
        [sys.executable, "-c", "import ends; ends.main()"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    for _ in range(2):
        done = fork(server.address, "ends")
        assert (done.returncode, done.stdout) == (code, alone.stdout)
        assert alone.returncode == code and words in done.stderr
        assert len(servers(server._logs)) == 1


def test_a_module_that_was_edited_is_read_again(server: ForkServer, add_module: AddModule, paths: None) -> None:
    for answer in ("first", "second and longer"):
        add_module("edited", f"def main():\n    print({answer!r})\n")
        assert fork(server.address, "edited").stdout == f"{answer}\n"


@pytest.mark.thorough
def test_globals_changed_in_one_fork_are_as_they_were_in_the_next(
    tmp_path: Path, add_module: AddModule, paths: None
) -> None:
    server = ForkServer(tmp_path / "logs", loads=("torch",))
    add_module("sees", SEES)
    first, second = (fork(server.address, "sees", str(number)) for number in (1, 2))
    assert first.stdout == "torch.float32 None False ['1']\n", first.stderr
    assert second.stdout == "torch.float32 None False ['2']\n"
    (torch_seed, drawn), (torch_seed_too, drawn_too) = first.stderr.split(), second.stderr.split()
    assert torch_seed == torch_seed_too
    assert drawn != drawn_too  # NumPy's own generator begins anew in each process


@pytest.mark.slow
@pytest.mark.parametrize("num_threads", ["1", "2"])
def test_a_training_ends_in_the_bits_of_a_fresh_process(
    tmp_path: Path, add_module: AddModule, paths: None, num_threads: str
) -> None:
    """Also with more threads than the server was loaded with, and beside a fork with another number."""
    add_module("trains", TRAINS)
    server = ForkServer(tmp_path / "logs")
    fresh = subprocess.run(
        [sys.executable, "-c", "import trains; trains.main()", num_threads],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    others = [start_fork(server.address, "trains", "2"), start_fork(server.address, "trains", "1")]
    assert fork(server.address, "trains", num_threads).stdout == fresh.stdout
    assert all(other.wait() == 0 for other in others)
    assert fresh.stdout.startswith(f"{num_threads} ")
    for other in others:
        other.communicate()


def test_memory_that_a_step_has_freed_serves_the_next_step(
    server: ForkServer, add_module: AddModule, paths: None
) -> None:
    add_module("steps", STEPS)
    pages_of_a_step = 2**21 * 8 // os.sysconf("SC_PAGE_SIZE")
    assert int(fork(server.address, "steps").stdout) < pages_of_a_step / 10


@pytest.mark.slow
def test_what_is_loaded_starts_no_thread_and_is_all_that_a_training_needs(tmp_path: Path) -> None:
    code = (
        "import importlib, io, os, sys, numpy, torch\n"
        f"[importlib.import_module(name) for name in {LOADED}]\n"
        "before = set(sys.modules)\n"
        "assert len(os.listdir('/proc/self/task')) == 1\n"
        "weight = torch.nn.Parameter(torch.ones(3)); weight.grad = weight.data\n"
        "torch.optim.Adam([weight], fused=True).step()\n"
        "torch.save(weight, io.BytesIO())\n"
        "numpy.unique([1, 1])\n"
        "print(len(set(sys.modules) - before))\n"
    )
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 3


def test_a_process_with_a_second_thread_is_not_forked(tmp_path: Path, add_module: AddModule, paths: None) -> None:
    add_module("threads", "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n")
    add_module(
        "own",
        f"import sys\ndef main():\n    print({MODULE!r} in sys.modules)\n\nif __name__ == '__main__':\n    main()\n",
    )
    server = ForkServer(tmp_path / "logs", loads=("threads",))
    assert server.address is not None and server.is_serving
    assert fork(server.address, "own").stdout == "False\n"
    wait_until(lambda: not server.is_serving, "end of the server")
    assert not server.address.parent.exists()


def test_without_a_place_for_its_address_there_is_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))  # longer than an address may be
    assert ForkServer(tmp_path / "logs").address is None
    assert not list(deep.iterdir())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert not ForkServer(tmp_path / "logs").is_serving


def test_a_server_that_is_killed_takes_no_fork_with_it_and_is_not_missed(
    server: ForkServer, add_module: AddModule, paths: None
) -> None:
    add_module("waits", WAITS)
    add_module("own", OWN)
    asked = start_fork(server.address, "waits")
    pid = read_pid(asked)
    for each in servers(server._logs):
        if each.pid != pid:
            each.kill()
    wait_until(lambda: [each.pid for each in servers(server._logs)] == [pid], "end of the server")
    assert fork(server.address, "own").stdout == "False\n"
    asked.terminate()
    asked.communicate()
    wait_until(lambda: not servers(server._logs), "end of the fork")


def test_the_server_ends_with_its_owner(tmp_path: Path) -> None:
    server = ForkServer(tmp_path / "logs", loads=())
    address = server.address
    assert address is not None and address.parent.stat().st_mode & 0o077 == 0  # nobody else may ask
    wait_until(lambda: len(servers(tmp_path / "logs")) == 1, "command line of the server")  # a moment after it began
    del server
    assert not servers(tmp_path / "logs")
    assert not address.parent.exists()


def test_the_server_ends_with_a_controller_that_is_killed(tmp_path: Path, add_module: AddModule, paths: None) -> None:
    """And takes its address with it; a fork at work goes on to its end."""
    add_module("waits", WAITS)
    add_module(
        "controls",
        "import sys, time\nfrom pathlib import Path\nfrom harness.cluster.fork.server import ForkServer\n"
        "server = ForkServer(Path(sys.argv[1]), loads=())\nprint(server.address, flush=True)\ntime.sleep(600)\n",
    )
    logs = tmp_path / "logs"
    controller = subprocess.Popen(
        [sys.executable, "-m", "controls", str(logs)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert controller.stdout is not None
    address = Path(controller.stdout.readline().strip())
    asked = start_fork(address, "waits")
    pid = read_pid(asked)
    controller.kill()
    controller.communicate()
    wait_until(lambda: [each.pid for each in servers(logs)] == [pid], "end of the server")
    wait_until(lambda: not address.parent.exists(), "end of the address")
    asked.send_signal(signal.SIGUSR2)
    asked.communicate()
    assert asked.returncode == 1  # who would know how the fork ended has ended before
