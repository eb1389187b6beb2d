"""Places that run jobs, each with its way of interfering, and which case is held on which."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.executor import Executor
from harness.cluster.fork.server import ForkServer
from harness.cluster.local import LocalExecutor
from harness.cluster.profiles import LocalProfile, SlurmProfile
from harness.cluster.slurm.executor import SlurmExecutor
from harness.state.attempts.files import read_attempts
from harness.state.files.records import JobRecord
from kd.records import Attempt
from tests.contract.payload import WaitingJob
from tests.slurm import fake
from tests.slurm.cluster import Cluster, LabOptions
from tests.slurm.lab import SlurmLab
from tests.support.waiting import wait_until

FAKES = {"fake": LabOptions(), "fake with preempt_send_user_signal": LabOptions(user_signal=True)}
REAL = {
    "slurm": LabOptions(),
    "slurm with accounting": LabOptions(accounting=True),
    "slurm with preempt_send_user_signal": LabOptions(user_signal=True),
}
BACKENDS = ("local", *FAKES, *REAL)


class Site(ABC):
    """A sweep's folder, and executors for it on one of ``BACKENDS``."""

    gpus: set[tuple[str | None, str]]
    """What there is: node and number."""

    def __init__(self, sweep: Path) -> None:
        self.sweep = sweep
        for name in ("runs", "logs"):
            (sweep / name).mkdir(parents=True)

    @abstractmethod
    def executor(self, **changes: Any) -> Executor:
        """An executor as a new controller would make it; on SLURM with changes to its profile."""

    @abstractmethod
    def executor_with_gpus(self) -> Executor:
        """One whose tasks get a GPU each."""

    @abstractmethod
    def beside(self, name: str) -> "Site":
        """Another sweep at the same place."""

    def submit(self, executor: Executor, *run_ids: str) -> list[JobRecord]:
        """A job for each run."""
        return self.submit_batches(executor, *((run_id,) for run_id in run_ids))

    def submit_batches(self, executor: Executor, *batches: tuple[str, ...], gpus: int = 1) -> list[JobRecord]:
        """A job of so many tasks for each batch of runs."""
        for batch in batches:
            for run_id in batch:
                self.run(run_id).mkdir(exist_ok=True)
        return executor.submit(batches, [], gpus)

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
        wait_until(lambda: all(mark.exists() for mark in marks), f"attempt {number} of {', '.join(run_ids)}")

    def wait_for_end(self, executor: Executor, jobs: Sequence[JobRecord]) -> None:
        """Wait until the executor says that all jobs are over."""
        wait_until(lambda: not executor.alive(jobs), "end of the jobs")

    def finish(self, executor: Executor, jobs: Sequence[JobRecord]) -> None:
        """Let the runs end, and see that they do."""
        run_ids = [run_id for job in jobs for run_id in job.run_ids]
        self.tell("finish", *run_ids)
        self.wait_for_end(executor, jobs)
        assert all((self.run(run_id) / "metrics.json").exists() for run_id in run_ids)


class SlurmSite(Site):
    """On a SLURM, real or fake."""

    def __init__(self, lab: Cluster, sweep: Path) -> None:
        super().__init__(sweep)
        self.lab = lab
        self.gpus = {(node, str(gpu)) for node in lab.nodes for gpu in range(lab.options.gpus_per_node)}

    def executor(self, **changes: Any) -> SlurmExecutor:
        keys = {"kind": "slurm", "partition": "low", "cpus_per_task": 1, "gpus_per_run": 0, "poll_s": 0.2}
        clock = changes.pop("clock", time.monotonic)
        profile = SlurmProfile.model_validate(keys | changes)
        return SlurmExecutor(profile, self.sweep, self.sweep.parent / ".data", job=WaitingJob, clock=clock)

    def executor_with_gpus(self) -> SlurmExecutor:
        return self.executor(gpus_per_run=1)

    def beside(self, name: str) -> "SlurmSite":
        return SlurmSite(self.lab, self.sweep.parent / name)


class LocalSite(Site):
    """On this machine, with four GPUs that nobody looks for."""

    def __init__(self, sweep: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(sweep)
        self.gpus = {(None, str(gpu)) for gpu in range(4)}
        self._monkeypatch = monkeypatch
        self._neighbours: list[LocalSite] = []
        self._submitted: list[tuple[Executor, list[JobRecord]]] = []

    def executor(self, **changes: Any) -> LocalExecutor:
        assert not changes, "a change to a SLURM profile"
        server = ForkServer(self.sweep / "logs", loads=("harness.cluster.entry",))
        data = self.sweep.parent / ".data"
        return LocalExecutor(LocalProfile(slots=4), self.sweep, data, job=WaitingJob, server=server)

    def executor_with_gpus(self) -> LocalExecutor:
        self._monkeypatch.setenv("CUDA_VISIBLE_DEVICES", ",".join(sorted(number for _, number in self.gpus)))
        return self.executor()

    def beside(self, name: str) -> "LocalSite":
        self._neighbours.append(LocalSite(self.sweep.parent / name, self._monkeypatch))
        return self._neighbours[-1]

    def submit_batches(self, executor: Executor, *batches: tuple[str, ...], gpus: int = 1) -> list[JobRecord]:
        jobs = super().submit_batches(executor, *batches, gpus=gpus)
        self._submitted.append((executor, jobs))
        return jobs

    def restore(self) -> None:
        """End what still runs."""
        for executor, jobs in self._submitted:
            executor.cancel(jobs)
            self.wait_for_end(executor, jobs)
        for neighbour in self._neighbours:
            neighbour.restore()


@pytest.fixture(scope="session")
def start_fake() -> Iterator[Callable[[LabOptions], fake.FakeSlurm]]:
    """Gives the fake with these options; each is started once and stopped at the end."""
    with ExitStack() as stack:
        labs: dict[LabOptions, fake.FakeSlurm] = {}

        def start(options: LabOptions) -> fake.FakeSlurm:
            if options not in labs:
                reason = fake.missing()
                if reason is not None:
                    pytest.skip(reason)
                labs[options] = stack.enter_context(fake.FakeSlurm(options))
            return labs[options]

        yield start


@pytest.fixture
def site(
    request: pytest.FixtureRequest,
    start_fake: Callable[[LabOptions], fake.FakeSlurm],
    start_slurm: Callable[[LabOptions], SlurmLab],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Site]:
    """A sweep's folder on the backend that the case is held on."""
    sweep = tmp_path / "mini"
    if request.param == "local":
        local = LocalSite(sweep, monkeypatch)
        yield local
        local.restore()
        return
    lab = start_fake(FAKES[request.param]) if request.param in FAKES else start_slurm(REAL[request.param])
    for name in lab.settings:
        monkeypatch.setenv(name, lab.env[name])
    yield SlurmSite(lab, sweep)
    lab.restore()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "no_meaning_locally(why): the case is not held on the local executor")
    config.addinivalue_line("markers", "fake_only(why): the case is not held on a real SLURM")
    config.addinivalue_line("markers", "also_with(option, ...): the case is held on SLURMs with these options too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every case is held on the fake, on plain SLURM and, where it has a meaning there, locally."""
    if "site" in metafunc.fixturenames:
        options = [option for mark in metafunc.definition.iter_markers("also_with") for option in mark.args]
        wanted = ["fake", "slurm", *(f"{kind} with {option}" for kind in ("fake", "slurm") for option in options)]
        if metafunc.definition.get_closest_marker("fake_only") is not None:
            wanted = ["fake"]
        if metafunc.definition.get_closest_marker("no_meaning_locally") is None:
            wanted.append("local")
        marks = {each: (pytest.mark.slurm, pytest.mark.slow) if each in REAL else pytest.mark.slow for each in BACKENDS}
        backends = [pytest.param(each, marks=marks[each]) for each in BACKENDS if each in wanted]
        metafunc.parametrize("site", backends, indirect=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--contract-table", action="store_true", help="end with a table of cases and backends")


LEFT_OUT = pytest.StashKey[dict[str, str]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which cases have no meaning locally, and why."""
    marks = {item.name.partition("[")[0]: item.get_closest_marker("no_meaning_locally") for item in session.items}
    session.config.stash[LEFT_OUT] = {case: str(mark.args[0]) for case, mark in marks.items() if mark}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table, in Markdown: ✓ held, ✗ not held, s skipped, – without meaning, empty: not run."""
    if not config.getoption("contract_table", False):
        return
    left_out = config.stash[LEFT_OUT]
    cells: dict[str, dict[str, str]] = {}
    for outcome, sign in (("passed", "✓"), ("skipped", "s"), ("failed", "✗"), ("error", "✗")):
        for report in terminalreporter.stats.get(outcome, []):
            case, _, backend = report.nodeid.rpartition("::")[2].rstrip("]").partition("[")
            if backend in BACKENDS:
                cells.setdefault(case, {"local": "–"} if case in left_out else {})[backend] = sign
    lines = [f"| case | {' | '.join(BACKENDS)} |", f"| --- |{' --- |' * len(BACKENDS)}"]
    for case, row in cells.items():
        words = case.removeprefix("test_").replace("_", " ")
        lines.append(f"| {words} | {' | '.join(row.get(backend, ' ') for backend in BACKENDS)} |")
    terminalreporter.write_sep("=", "contract")
    terminalreporter.write_line("\n".join(lines))
