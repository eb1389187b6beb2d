"""A whole sweep on a real SLURM, with its jobs interrupted on the way."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.executor import SlurmExecutor
from harness.controller.loop import Controller
from harness.state.attempts.files import last_attempt, read_attempts
from harness.state.attempts.lease import is_alive
from harness.state.attempts.run_state import read_history
from kd.files import write_record
from kd.records import RunRecord
from tests.slurm.cluster import LabOptions
from tests.slurm.held import HOLD
from tests.slurm.lab import SlurmLab
from tests.support.root import ROOT
from tests.support.sweep_lab import Lab
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slurm, pytest.mark.slow]

SIZE: dict[str, Any] = {
    "data": {"source": "embedded:mnist5k", "max_train": 400, "max_test": 100, "augment": {"shift": 1, "num_views": 2}},
    "student": {"model": "tests.slurm.held:HeldMLP", "epochs": 6, "batch_size": 16},
    "search": {"num_trials": 3, "concurrency": 2},
    "seeds": 2,
}
NUM_INTERRUPTIONS = 4


def result_files(folder: Path) -> dict[str, bytes]:
    names = ("metrics.json", "predictions.npz", "model.safetensors", "trials.json")
    return {str(path.relative_to(folder)): path.read_bytes() for name in names for path in folder.rglob(name)}


class Interruptions:
    """Interrupts the held students at work, one after the other, by each means that SLURM has, then lets them go."""

    def __init__(self, slurm: SlurmLab, hold: Path) -> None:
        self._slurm = slurm
        self._hold = hold
        self._number = 0
        self._struck: tuple[Path, int] | None = None

    def __call__(self, controller: Controller) -> None:
        # preemption takes a whole node: nobody else is struck before it has ended what it ended
        if self._struck is not None and _is_at_work(*self._struck):
            return
        self._struck = None
        if self._number == NUM_INTERRUPTIONS:
            self._hold.unlink(missing_ok=True)
            return
        for job in controller.jobs.values():
            for folder in map(controller.folder.run, job.run_ids):
                attempt = last_attempt(folder)
                is_student = not folder.name.startswith("teacher") and read_history(folder) is not None
                if is_student and attempt is not None and _is_at_work(folder, attempt.number):
                    self._interrupt(job.job_id, folder, attempt.number)
                    return

    def _interrupt(self, job_id: str, folder: Path, attempt: int) -> None:
        self._struck = folder, attempt
        if self._number == 0:
            self._slurm.run("scancel", "--signal=USR2", job_id)
        elif self._number == 1:
            self._slurm.preempt(job_id)
        elif self._number == 2:
            self._slurm.run("scontrol", "requeue", job_id)
        else:
            self._slurm.stop_controller()
            self._slurm.start_controller()
            self._struck = None  # jobs do not notice
        self._number += 1


def _is_at_work(folder: Path, number: int) -> bool:
    attempt = last_attempt(folder)
    return attempt is not None and attempt.number == number and is_alive(folder, attempt)


def held(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that holds the students of the jobs submitted from now on."""
    hold = folder / "hold"
    hold.touch()
    monkeypatch.setenv(HOLD, str(hold))
    return hold


def make_lab(results: Path, digits: Path) -> Lab:
    results.mkdir()
    (results / ".data").symlink_to(digits)
    return Lab(results)


def test_an_interrupted_sweep_ends_in_the_bytes_of_a_quiet_one(
    tmp_path: Path,
    digits: Path,
    start_slurm: Callable[[LabOptions], SlurmLab],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slurm = start_slurm(LabOptions())
    monkeypatch.setenv("SLURM_CONF", str(slurm.conf))
    monkeypatch.chdir(ROOT)
    quiet = make_lab(tmp_path / "quiet", digits).controller(**SIZE)
    assert quiet.run()

    plan, folder = make_lab(tmp_path / "results", digits).open(**SIZE)
    profile = SlurmProfile(
        kind="slurm", partition="low", gpus_per_run=0, cpus_per_task=1, array_parallelism=3, runs_per_job=2, poll_s=0.2
    )
    executor = SlurmExecutor(profile, folder.path, folder.data)
    hold = held(tmp_path, monkeypatch)
    controller = Controller(plan, folder, executor, Interruptions(slurm, hold), lambda seconds: time.sleep(0.05))
    try:
        assert controller.run()
    finally:
        slurm.restore()
    assert result_files(folder.path) == result_files(quiet.folder.path)
    attempts = [each for run in sorted((folder.path / "runs").iterdir()) for each in read_attempts(run)]
    reasons = {each.reason.partition(":")[0] for each in attempts if each.end == "preempted" and each.reason}
    assert reasons == {"SIGTERM", "SIGUSR2"}


def test_a_detached_controller_is_a_job_that_goes_on_when_interrupted(
    tmp_path: Path,
    digits: Path,
    start_slurm: Callable[[LabOptions], SlurmLab],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slurm = start_slurm(LabOptions())
    monkeypatch.setenv("SLURM_CONF", str(slurm.conf))
    lab = make_lab(tmp_path / "results", digits)
    hold = held(tmp_path, monkeypatch)
    cluster = tmp_path / "cluster.yaml"
    cluster.write_text(
        "{kind: slurm, partition: low, gpus_per_run: 0, cpus_per_task: 1, array_parallelism: 2, poll_s: 0.2}"
    )
    words = ("sweep", "--sweep", str(lab.write(**SIZE)), "--cluster", str(cluster))
    started = lab.run(*words, "--detach")
    assert started.returncode == 0, started.stderr
    job_id = started.stdout.partition("The controller is job ")[2].partition(".")[0]

    controller = lab.results / "mini" / "controller.json"
    wait_until(controller.exists, "controller at work")
    again = lab.run(*words, "--detach")
    assert again.returncode == 2
    assert "is already being run by process" in again.stderr

    slurm.run("scancel", "--signal=USR2", job_id)
    wait_until(lambda: not controller.exists(), "end of the interrupted controller")
    report = lab.results / "mini" / "report" / "index.html"
    assert not report.exists()
    hold.unlink()
    wait_until(report.exists, "report", 240.0)


def test_status_tells_waiting_from_stopped(
    tmp_path: Path,
    digits: Path,
    start_slurm: Callable[[LabOptions], SlurmLab],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A controller in the queue, one at work while all runs wait, and jobs that were cancelled past the program."""
    slurm = start_slurm(LabOptions())
    monkeypatch.setenv("SLURM_CONF", str(slurm.conf))
    lab = make_lab(tmp_path / "results", digits)
    hold = held(tmp_path, monkeypatch)
    cluster = tmp_path / "cluster.yaml"
    its = "gpus_per_run: 0, cpus_per_task: 1, poll_s: 0.2, controller_mem_gb: null"
    cluster.write_text(
        f"{{kind: slurm, partition: low, controller_partition: high, {its}, additional: {{exclusive: true}}}}"
    )

    def status() -> str:
        return lab.run("status", "--sweep", "mini").stdout

    def fill() -> list[str]:
        busy = [slurm.batch("--partition=high", "--exclusive", f"--nodelist={node}") for node in slurm.nodes]
        wait_until(lambda: all(slurm.job(each)["JobState"] == "RUNNING" for each in busy), "full nodes")
        return busy

    busy = fill()
    words = ("sweep", "--sweep", str(lab.write(**SIZE)), "--cluster", str(cluster), "--detach")
    assert lab.run(*words).returncode == 0
    assert lab.run("cancel", "--sweep", "mini").stdout.startswith("Cancelled the controller of mini; to continue: ")
    nothing = "Nothing of mini was running or waiting; to continue: "
    assert lab.run("cancel", "--sweep", "mini").stdout.startswith(nothing)
    started = lab.run(*words)
    assert started.returncode == 0, started.stderr
    job_id = started.stdout.partition("The controller is job ")[2].partition(".")[0]
    assert "mini is queued: 0 of " in status()
    assert f"Its controller is job {job_id}, which waits" in status()
    account = json.loads(lab.run("status", "--sweep", "mini", "--json").stdout)
    assert (account["state"], account["next"]) == ("queued", None)

    slurm.run("scancel", *busy)
    wait_until(lambda: "1 running" in status(), "a run at work")
    assert "mini is running: " in status()

    slurm.run("scancel", "--user=root")  # past the program: nothing is written down
    wait_until(lambda: not slurm.run("squeue", "--noheader").strip(), "an empty queue")
    assert list((lab.results / "mini" / "jobs").glob("*.json"))
    assert "mini has stopped: " in status()
    assert "waiting in the queue" not in status()
    assert hold.exists()


def test_a_run_of_two_tasks_goes_on_when_interrupted(
    tmp_path: Path,
    digits: Path,
    start_slurm: Callable[[LabOptions], SlurmLab],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slurm = start_slurm(LabOptions())
    monkeypatch.setenv("SLURM_CONF", str(slurm.conf))
    monkeypatch.chdir(ROOT)
    hold = held(tmp_path, monkeypatch)
    plan, folder = make_lab(tmp_path / "results", digits).open(**SIZE | {"student": SIZE["student"] | {"gpus": 2}})
    run = plan.baselines()[0]
    folder.run(run.id).mkdir()
    write_record(folder.run(run.id) / "config.json", RunRecord(run_id=run.id, config=run.config))
    profile = SlurmProfile(kind="slurm", partition="low", gpus_per_run=0, cpus_per_task=1, poll_s=0.2)
    executor = SlurmExecutor(profile, folder.path, folder.data)
    jobs = executor.submit([(run.id,)], [], gpus=2)
    try:
        wait_until((folder.run(run.id) / "history.json").exists, "an epoch")
        slurm.run("scancel", "--signal=USR2", jobs[0].job_id)
        wait_until(lambda: read_attempts(folder.run(run.id))[0].end, "the interrupted attempt's end")
        hold.unlink()
        wait_until((folder.run(run.id) / "metrics.json").exists, "the end")
    finally:
        slurm.restore()
    first, second = read_attempts(folder.run(run.id))
    assert (first.end, first.job_id) == ("preempted", second.job_id)
    assert second.start_epoch > 0
    assert second.num_devices == 2
