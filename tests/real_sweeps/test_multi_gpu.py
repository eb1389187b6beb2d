"""A real sweep whose runs are each trained by two processes, and what is done to one of them."""

import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.cluster.fork.server import MODULE
from harness.cluster.job import ELSEWHERE
from harness.state.attempts.files import last_attempt, read_attempts
from harness.state.attempts.run_state import read_history
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

SIZE = {
    "data": {"source": "embedded:mnist5k", "max_train": 400, "max_test": 200, "augment": {"shift": 1, "num_views": 2}},
    "teacher": {"model": "mnist_cnn", "epochs": 40, "batch_size": 33, "gpus": 2},
    "student": {"model": "mnist_mlp", "epochs": 2, "batch_size": 32, "gpus": 2},
    "search": None,
    "seeds": 1,
}


def task(logs: Path, rank: int) -> psutil.Process:
    """The process of a rank."""
    for process in psutil.process_iter(["cmdline"]):
        is_fork = {MODULE, str(logs)} <= set(process.info["cmdline"] or [])
        # what it writes goes into its log, which submitit calls by the rank; the server writes nowhere
        if is_fork and Path(f"/proc/{process.pid}/fd/1").readlink().name.endswith(f"_{rank}_log.out"):
            return process
    raise AssertionError(f"no process of rank {rank}")


def result_files(results: Path) -> dict[str, bytes]:
    names = ("metrics.json", "predictions.npz", "model.safetensors")
    found = [path for name in names for path in (results / "mini").rglob(name)]
    return {str(path.relative_to(results)): path.read_bytes() for path in found}


def test_a_signal_to_one_rank_and_the_death_of_one_do_not_change_a_byte(lab: Any, tmp_path: Path) -> None:
    cluster = tmp_path / "two.yaml"
    cluster.write_text("slots: 2\n")
    words = ("sweep", "--sweep", str(lab.write(**SIZE)), "--cluster", str(cluster))
    process = lab.start(*words)
    sweep = lab.results / "mini"
    folder = wait_until(lambda: next(iter(sweep.glob("runs/teacher-*")), None), "teacher")

    def num_epochs() -> int:
        history = read_history(folder)
        return len(history.epochs) if history else 0

    wait_until(lambda: num_epochs() > 0, "first epoch")
    task(sweep / "logs", 1).send_signal(signal.SIGTERM)
    stopped = wait_until(lambda: (attempt := last_attempt(folder)).end and attempt, "end of the attempt")
    assert stopped.number == 1
    before = num_epochs()
    wait_until(lambda: num_epochs() > before, "another epoch")
    task(sweep / "logs", 1).kill()
    output = process.communicate()[0]
    assert process.returncode == 0, output
    first, second, third = read_attempts(folder)
    assert (first.end, second.end, third.end) == ("preempted", "died", "complete")
    assert first.reason.startswith(ELSEWHERE)
    assert [first.start_epoch, second.start_epoch] == [0, before]
    assert third.start_epoch > before
    assert first.num_devices == 2
    assert not list(sweep.glob("runs/*/failure.json"))

    struck = result_files(lab.results)
    sweep.rename(tmp_path / "struck")
    calm = lab.run(*words)
    assert calm.returncode == 0, calm.stdout + calm.stderr
    assert result_files(lab.results) == struck
    assert all(attempt.end == "complete" for run in sweep.glob("runs/*") for attempt in read_attempts(run))
