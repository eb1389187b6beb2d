"""One place at a time: a start elsewhere while jobs live is refused."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.commands.place import check_same_place, drop_outdated, patiently
from harness.commands.run import declare
from harness.console.hints import Hints
from harness.state.attempts import processes
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord
from kd.errors import InputError, UnansweredError
from kd.files import write_record

SLURM = SlurmProfile(kind="slurm")


@pytest.fixture
def folder(lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SweepFolder:
    """A sweep that was started on this machine, with a job that lives as long as this process."""
    (tmp_path / "here.yaml").write_text("kind: local")
    monkeypatch.chdir(tmp_path)
    found: SweepFolder = lab.open()[1]
    declare(found.read_sweep(), found, "here.yaml")
    living = {"pid": os.getpid(), "process_created": processes.created()}
    write_record(
        found.job_path("1"), JobRecord(job_id="1", run_ids=("a",), submitted_at="2026-01-01T00:00:00Z", **living)
    )
    return found


def test_a_start_on_another_kind_of_cluster_is_refused_while_jobs_live(folder: SweepFolder) -> None:
    with pytest.raises(InputError) as refused:
        check_same_place(folder, "slurm", SLURM)
    hints = Hints(folder)
    assert str(refused.value) == (
        f"CLUSTER: 1 job(s) of mini live on here.yaml: go on there with {hints.again()}, "
        f"or end them first with {hints.cancel()}"
    )
    assert "here.yaml" in hints.again()


def test_the_same_place_or_kind_is_no_matter(folder: SweepFolder) -> None:
    check_same_place(folder, "here.yaml", LocalProfile())
    check_same_place(folder, "another.yaml", LocalProfile())


def test_when_the_jobs_are_over_another_place_is_free(folder: SweepFolder) -> None:
    record = folder.read_jobs()[0]
    write_record(folder.job_path("1"), record.model_copy(update={"process_created": 1.0}))
    check_same_place(folder, "slurm", SLURM)


def test_jobs_on_a_cluster_that_cannot_be_asked_are_not_left_behind(
    folder: SweepFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "far.yaml").write_text("kind: slurm")
    declare(folder.read_sweep(), folder, "far.yaml")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"1 job\(s\) of mini are on far\.yaml, which cannot be asked .*make|cancel"):
        check_same_place(folder, "here.yaml", LocalProfile())
    folder.job_path("1").unlink()
    check_same_place(folder, "here.yaml", LocalProfile())


def test_a_scheduler_that_is_silent_at_the_start_is_waited_for_and_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    said: list[str] = []
    silences = [UnansweredError("squeue does not answer: nobody"), UnansweredError("squeue does not answer: nobody")]

    def ask() -> str:
        if silences:
            raise silences.pop()
        return "here"

    assert patiently(ask, said.append) == "here"
    assert said == ["squeue does not answer: nobody; asking again for 60 s"]


def test_of_jobs_that_would_ask_for_something_else_now_no_cause_is_said(folder: SweepFolder) -> None:
    """The profile may be as it was, and the program another."""
    said: list[str] = []
    executor: Any = SimpleNamespace(drop_outdated=lambda jobs: list(jobs))
    drop_outdated(executor, folder, said.append)
    assert said == [
        "1 job(s) waited with other settings than the cluster's profile gives them now; they are submitted anew with "
        "these."
    ]
    assert folder.read_jobs() == []
    drop_outdated(executor, folder, said.append)
    assert len(said) == 1
