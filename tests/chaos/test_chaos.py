"""Random deaths over a real sweep: nothing is lost, nothing trained twice, not one byte differs.

``make chaos`` kills a hundred times; as part of ``make test`` it is a shorter one. ``CHAOS_SEED``
repeats a course of events as far as chance in timing allows.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from harness.cluster.fork.server import MODULE
from harness.cluster.submission import ENTRY, FORK_CLIENT
from harness.state.attempts.files import read_attempts
from harness.state.files.folder import DATA
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from tests.support.root import ROOT
from tests.support.sweep_lab import heed_ctrl_c

pytestmark = pytest.mark.slow

NUM_KILLS = int(os.environ.get("CHAOS_KILLS", "12"))
SEED = int(os.environ.get("CHAOS_SEED", "0"))
SWEEP: dict[str, Any] = {
    "name": "chaos",
    "data": {"source": "embedded:mnist5k", "max_train": 800, "max_test": 200, "augment": {"shift": 1, "num_views": 3}},
    "teacher": {"model": "mnist_cnn", "epochs": 6, "batch_size": 32},
    "student": {"model": "mnist_mlp", "epochs": 25, "batch_size": 16},
    "search": {"num_trials": 8, "concurrency": 3},
    "seeds": 3,
}
# Loaded by every Python of the sweep: dies, once, between writing a file aside and renaming it into place.
CRASH_AT_RENAME = """
import os, pathlib, signal
from tests.support.root import ROOT
_replace = pathlib.Path.replace
def replace(self, target):
    order = pathlib.Path(os.environ["CRASH_ORDER"])
    if self.name.endswith(".tmp") and order.exists():
        try:
            os.unlink(order)
        except FileNotFoundError:
            return _replace(self, target)
        os.kill(os.getpid(), signal.SIGKILL)
    return _replace(self, target)
pathlib.Path.replace = replace
"""


class Sweep:
    """The sweep in a results folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results"
        self.order = folder / "crash-now"
        self.file = folder / "chaos.yaml"
        prepare(DataConfig(source="embedded:mnist5k"), self.results / DATA)
        self.file.write_text(yaml.safe_dump(SWEEP))
        (folder / "sitecustomize.py").write_text(CRASH_AT_RENAME)
        self._environment = os.environ | {"PYTHONPATH": f"{folder}:{ROOT}", "CRASH_ORDER": str(self.order)}

    @property
    def path(self) -> Path:
        return self.results / "chaos"

    def start(self) -> "subprocess.Popen[str]":
        # a run that chance hits three times in one epoch is given up, as it should be, and asked for again
        words = ["sweep", "--sweep", str(self.file), "--results", str(self.results), "--retry-failed"]
        return subprocess.Popen(
            [sys.executable, "-m", "harness", *words],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=heed_ctrl_c,
        )

    def processes(self, module: str) -> list[psutil.Process]:
        """Of this sweep the clients (``FORK_CLIENT``), or the workers with clients and what forks them (``ENTRY``)."""
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if module in words and str(self.path / "logs") in words:
                found.append(process)
        return found

    def result_files(self) -> dict[str, bytes]:
        names = ("metrics.json", "predictions.npz", "model.safetensors", "trials.json", "index.json", "*.npy")
        found = [path for name in names for path in self.path.rglob(name)]
        return {str(path.relative_to(self.path)): path.read_bytes() for path in found}


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # it was quicker
            process.kill()


def corrupt_newest_checkpoint(sweep: Sweep, chance: random.Random) -> None:
    """Flip a byte in the newest checkpoint of some run; the older one must serve."""
    checkpoints = sorted(sweep.path.glob("runs/*/checkpoint/step-*.pt"))
    if checkpoints:
        newest = max(checkpoints, key=lambda path: (path.parent == chance.choice(checkpoints).parent, path.name))
        content = bytearray(newest.read_bytes())
        content[len(content) // 2] ^= 0xFF
        newest.write_bytes(content)


def truncate_journal(sweep: Sweep, chance: random.Random) -> None:
    journal = sweep.path / "optuna.journal"
    if journal.exists():
        content = journal.read_bytes()
        journal.write_bytes(content[: chance.randrange(len(content) + 1)])


def strike(sweep: Sweep, controller: "subprocess.Popen[str]", chance: random.Random) -> str:
    """One death, of a kind drawn at random, and sometimes damage on top; everything is stopped after it."""
    kind = chance.choice(["controller", "worker", "client", "everything", "rename", "server"])
    workers, clients = sweep.processes(ENTRY), sweep.processes(str(FORK_CLIENT))
    if kind == "rename":
        sweep.order.touch()
        time.sleep(chance.uniform(0.1, 0.5))  # for somebody to write something
    elif kind == "worker":
        kill(workers)
    elif kind == "client":
        kill(clients)
    elif kind == "server":  # and its forks, but not those that passed signals on to them
        kill(sweep.processes(MODULE))
    if kind in ("controller", "everything"):
        controller.kill()
    if kind == "everything":
        kill(workers)
    if kind not in ("controller", "everything") and chance.random() < 0.5:
        time.sleep(chance.uniform(0.0, 1.0))  # sometimes the controller sees it and mends it
    controller.send_signal(signal.SIGKILL if chance.random() < 0.5 else signal.SIGINT)
    controller.communicate()
    sweep.order.unlink(missing_ok=True)
    if chance.random() < 0.3:
        kill(sweep.processes(ENTRY))
        corrupt_newest_checkpoint(sweep, chance)
        kind += "+checkpoint"
    if chance.random() < 0.3:
        truncate_journal(sweep, chance)
        kind += "+journal"
    return kind


def disturb(sweep: Sweep, chance: random.Random, num_kills: int) -> Counter[str]:
    """Strike up to so many times, fewer if the sweep is over before; then let it finish in peace."""
    strikes: Counter[str] = Counter()
    while strikes.total() < num_kills:
        controller = sweep.start()
        try:
            output = controller.communicate(timeout=chance.uniform(1.0, 4.0))[0]
        except subprocess.TimeoutExpired:
            strikes[strike(sweep, controller, chance)] += 1
            continue
        assert controller.returncode == 0 or "died 3 times in a row" in output, output
        if controller.returncode == 0:
            break
    last = sweep.start()
    output = last.communicate()[0]
    assert last.returncode == 0, output
    return strikes


def check_nothing_was_lost_or_done_twice(sweep: Sweep, calm: Sweep) -> None:
    assert sweep.result_files() == calm.result_files()
    assert not list(sweep.path.glob("runs/*/failure.json"))
    for folder in (sweep.path / "runs").iterdir():
        attempts = read_attempts(folder)
        ends = Counter(attempt.end for attempt in attempts)
        failures = [attempt.reason or "" for attempt in attempts if attempt.end == "failed"]
        assert all(reason.startswith("the job died 3 times in a row") for reason in failures), failures
        assert ends["complete"] + ends["pruned"] <= 1, f"{folder.name} was trained to the end twice"


def test_chaos(tmp_path_factory: pytest.TempPathFactory) -> None:
    calm = Sweep(tmp_path_factory.mktemp("calm"))
    done = calm.start()
    output = done.communicate()[0]
    assert done.returncode == 0, output

    chance = random.Random(SEED)
    strikes: Counter[str] = Counter()
    num_sweeps = 0
    while strikes.total() < NUM_KILLS:
        struck = Sweep(tmp_path_factory.mktemp("struck"))
        strikes += disturb(struck, chance, NUM_KILLS - strikes.total())
        check_nothing_was_lost_or_done_twice(struck, calm)
        num_sweeps += 1
    print(f"{strikes.total()} strikes over {num_sweeps} sweep(s): {dict(sorted(strikes.items()))}")  # noqa: T201
