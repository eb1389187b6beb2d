"""Places that run jobs, each with its way of interfering."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.attempts import read_attempts
from harness.cluster import SlurmProfile
from harness.records import JobRecord
from harness.slurm import SlurmExecutor
from kd.records import Attempt
from tests.contract.payload import WaitingJob
from tests.slurm.lab import LabOptions, SlurmLab, wait_until

LABS = {
    "slurm": LabOptions(),
    "slurm with accounting": LabOptions(accounting=True),
    "slurm with preempt_send_user_signal": LabOptions(user_signal=True),
}


class Site:
    """A sweep's folder and its executor on a cluster."""

    def __init__(self, lab: SlurmLab, sweep: Path) -> None:
        self.lab = lab
        self.sweep = sweep
        for name in ("runs", "logs"):
            (sweep / name).mkdir(parents=True)

    def executor(self, **changes: Any) -> SlurmExecutor:
        """An executor as a new controller would make it."""
        keys = {"kind": "slurm", "partition": "low", "cpus_per_task": 1, "gpus_per_run": 0, "poll_s": 0.2}
        profile = SlurmProfile.model_validate(keys | changes)
        return SlurmExecutor(profile, self.sweep, self.sweep.parent / ".data", job=WaitingJob)

    def submit(self, executor: SlurmExecutor, *run_ids: str) -> list[JobRecord]:
        """A job for each run."""
        batches = [(run_id,) for run_id in run_ids]
        self.prepare(batches)
        return executor.submit(batches, [])

    def prepare(self, batches: Sequence[tuple[str, ...]]) -> None:
        for batch in batches:
            for run_id in batch:
                self.run(run_id).mkdir(exist_ok=True)

    def run(self, run_id: str) -> Path:
        return self.sweep / "runs" / run_id

    def attempts(self, run_id: str) -> list[Attempt]:
        return read_attempts(self.run(run_id))

    def seen(self, run_id: str, number: int = 1) -> dict[str, Any]:
        """What attempt ``number`` saw of its surroundings."""
        return dict(json.loads((self.run(run_id) / f"seen-{number}.json").read_text()))

    def tell(self, word: str, *run_ids: str) -> None:
        """Put a word such as ``finish`` into the runs' folders."""
        for run_id in run_ids:
            (self.run(run_id) / word).touch()

    def wait_for_start(self, *run_ids: str, number: int = 1) -> None:
        """Wait until attempt ``number`` of each run is at work."""
        marks = [self.run(run_id) / f"seen-{number}.json" for run_id in run_ids]
        wait_until(
            lambda: all(mark.exists() for mark in marks), f"attempt {number} of {', '.join(run_ids)}", timeout_s=60
        )

    def wait_for_end(self, executor: SlurmExecutor, jobs: Sequence[JobRecord]) -> None:
        """Wait until the executor says that all jobs are over."""
        wait_until(lambda: not executor.alive(jobs), "end of the jobs", timeout_s=120)

    def finish(self, executor: SlurmExecutor, jobs: Sequence[JobRecord]) -> None:
        """Let the runs end, and see that they do."""
        run_ids = [run_id for job in jobs for run_id in job.run_ids]
        self.tell("finish", *run_ids)
        self.wait_for_end(executor, jobs)
        assert all((self.run(run_id) / "metrics.json").exists() for run_id in run_ids)


@pytest.fixture
def make_site(
    start_slurm: Callable[[LabOptions], SlurmLab], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Site]]:
    """Opens a sweep's folder on one of ``LABS``."""
    used: list[SlurmLab] = []

    def make(kind: str, name: str = "mini") -> Site:
        lab = start_slurm(LABS[kind])
        monkeypatch.setenv("SLURM_CONF", str(lab.conf))
        used.append(lab)
        return Site(lab, tmp_path / name)

    yield make
    for lab in used[:1]:
        lab.restore()


@pytest.fixture
def site(request: pytest.FixtureRequest, make_site: Callable[..., Site]) -> Site:
    """A site; plain SLURM where the test names no other."""
    return make_site(getattr(request, "param", "slurm"))
