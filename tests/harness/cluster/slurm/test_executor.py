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
