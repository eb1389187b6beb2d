"""The real command, real jobs, real deaths. Waits are for lines that the command prints."""

import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.state.attempts.files import last_attempt, read_attempts
from harness.state.attempts.lease import is_alive
from harness.state.attempts.run_state import read_history
from harness.state.files.folder import SweepFolder
from tests.support.once import make_once
from tests.support.root import ROOT
from tests.support.sweep_lab import Lab
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

SIZE = {
    "data": {"source": "embedded:mnist5k", "max_train": 400, "max_test": 200, "augment": {"shift": 1, "num_views": 2}},
    "teacher": {"model": "mnist_cnn", "epochs": 4, "batch_size": 32},
    "student": {"model": "mnist_mlp", "epochs": 20, "batch_size": 16},
    "search": {"num_trials": 4, "concurrency": 2},
    "seeds": 2,
}


ESSENTIAL = pytest.param("search", 1, marks=pytest.mark.essential)


def result_files(results: Path) -> dict[str, bytes]:
    names = ("metrics.json", "predictions.npz", "model.safetensors", "trials.json")
    found = [path for name in names for path in (results / "mini").rglob(name)]
    return {str(path.relative_to(results)): path.read_bytes() for path in found}


def wait_for(process: "subprocess.Popen[str]", stage: str, done: int) -> None:
    """Read the process's lines up to the first that counts so many finished runs of a stage, or more."""
    seen = []
    for line in process.stdout:
        seen.append(line)
        found = re.search(rf"{stage} (\d+)/", line)
        if found and int(found[1]) >= done:
            return
    raise AssertionError(f"ended before {stage} {done}:\n{''.join(seen)}")


def workers(results: Path) -> list[psutil.Process]:
    """Processes that are at work on a run of the sweep."""
    folders = sorted((results / "mini" / "runs").iterdir())
    attempts = [(folder, attempt) for folder in folders if (attempt := last_attempt(folder)) is not None]
    return [psutil.Process(attempt.pid) for folder, attempt in attempts if is_alive(folder, attempt)]


def finish(lab: Any, path: Path) -> str:
    done = lab.run("sweep", "--sweep", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, digits: Path) -> dict[str, bytes]:
    """The result files of the sweep when nothing happens to it."""

    def carry_out(folder: Path) -> None:
        lab = Lab(folder / "results")
        lab.results.mkdir()
        (lab.results / ".data").symlink_to(digits)
        finish(lab, lab.write(**SIZE))

    return result_files(make_once(tmp_path_factory, "undisturbed", carry_out) / "results")


@pytest.mark.parametrize(("stage", "done"), [("baseline", 1), ESSENTIAL, ("final", 1)])
def test_killed_controller(lab: Any, undisturbed: dict[str, bytes], stage: str, done: int) -> None:
    path = lab.write(**SIZE)
    process = lab.start("sweep", "--sweep", str(path))
    wait_for(process, stage, done)
    finished = {path: path.stat().st_mtime_ns for path in lab.results.rglob("metrics.json")}
    assert finished
    process.kill()
    process.communicate()  # ends at once: the jobs that live on do not hold the pipe
    finish(lab, path)
    assert result_files(lab.results) == undisturbed
    assert all(path.stat().st_mtime_ns == moment for path, moment in finished.items())


@pytest.mark.parametrize(("stage", "done"), [("teacher", 0), ("search", 1)])
def test_killed_jobs(lab: Any, undisturbed: dict[str, bytes], stage: str, done: int) -> None:
    path = lab.write(**SIZE)
    process = lab.start("sweep", "--sweep", str(path))
    wait_for(process, stage, done)
    wait_until(lambda: workers(lab.results) or process.poll() is not None, "a run at work")
    for worker in workers(lab.results):
        worker.kill()
    wait_for(process, "test", 1)
    process.communicate()
    assert process.returncode == 0
    assert result_files(lab.results) == undisturbed
    folder = SweepFolder(lab.results, "mini")
    for run in (folder.path / "runs").iterdir():
        attempts, history = read_attempts(run), read_history(run)
        assert attempts[-1].end in ("complete", "pruned")
        # whatever was finished before the death was not done again: epochs count on from there
        assert [attempt.start_epoch for attempt in attempts] == sorted(attempt.start_epoch for attempt in attempts)
        assert len({attempt.num_threads for attempt in attempts}) == 1
        if history is not None:
            assert [epoch.epoch for epoch in history.epochs] == list(range(1, len(history.epochs) + 1))


def test_ctrl_c_detaches_and_the_same_command_attaches_again(lab: Any, undisturbed: dict[str, bytes]) -> None:
    path = lab.write(**SIZE)
    process = lab.start("sweep", "--sweep", str(path))
    wait_for(process, "baseline", 1)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does: everyone in the group gets it
    last_words = process.communicate()[0]
    assert process.returncode == 0
    assert re.search(r" keep running or waiting. Re-attach: \S+ -m harness sweep \S+mini.yaml --results ", last_words)
    assert "Traceback" not in last_words
    finish(lab, path)
    assert result_files(lab.results) == undisturbed
    ends = [attempt.end for run in (lab.results / "mini" / "runs").iterdir() for attempt in read_attempts(run)]
    assert set(ends) <= {"complete", "pruned"}  # nobody was interrupted


def test_a_second_controller_is_refused_in_one_line(lab: Any) -> None:
    path = lab.write(**SIZE)
    process = lab.start("sweep", "--sweep", str(path))
    wait_for(process, "teacher", 0)
    second = lab.run("sweep", "--sweep", str(path))
    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"mini is already being run by process {process.pid}" in second.stderr
    assert lab.run("cancel", "--sweep", "mini").returncode == 0
    process.communicate()


def test_cancel_stops_jobs_and_controller_and_loses_nothing(lab: Any, undisturbed: dict[str, bytes]) -> None:
    path = lab.write(**SIZE)
    process = lab.start("sweep", "--sweep", str(path))
    wait_for(process, "baseline", 1)
    cancelled = lab.run("cancel", "--sweep", "mini")
    assert cancelled.returncode == 0, cancelled.stderr
    assert "Cancelled" in cancelled.stdout
    process.communicate()
    assert workers(lab.results) == []
    status = lab.run("status", "--sweep", "mini").stdout
    assert "No controller is running here" in status
    finish(lab, path)
    assert result_files(lab.results) == undisturbed


def test_lines_in_a_file_and_a_live_table_on_a_terminal(lab: Any) -> None:
    path = lab.write(**SIZE)
    main, terminal = pty.openpty()
    process = subprocess.Popen(
        lab.command("sweep", "--sweep", str(path)),
        cwd=ROOT,
        stdout=terminal,
        stderr=terminal,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(terminal)
    screen = b""
    try:
        while chunk := os.read(main, 4096):
            screen += chunk
    except OSError:  # how Linux says that the other side of a terminal is closed
        pass
    assert process.wait() == 0
    text = screen.decode()
    assert "\x1b[" in text  # redrawn in place
    assert "epoch" in text
    assert "11 of 11 runs" in text
    log = finish(lab, path)
    assert "\x1b[" not in log
    first, second, *_ = [line for line in log.splitlines() if not line.startswith("Note: ")]
    assert first.startswith("Data: 10 classes: ")
    assert second.startswith("20")
    assert "11/11" in second


@pytest.fixture
def small_disk(lab: Any, digits: Path) -> Iterator[Any]:
    """The lab's results on a file system of 2 MiB."""
    (lab.results / ".data").unlink()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", lab.results], check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    (lab.results / ".data").symlink_to(digits)
    yield lab
    subprocess.run(["umount", "-l", lab.results], check=True)


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(small_disk: Any, undisturbed: dict[str, bytes]) -> None:
    path = small_disk.write(**SIZE)
    full = small_disk.run("sweep", "--sweep", str(path))
    assert full.returncode == 1
    assert full.stderr.count("\n") == 1
    assert "No space left on device" in full.stderr
    assert "the same command goes on" in full.stderr
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk.results], check=True)
    finish(small_disk, path)
    assert result_files(small_disk.results) == undisturbed


def test_a_detached_controller_finishes_alone(lab: Any, undisturbed: dict[str, bytes]) -> None:
    path = lab.write(**SIZE)
    done = lab.run("sweep", "--sweep", str(path), "--detach")
    assert done.returncode == 0, done.stderr
    pid = int(re.search(r"The controller is process (\d+)", done.stdout)[1])
    assert "mini is running: " in lab.run("status", "--sweep", "mini").stdout
    psutil.Process(pid).wait()
    assert result_files(lab.results) == undisturbed
    assert "11/11" in (lab.results / "mini" / "logs" / "controller.log").read_text()


def test_a_controller_is_found_as_soon_as_the_command_that_started_it_returns(lab: Any) -> None:
    done = lab.run("sweep", "--sweep", str(lab.write(**SIZE)), "--detach")
    process = psutil.Process(int(re.search(r"The controller is process (\d+)", done.stdout)[1]))
    cancelled = lab.run("cancel", "--sweep", "mini")
    assert cancelled.returncode == 0, cancelled.stderr
    assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    assert "mini has stopped: " in lab.run("status", "--sweep", "mini").stdout
