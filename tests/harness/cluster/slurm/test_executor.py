"""What the executor makes of SLURM's answers; what needs a SLURM, real or fake, is in tests/contract."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm import executor as module
from harness.cluster.slurm.command import Answer
from harness.cluster.slurm.executor import SlurmExecutor
from harness.state.files.records import JobRecord


def test_suspended_jobs_are_told_from_running_and_waiting_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLIENT_COMMANDS", ())

    def run(words: Sequence[str]) -> Answer:
        return Answer(0, "1_0|SUSPENDED|None|n1\n1_1|RUNNING|None|n2\n2|STOPPED|None|n1\n3|PENDING|Priority|\n", "")

    executor = SlurmExecutor(SlurmProfile(kind="slurm"), tmp_path / "sweep", tmp_path / ".data", run=run)
    jobs = [JobRecord(job_id=each, run_ids=("run",), submitted_at="") for each in ("1_0", "1_1", "2", "3", "4")]
    assert executor.suspended(jobs) == {"1_0", "2"}
    suspended, waiting = executor.notes(jobs)
    assert suspended == "2 job(s) are suspended, and go on when the cluster resumes them"
    assert waiting.startswith("1 job(s) wait ")


@pytest.mark.parametrize(
    ("then", "dropped"),
    [("1_0|PENDING", set()), ("1_0|RUNNING", set()), ("1_0|CANCELLED", {"1_0"}), ("", {"1_0"}), (None, set())],
)
def test_a_job_that_began_while_it_was_to_be_withdrawn_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str | None, dropped: set[str]
) -> None:
    """``scancel --state=PENDING`` passes over a job that runs, or whose nodes boot, and says nothing of it."""
    monkeypatch.setattr(module, "CLIENT_COMMANDS", ())
    looks = ["1_0|PENDING", then]

    def run(words: Sequence[str]) -> Answer:
        if words[0] != "squeue":
            return Answer(0, "", "")
        seen = looks.pop(0)
        return Answer(1, "", "timed out") if seen is None else Answer(0, f"{seen}|None|\n" if seen else "", "")

    executor = SlurmExecutor(SlurmProfile(kind="slurm"), tmp_path / "sweep", tmp_path / ".data", run=run)
    job = JobRecord(job_id="1_0", run_ids=("run",), submitted_at="", asks="otherwise")
    assert {each.job_id for each in executor.drop_outdated([job])} == dropped


@pytest.mark.parametrize(
    ("exclude", "bad", "then"),
    [
        (None, ["n7"], "n7"),
        ("n[1,3],n5", ["n7"], "n[1,3],n5,n7"),
        ("n[1,3],n5", ["n2", "n4", "n7"], "n[1,3],n5,n2"),  # without the others none is left
        ("/home/me/bad-nodes", ["n7"], "/home/me/bad-nodes"),  # which sbatch reads
    ],
)
def test_a_bad_node_is_excluded_beside_the_nodes_that_the_profile_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exclude: str | None, bad: list[str], then: str
) -> None:
    monkeypatch.setattr(module, "CLIENT_COMMANDS", ())
    answers = {
        "partition": "PartitionName=main Default=YES State=UP MaxTime=UNLIMITED",
        "--format=%N|%c|%m|%G": "\n".join(f"n{number}|8|64000|gpu:2" for number in (1, 2, 3, 4, 5, 7)),
        "n[1,3],n5": "n1\nn3\nn5",
    }

    def run(words: Sequence[str]) -> Answer:
        return Answer(0, answers[words[-1]])

    profile = SlurmProfile(kind="slurm", exclude=exclude)
    executor = SlurmExecutor(profile, tmp_path / "sweep", tmp_path / ".data", run=run)
    executor.avoid(bad[:1])
    executor.avoid(bad)
    assert executor._profile.exclude == then
