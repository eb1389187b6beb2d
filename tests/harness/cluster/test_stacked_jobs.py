"""Jobs that train their runs together: who joins, what each run's folder says, and that a sweep comes out the same."""

from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.job import RunsJob
from harness.cluster.stop_flag import StopFlag
from harness.state.attempts.files import last_attempt, read_attempts
from harness.state.attempts.run_state import read_failure, read_history, run_state
from harness.state.files.records import JobRecord
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Setting
from kd.files import read_record, write_record
from kd.records import AttemptEnd, Metrics, RunRecord
from tests.support.sweep_lab import InlineExecutor

SETTINGS = [Setting(alpha=alpha, temperature=temperature) for alpha, temperature in ((0.2, 2), (0.5, 4), (0.9, 8))]


class PackingExecutor(InlineExecutor):
    """Jobs of up to four runs, trained together where they can be."""

    def __init__(self, folder: Any) -> None:
        super().__init__(folder, num_slots=1)
        self.runs_per_job = self.pack_size = 4

    def _carry_out(self, run_ids: tuple[str, ...]) -> JobRecord:
        job_id = f"inline-{len(self.submitted)}"
        self.submitted += run_ids
        RunsJob(run_ids, self._folder.path, self._folder.data, 1, pack=4).work(job_id, StopFlag())
        return JobRecord(job_id=job_id, run_ids=run_ids, submitted_at="2026-01-01T00:00:00Z")


def add(folder: Any, runs: list[Run]) -> list[Path]:
    """The folders of some runs, configured."""
    for run in runs:
        folder.run(run.id).mkdir()
        write_record(folder.run(run.id) / "config.json", RunRecord(run_id=run.id, config=run.config))
    return [folder.run(run.id) for run in runs]


def work(folder: Any, folders: list[Path], stop: StopFlag | None = None, pack: Any = 4, job_id: str = "1") -> None:
    """One job with all of the runs."""
    RunsJob(tuple(path.name for path in folders), folder.path, folder.data, 1, pack=pack).work(
        job_id, stop or StopFlag()
    )


@pytest.fixture
def taught(lab: Any) -> tuple[Plan, Any]:
    """A plan whose teacher and logits are done."""
    plan, folder = lab.open()
    work(folder, add(folder, [*plan.teachers]))
    work(folder, add(folder, [plan.logits]))
    return plan, folder


def together(folders: list[Path]) -> list[int]:
    return [last_attempt(path).num_together for path in folders]


def test_a_sweep_of_packs_chooses_the_same_and_measures_nearly_the_same(lab: Any, tmp_path: Path) -> None:
    changes = {"search": {"num_trials": 8, "concurrency": 4}, "seeds": 3}
    alone = lab.controller(**changes)
    assert alone.run()
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / ".data").symlink_to(lab.results / ".data")
    elsewhere = type(lab)(tmp_path / "packed")
    _, folder = elsewhere.open(**changes)
    packed = elsewhere.controller(PackingExecutor(folder), **changes)
    assert packed.run()
    assert sorted(packed._executor.submitted) == sorted(alone._executor.submitted)
    assert packed.searches[""].best == alone.searches[""].best
    for mine, other in zip(packed.searches[""].trials, alone.searches[""].trials, strict=True):
        assert (mine.run_id, mine.state) == (other.run_id, other.state)
        assert mine.value == pytest.approx(other.value, abs=0.051)
    sizes = Counter()
    for run_id in packed._executor.submitted:
        one, other = packed.folder.run(run_id), alone.folder.run(run_id)
        role = run_id.partition("-")[0]
        sizes[role, last_attempt(one).num_together] += 1
        if role in ("teacher", "logits"):
            assert (one / "metrics.json").read_bytes() == (other / "metrics.json").read_bytes()
        elif role != "test":
            mine, theirs = (read_record(path / "metrics.json", Metrics) for path in (one, other))
            assert (mine.epochs, mine.status, mine.size) == (theirs.epochs, theirs.status, theirs.size)
            assert mine.val.nll == pytest.approx(theirs.val.nll, rel=1e-3)
    assert sizes == {
        ("teacher", 1): 1,
        ("logits", 1): 1,
        ("search", 4): 8,
        ("baseline", 3): 3,
        ("final", 3): 3,
        ("test", 1): 1,
    }


@pytest.mark.parametrize("pack", ["auto", 1])
def test_on_a_cpu_a_run_goes_alone_unless_told_otherwise(taught: Any, pack: Any) -> None:
    plan, folder = taught
    folders = add(folder, [plan.trial(setting.model_dump()) for setting in SETTINGS])
    work(folder, folders, pack=pack)
    assert together(folders) == [1, 1, 1]
    assert {run_state(path) for path in folders} == {"complete"}


def test_a_job_trains_together_what_can_be_up_to_a_pack(taught: Any) -> None:
    plan, folder = taught
    runs = [*plan.baselines(), *(plan.trial(setting.model_dump()) for setting in SETTINGS)]
    folders = add(folder, runs)
    work(folder, folders, pack=2)
    assert together(folders) == [2, 2, 2, 2, 1]
    assert {run_state(path) for path in folders} == {"complete"}


def test_a_diverging_run_fails_and_its_company_does_not(taught: Any) -> None:
    plan, folder = taught
    settings = [SETTINGS[0], Setting(alpha=1.0, temperature=1e25), SETTINGS[2]]
    folders = add(folder, [plan.trial(setting.model_dump()) for setting in settings])
    work(folder, folders)
    assert [run_state(path) for path in folders] == ["complete", "failed", "complete"]
    assert read_failure(folders[1]).kind == "non-finite loss"
    assert [last_attempt(path).end for path in folders] == ["complete", "failed", "complete"]


def test_a_signal_stops_all_at_one_step_and_the_next_job_goes_on_with_all(taught: Any) -> None:
    plan, folder = taught
    folders = add(folder, [plan.trial(setting.model_dump()) for setting in SETTINGS])
    stop, looks = StopFlag(), count()
    stop.is_set = lambda: next(looks) >= 9  # one look before the job's first runs, three before each step
    stop.reason = "SIGTERM"
    work(folder, folders, stop)
    assert [last_attempt(path).end for path in folders] == ["preempted"] * 3
    assert {last_attempt(path).reason for path in folders} == {"SIGTERM: stopped after step 2, in epoch 1"}
    work(folder, folders, job_id="2")
    attempts = [read_attempts(path) for path in folders]
    assert [[attempt.end for attempt in each] for each in attempts] == [["preempted", "complete"]] * 3
    assert [each[1].start_step for each in attempts] == [2, 2, 2]
    assert together(folders) == [3, 3, 3]


@pytest.mark.parametrize("end", [None, "died", "out of memory"])
def test_after_a_death_a_run_goes_alone(taught: Any, end: Any) -> None:
    plan, folder = taught
    folders = add(folder, [plan.trial(setting.model_dump()) for setting in SETTINGS])
    stop, looks = StopFlag(), count()
    stop.is_set = lambda: next(looks) >= 9
    work(folder, folders, stop)
    gone = {"end": end and AttemptEnd(end), "pid": 1, "process_created": 0.0}
    dead = last_attempt(folders[1]).model_copy(update=gone)
    write_record(folders[1] / "attempts" / "0001.json", dead)
    work(folder, folders, job_id="2")
    assert together(folders) == [2, 1, 2]
    assert {run_state(path) for path in folders} == {"complete"}


def test_a_fenced_run_leaves_to_its_new_owner(taught: Any, caplog: pytest.LogCaptureFixture) -> None:
    plan, folder = taught
    folders = add(folder, [plan.trial(setting.model_dump()) for setting in SETTINGS])
    stop, looks = StopFlag(), count()

    def overtake() -> bool:
        if next(looks) == 9:
            write_record(
                folders[0] / "attempts" / "0002.json", last_attempt(folders[0]).model_copy(update={"number": 2})
            )
        return False

    stop.is_set = overtake
    work(folder, folders, stop)
    assert [(path / "metrics.json").exists() for path in folders] == [False, True, True]
    assert "was overtaken" in caplog.text


HUNGRY = """
from torch import nn

class Hungry(nn.Sequential):
    def forward(self, images):
        if self[1].weight.ndim == 3 or type(self[1].weight) is not nn.Parameter:
            raise MemoryError("no room for company")
        return super().forward(images)

def build(num_classes, input_shape):
    return Hungry(nn.Flatten(), nn.Linear(784, num_classes))
"""


def test_a_pack_without_room_costs_no_run_an_attempt(lab: Any, add_module: Callable[[str, str], None]) -> None:
    add_module("hungry_pack", HUNGRY)
    plan, folder = lab.open(student={"model": "hungry_pack:build", "epochs": 1, "batch_size": 32}, seeds=3)
    folders = add(folder, plan.baselines())
    work(folder, folders)
    assert {run_state(path) for path in folders} == {"complete"}
    assert [[attempt.end for attempt in read_attempts(path)] for path in folders] == [["complete"]] * 3


def test_a_model_that_cannot_be_built_fails_each_run_with_the_cause(
    lab: Any, add_module: Callable[[str, str], None]
) -> None:
    add_module("broken_pack", "def build(num_classes, input_shape):\n    raise KeyError('head')\n")
    plan, folder = lab.open(student={"model": "broken_pack:build", "epochs": 1})
    folders = add(folder, plan.baselines())
    work(folder, folders)
    failures = [read_failure(path) for path in folders]
    assert [failure.kind for failure in failures] == ["bad input"] * 2
    assert all("broken_pack:build(10, (1, 28, 28)) failed: KeyError: 'head'" in failure.reason for failure in failures)


def test_the_time_of_a_pack_is_divided_among_its_runs(taught: Any) -> None:
    plan, folder = taught
    folders = add(folder, [plan.trial(setting.model_dump()) for setting in SETTINGS])
    work(folder, folders)
    for path in folders:
        for epoch in read_history(path).epochs:
            assert epoch.images_per_s == pytest.approx(180 / epoch.seconds)


# What the controller sends.
