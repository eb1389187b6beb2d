"""Jobs on this machine."""

import os
import re
import signal
import socket
import subprocess
import sys
from typing import Any

import pytest
from rich.console import Console
from submitit.core.utils import cloudpickle_dump

from harness.cluster import local as module
from harness.cluster.local import LocalExecutor
from harness.cluster.profiles import LocalProfile
from harness.commands.read_only.verbs import print_why
from harness.state.attempts.files import attempt_path, read_attempts
from harness.state.attempts.processes import created
from harness.state.clock import now
from harness.state.files.records import JobRecord
from kd.errors import InputError
from kd.files import write_record
from kd.records import Attempt, RunRecord
from tests.support.waiting import wait_until


@pytest.mark.thorough
def test_a_wide_job_has_the_threads_of_its_slots_and_its_attempt_says_so(
    lab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setattr("harness.cluster.profiles.num_cores", lambda: 3)
    plan, folder = lab.open()
    (run,) = plan.teachers
    folder.add(run)
    executor = LocalExecutor(LocalProfile(), folder.path, folder.data)
    (job,) = executor.submit([(run.id,)], [], slots=executor.slots_of(1, 1))
    executor._jobs[0].wait()
    (attempt,) = read_attempts(folder.run(run.id))
    assert (job.num_slots, attempt.num_threads, attempt.end) == (3, 3, "complete")


@pytest.mark.thorough
def test_the_log_of_a_job_says_what_happened_and_when(lab: Any, capsys: pytest.CaptureFixture[str]) -> None:
    teacher = {"model": "mnist_mlp", "epochs": 1, "label_smoothing": 0.1}
    plan, folder = lab.open(teacher=teacher)
    (run,) = plan.teachers
    folder.run(run.id).mkdir()
    write_record(folder.run(run.id) / "config.json", RunRecord(run_id=run.id, config=run.config))
    executor = LocalExecutor(LocalProfile(slots=2), folder.path, folder.data)
    executor.submit([(run.id,)], [])
    executor._jobs[0].wait()
    print_why("teacher", plan, folder, Console(width=300))
    _, _, log = capsys.readouterr().out.partition("— the end of ")
    time = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "
    for line in (
        rf"INFO {run.id}: started$",
        r"INFO .*: 180 images of ",
        r"WARNING teacher\.label_smoothing is 0\.1: ",
    ):
        assert len(re.findall(time + line, log, re.MULTILINE)) == 1, line


def test_a_terminals_signals_are_the_controllers_alone() -> None:
    """A controller stopped by Ctrl-Z goes on by a signal to itself; jobs that were stopped with it would stay so."""
    look = "import signal as s; print(*(s.getsignal(each).name for each in (s.SIGINT, s.SIGTSTP, s.SIGHUP)))"
    with module._detached():
        seen = subprocess.run([sys.executable, "-IS", "-c", look], stdout=subprocess.PIPE, text=True, check=True)
    assert seen.stdout.split() == ["SIG_IGN"] * 3
    assert signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL


def test_a_job_whose_process_stands_still_is_suspended(lab: Any) -> None:
    folder = lab.open()[1]
    executor = LocalExecutor(LocalProfile(slots=2), folder.path, folder.data)
    job = JobRecord(job_id="1", run_ids=("final-1",), submitted_at="")
    process = subprocess.Popen(["sleep", "600"])
    try:
        made = {"number": 1, "job_id": "1", "started_at": "", "device": "cpu"}
        where = {"host": socket.gethostname(), "pid": process.pid, "process_created": created(process.pid)}
        path = attempt_path(folder.run("final-1"), 1)
        path.parent.mkdir(parents=True)
        write_record(path, Attempt.model_validate(made | where))
        assert executor.suspended([job]) == set()
        process.send_signal(signal.SIGSTOP)
        assert wait_until(lambda: executor.suspended([job]), "suspended job") == {"1"}
        assert executor.suspended([job.model_copy(update={"job_id": "2"})]) == set()
    finally:
        process.kill()
        process.wait()


def test_a_job_sees_the_gpu_that_it_is_given_by_uuid(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a card have no number: taken for none, they would be left idle and the sweep be trained on cores."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "MIG-1,MIG-2")
    seen: list[str] = []
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: Any, cuda_devices: str, **settings: Any) -> "subprocess.Popen[bytes]":
        seen.append(cuda_devices)
        started.append(subprocess.Popen(["true"]))
        return started[-1]

    monkeypatch.setattr("submitit.local.local.start_controller", start)
    folder = lab.open()[1]
    profile = LocalProfile()
    executor = LocalExecutor(profile, folder.path, folder.data)
    (first,) = executor.submit([("a",)], [])
    (second,) = executor.submit([("b",)], [first])
    for process in started:
        process.wait()
    assert (profile.num_slots, seen) == (2, ["MIG-1", "MIG-2"])
    assert (first.gpus, second.gpus) == (("MIG-1",), ("MIG-2",))


def test_a_job_on_another_host_that_shares_the_folder_is_alive_while_it_gives_signs(lab: Any) -> None:
    """A controller that goes on elsewhere would else call its attempts dead, and train the same runs beside them."""
    folder = lab.open()[1]
    executor = LocalExecutor(LocalProfile(slots=2), folder.path, folder.data)
    job = JobRecord(job_id="7", run_ids=("a", "b"), submitted_at=now(), pid=7, process_created=1.0, host="elsewhere")
    assert executor.alive([job]) == {"7"}, "it has just been started"
    long_ago = job.model_copy(update={"submitted_at": "2026-01-01T00:00:00Z"})
    assert executor.over([long_ago]) == {"7"}, "it never began"
    path = attempt_path(folder.run("b"), 1)
    path.parent.mkdir(parents=True)
    made = {"number": 1, "job_id": "7", "started_at": now(), "device": "cpu", "host": "elsewhere", "pid": 8}
    write_record(path, Attempt.model_validate(made | {"process_created": 1.0}))
    assert executor.alive([long_ago]) == {"7"}
    with pytest.raises(InputError, match=r"1 job\(s\) are at work on elsewhere, and go on: give the same "):
        executor.cancel([long_ago])
    os.utime(path, (0, 0))
    assert executor.over([job]) == {"7"}
    executor.cancel([job])


@pytest.mark.parametrize(
    ("result", "ending"),
    [(("success", None), "COMPLETED"), (("error", "Traceback: success"), "FAILED"), (None, None)],
)
def test_a_job_that_raised_is_not_taken_for_one_that_returned(lab: Any, result: Any, ending: str | None) -> None:
    """It would be submitted again and again, without a word, where nothing lets it begin a run."""
    folder = lab.open()[1]
    executor = LocalExecutor(LocalProfile(slots=2), folder.path, folder.data)
    path = folder.path / "logs" / "7_0_result.pkl"
    path.parent.mkdir(exist_ok=True)
    if result is not None:
        cloudpickle_dump(result, path)
    assert executor.ending(JobRecord(job_id="7", run_ids=("a",), submitted_at=now())) == ending
    path.write_bytes(b"")
    assert executor.ending(JobRecord(job_id="7", run_ids=("a",), submitted_at=now())) == "FAILED"
