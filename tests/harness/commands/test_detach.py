"""A controller as a job: what is pickled, and a signal at any moment."""

import io
import os
import pickle
import pickletools
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from rich.console import Console

from harness.commands import detach
from harness.commands.detach import SIGNALS, ControllerJob, stop
from harness.commands.run import declare
from harness.state.attempts.files import attempt_path
from harness.state.attempts.processes import created
from harness.state.files.folder import SweepFolder
from harness.state.files.records import ControllerRecord, JobRecord
from harness.sweep.plan import Plan
from kd.errors import InputError
from kd.files import write_record
from kd.records import Attempt


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Put the handlers of this process back."""
    before = {number: signal.getsignal(number) for number in (*SIGNALS, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def requeued(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time that the job asked for itself again."""
    calls: list[bool] = []
    monkeypatch.setattr("harness.cluster.slurm.executor.requeue_this_job", lambda: calls.append(True))
    return calls


@pytest.fixture
def job(lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ControllerJob:
    """The controller of the mini sweep, started on this machine."""
    plan, folder = lab.open()
    declare(folder.read_sweep(), folder, "here.yaml")
    (tmp_path / "here.yaml").write_text("{kind: local, slots: 2}")
    monkeypatch.chdir(tmp_path)
    return ControllerJob(folder.path.parent, plan.sweep.name, "here.yaml", tmp_path)


def test_a_waiting_job_holds_names_and_paths_and_no_type_of_this_program_but_its_own(job: ControllerJob) -> None:
    words = [str(word) for _, word, _ in pickletools.genops(pickle.dumps(job)) if isinstance(word, str)]
    modules = {word for word in words if word.startswith(("harness", "kd"))}
    assert modules == {"harness.commands.detach"}
    assert vars(pickle.loads(pickle.dumps(job))) == vars(job)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("place", ["load_cluster", "control"])
def test_a_signal_while_it_starts_or_builds_the_report_costs_nothing(
    job: ControllerJob, requeued: list[bool], monkeypatch: pytest.MonkeyPatch, number: signal.Signals, place: str
) -> None:
    """The scheduler sends two; the second must not end the farewell."""

    def interrupted(*words: Any) -> None:
        os.kill(os.getpid(), number)

    monkeypatch.setattr(detach, place, interrupted)
    job()
    os.kill(os.getpid(), signal.SIGTERM)
    assert requeued == [True]
    assert not (Path(job.results) / job.name / "controller.json").exists()


def test_a_signal_while_the_report_is_built_is_a_farewell_too(
    job: ControllerJob, requeued: list[bool], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("harness.commands.run.Controller.run", lambda controller: True)

    def interrupted(*words: Any, **options: Any) -> None:
        os.kill(os.getpid(), signal.SIGUSR2)

    monkeypatch.setattr("harness.commands.run.write_report", interrupted)
    job()
    assert requeued == [True]
    assert "Re-attach: " in capsys.readouterr().out


def test_before_its_call_submitit_requeues_the_same_job(job: ControllerJob) -> None:
    again: Callable[..., Any] = job.checkpoint().function
    assert again is job


@pytest.fixture
def started(lab: Any) -> Any:
    """Starts a controller with words of one's own, over an earlier one's log."""
    folder = lab.open()[1]
    (folder.path / "logs").mkdir(exist_ok=True)
    (folder.path / "logs" / "controller.log").write_text("an earlier start's answer\n")
    return lambda *words: detach._spawn(list(words), folder, Console(file=io.StringIO()))


def test_a_controller_that_refuses_is_one_line_of_the_command_that_started_it(lab: Any, started: Any) -> None:
    with pytest.raises(InputError) as refused:
        started("plan", "--sweep", "no-such-sweep", "--results", str(lab.results))
    assert re.fullmatch(r"the controller has ended: SWEEP: .*no-such-sweep.*controller\.log", str(refused.value))


def test_a_controller_that_dies_in_silence_is_not_told_with_the_words_of_an_earlier_one(
    started: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detach, "start_words", lambda: ["sh", "-c", "kill -9 $$"])
    with pytest.raises(InputError, match="the controller has ended: exit code -9; its words stand in "):
        started()


def test_ctrl_c_before_the_controller_is_at_work_ends_it(started: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detach, "start_words", lambda: ["sleep", "600"])
    waited: list[int] = []

    def interrupted(processes: list[tuple[int, float]], timeout_s: float) -> None:
        waited.append(processes[0][0])
        raise KeyboardInterrupt

    monkeypatch.setattr(detach, "wait_for_end", interrupted)
    with pytest.raises(KeyboardInterrupt):
        started()
    assert not psutil.pid_exists(waited[0])


def test_forged_records_end_no_process(lab: Any, tmp_path: Path) -> None:
    """Who could write them would choose which of a user's processes is ended when they cancel their sweep."""
    plan, folder = lab.open()
    declare(folder.read_sweep(), folder, "local")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        its = {"pid": victim.pid, "process_created": created(victim.pid)}
        moment = "2026-01-01T00:00:00Z"
        controller = ControllerRecord(host=socket.gethostname(), started_at=moment, num_slots=1, **its)
        write_record(folder.path / "controller.json", controller)
        job = JobRecord(job_id="7", run_ids=(plan.teachers[0].id,), submitted_at=moment, **its)
        write_record(folder.job_path("7"), job)
        attempt = Attempt(number=1, job_id="7", host=socket.gethostname(), started_at=moment, **its)
        folder.add(plan.teachers[0])
        (folder.run(plan.teachers[0].id) / "attempts").mkdir()
        write_record(attempt_path(folder.run(plan.teachers[0].id), 1), attempt)
        console = Console(file=io.StringIO(), width=999)
        stop(plan, folder, console)
        assert victim.poll() is None
    assert "the controller" not in console.file.getvalue()  # type: ignore[attr-defined]


def said_by_stop(folder: SweepFolder) -> str:
    record, console = folder.read_sweep(), Console(file=io.StringIO(), width=999)
    stop(Plan(record.sweep, record.digest), folder, console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_nothing_is_told_to_go_on_that_is_complete(sweep_dir: Path) -> None:
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
    assert said_by_stop(folder).endswith(f"Nothing of {sweep_dir.name} was running or waiting; it is complete\n")
    next(folder.path.glob("runs/test-*/metrics.json")).unlink()
    assert "was running or waiting; to continue: " in said_by_stop(folder)


def test_what_was_cancelled_is_said_though_a_file_that_tells_how_far_it_was_is_damaged(sweep_dir: Path) -> None:
    folder = SweepFolder(sweep_dir.parent, sweep_dir.name)
    (folder.path / "trials.json").write_text("{")
    assert "was running or waiting; to continue: " in said_by_stop(folder)
