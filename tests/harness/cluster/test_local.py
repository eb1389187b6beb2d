"""Jobs on this machine."""

import re
from typing import Any

import pytest
from rich.console import Console

from harness.cluster.local import LocalExecutor
from harness.cluster.profiles import LocalProfile
from harness.commands.read_only.verbs import print_why
from harness.state.attempts.files import read_attempts
from kd.files import write_record
from kd.records import RunRecord


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
