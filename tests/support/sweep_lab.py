"""Small sweeps over real digits, carried out in this process or by the real command: ``lab`` and what it takes."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cluster.job import RunsJob
from harness.cluster.profiles import LocalProfile
from harness.cluster.stop_flag import StopFlag
from harness.controller.loop import Controller
from harness.state.files.folder import SweepFolder
from harness.state.files.records import JobRecord, SweepRecord, write_sweep_record
from harness.state.standing.progress import JOB_S
from harness.sweep.plan import Plan
from harness.sweep.preparation.unlabeled_images import with_unlabeled
from harness.sweep.reading.validation import validate
from harness.sweep.schema import Sweep
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from tests.support.once import make_once
from tests.support.root import ROOT

MINI: dict[str, Any] = {
    "name": "mini",
    "data": {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100},
    "teacher": {"model": "mnist_cnn", "epochs": 1, "batch_size": 32},
    "student": {"model": "mnist_mlp", "epochs": 2, "batch_size": 32},
    "search": {"num_trials": 4, "concurrency": 2},
    "seeds": 2,
}


def roles(run_ids: Iterable[str]) -> Counter[str]:
    """How many runs there are of each kind, by the beginnings of their names."""
    return Counter(run_id.partition("-")[0] for run_id in run_ids)


def result_files(folder: Path) -> dict[str, bytes]:
    """What runs leave, by path: the files whose bytes may depend on nothing but the runs."""
    names = ("metrics.json", "predictions.npz", "model.safetensors")
    return {
        str(path.relative_to(folder)): path.read_bytes() for name in names for path in folder.glob(f"runs/**/{name}")
    }


class InlineExecutor:
    """Runs every job to its end in this process, at once. ``submitted`` lists the runs, in order."""

    def __init__(self, folder: SweepFolder, num_slots: int = 2) -> None:
        self.num_slots = num_slots
        self.runs_per_job = 2
        self.pack_size = 1
        self.hang_min = 60.0
        self.job_s = JOB_S
        self.submitted: list[str] = []
        self._folder = folder

    def slots_of(self, gpus: int, num_abreast: int | None = None) -> int:
        return gpus

    def submit(
        self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1, slots: int = 1
    ) -> list[JobRecord]:
        return [self._carry_out(run_ids) for run_ids in batches]

    def _carry_out(self, run_ids: tuple[str, ...]) -> JobRecord:
        job_id = f"inline-{len(self.submitted)}"
        self.submitted += run_ids
        RunsJob(run_ids, self._folder.path, self._folder.data, 1).work(job_id, StopFlag())
        return JobRecord(job_id=job_id, run_ids=run_ids, submitted_at="2026-01-01T00:00:00Z")

    def unrecorded(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        return []

    def drop_outdated(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        return []

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        return set()

    def over(self, jobs: Iterable[JobRecord]) -> set[str]:
        return {job.job_id for job in jobs}

    def suspended(self, jobs: Iterable[JobRecord]) -> set[str]:
        return set()

    def ending(self, job: JobRecord) -> str | None:
        return "COMPLETED"

    def node(self, job: JobRecord) -> str | None:
        return None

    def avoid(self, nodes: Iterable[str]) -> None:
        raise AssertionError("an inline job runs here")

    def notes(self, jobs: Iterable[JobRecord]) -> list[str]:
        return []

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        raise AssertionError("an inline job is over before it could be cancelled")


class HoldingExecutor:
    """Jobs go on until they are named in ``over``.

    ``submitted`` lists their runs and GPUs, ``num_slots_of`` their slots by the first run.

    Args:
        num_slots: Of the place.
        is_wide: A run that all others wait for takes its share of the slots, as on CPUs.
    """

    runs_per_job = 2
    pack_size = 1
    hang_min = 60.0
    job_s = JOB_S

    def __init__(self, num_slots: int, is_wide: bool = False) -> None:
        self.num_slots = num_slots
        self.submitted: list[tuple[tuple[str, ...], int]] = []
        self.num_slots_of: dict[str, int] = {}
        self.over: set[str] = set()
        self._is_wide = is_wide

    def slots_of(self, gpus: int, num_abreast: int | None = None) -> int:
        return max(gpus, self.num_slots // num_abreast) if self._is_wide and num_abreast else gpus

    def submit(self, batches: Any, busy: Any, gpus: int = 1, slots: int = 1) -> list[JobRecord]:
        self.submitted += [(run_ids, gpus) for run_ids in batches]
        self.num_slots_of |= {run_ids[0]: slots for run_ids in batches}
        return [
            JobRecord(job_id=run_ids[0], run_ids=run_ids, submitted_at="2026-01-01T00:00:00Z", num_slots=slots)
            for run_ids in batches
        ]

    def alive(self, jobs: Any) -> set[str]:
        return {job.job_id for job in jobs} - self.over

    def suspended(self, jobs: Any) -> set[str]:
        return set()

    def ending(self, job: JobRecord) -> str:
        return "COMPLETED"

    def node(self, job: JobRecord) -> None:
        return None


def heed_ctrl_c() -> None:
    """What a shell's foreground job does; tests may themselves run where SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Lab:
    """A results folder, and what is done in it."""

    def __init__(self, results: Path) -> None:
        self.results = results

    def open(self, **changes: Any) -> tuple[Plan, SweepFolder]:
        """The mini sweep with some keys changed, its folders made."""
        return self.open_sweep(validate(Sweep, MINI | changes, "mini.yaml"))

    def open_sweep(self, sweep: Sweep) -> tuple[Plan, SweepFolder]:
        """Any sweep, its data prepared and its folders made."""
        folder = SweepFolder(self.results, sweep.name)
        digest = prepare(sweep.data, folder.data).digest
        sweep = with_unlabeled(sweep, digest, folder.data)
        folder.create()
        write_sweep_record(folder.path, SweepRecord(sweep=sweep, origin=f"{sweep.name}.yaml", digest=digest))
        return Plan(sweep, digest), folder

    def controller(self, executor: Any = None, sweep: Sweep | None = None, **changes: Any) -> Controller:
        """A controller of a sweep, or of the mini sweep; in-process jobs unless another executor is given."""
        plan, folder = self.open_sweep(sweep) if sweep else self.open(**changes)
        return Controller(
            plan, folder, executor or InlineExecutor(folder), lambda controller: None, lambda seconds: None
        )

    def write(self, **changes: Any) -> Path:
        """The mini sweep as a file."""
        path = self.results.parent / "mini.yaml"
        path.write_text(yaml.safe_dump(MINI | changes))
        return path

    def command(self, *words: str) -> list[str]:
        """The real command line on this results folder."""
        return [sys.executable, "-m", "harness", *words, "--results", str(self.results)]

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run the real command line to its end."""
        return subprocess.run(self.command(*words), cwd=ROOT, capture_output=True, text=True, check=False)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start the real command line in a process group of its own, as a shell would."""
        return subprocess.Popen(
            self.command(*words),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=heed_ctrl_c,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded digits, decoded once for all tests."""
    return make_once(tmp_path_factory, "digits", lambda root: prepare(DataConfig(source="embedded:mnist5k"), root))


@pytest.fixture
def lab(tmp_path: Path, digits: Path) -> Lab:
    """An empty results folder that already holds the digits."""
    results = tmp_path / "results"
    results.mkdir()
    (results / ".data").symlink_to(digits)
    return Lab(results)


@pytest.fixture
def profile() -> LocalProfile:
    return LocalProfile(slots=2)


@pytest.fixture
def add_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Writes an importable module, here and for child processes."""

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)

    return write
