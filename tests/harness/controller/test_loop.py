"""The controller with jobs carried out in this process."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.stop_flag import StopFlag
from harness.controller.loop import PROGRAM_INTERVAL_S, Controller
from harness.state.files.records import JobRecord
from kd.errors import InputError
from kd.files import read_record
from kd.records import Metrics
from tests.support.sweep_lab import HoldingExecutor, result_files, roles


def test_a_sweep_runs_every_stage_once_and_in_order(lab: Any) -> None:
    controller = lab.controller(compare=[{"alpha": 0.9, "temperature": 4.0}])
    assert controller.run()
    submitted = controller._executor.submitted
    assert roles(submitted) == {
        "teacher": 1,
        "logits": 1,
        "baseline": 2,
        "search": 4,
        "compare": 2,
        "final": 2,
        "test": 1,
    }
    assert submitted.index(controller.plan.teachers[0].id) < submitted.index(controller.plan.logits.id)
    assert all(
        submitted.index(controller.plan.logits.id) < submitted.index(run) for run in submitted if "search" in run
    )
    assert submitted[-1].startswith("test-")


def test_only_the_test_run_holds_test_scores(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    for path in controller.folder.path.glob("runs/*/metrics.json"):
        assert bool(read_record(path, Metrics).test) == path.parent.name.startswith("test-")


def test_running_again_submits_nothing_and_changes_nothing(lab: Any) -> None:
    first = lab.controller()
    first.run()
    before = result_files(first.folder.path)
    again = lab.controller()
    assert again.run()
    assert again._executor.submitted == []
    assert again.steps[-1].stage == "test"  # it did not stop before it had looked at everything
    assert again.searches[""] == first.searches[""]
    assert result_files(first.folder.path) == before


@pytest.mark.thorough
@pytest.mark.parametrize("num_slots", [1, 3])
def test_the_number_of_slots_does_not_change_a_byte(lab: Any, tmp_path: Path, num_slots: int) -> None:
    first = lab.controller()
    first.run()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".data").symlink_to(lab.results / ".data")
    other = type(lab)(tmp_path / "other").controller()
    other._executor.num_slots = num_slots
    other._executor.runs_per_job = 1
    other.run()
    assert result_files(other.folder.path) == result_files(first.folder.path)


def test_a_preempted_run_goes_on(lab: Any) -> None:
    """A job that is stopped at once leaves its runs waiting, however often that happens."""
    controller = lab.controller()
    executor = controller._executor
    finish = executor._carry_out
    stopped = Counter()

    def carry_out(run_ids: tuple[str, ...]) -> JobRecord:
        if stopped[run_ids] < 5:
            stopped[run_ids] += 1
            stop = StopFlag()
            stop.reason = "SIGTERM"
            from harness.cluster.job import RunsJob

            RunsJob(run_ids, controller.folder.path, controller.folder.data, 1).work("stopped", stop)
            return JobRecord(job_id="stopped", run_ids=(), submitted_at="2026-01-01T00:00:00Z")
        return finish(run_ids)

    executor._carry_out = carry_out
    assert controller.run()


def test_a_sweep_without_search_trains_its_own_setting(lab: Any) -> None:
    controller = lab.controller(search=None, distill={"alpha": 0.7, "temperature": 4.0})
    assert controller.run()
    assert roles(controller._executor.submitted) == {"teacher": 1, "logits": 1, "baseline": 2, "final": 2, "test": 1}


class Changing:
    """A program whose file ``name`` is another one, once it is set."""

    name: str | None = None

    def changed(self) -> str | None:
        return self.name


class CancelledExecutor(HoldingExecutor):
    """Jobs go on until ``is_cancelled``."""

    is_cancelled = False

    def alive(self, jobs: Any) -> set[str]:
        return set() if self.is_cancelled else super().alive(jobs)

    def ending(self, job: JobRecord) -> str | None:
        return "CANCELLED"

    def node(self, job: JobRecord) -> str | None:
        return None

    def notes(self, jobs: Any) -> list[str]:
        return []


def test_a_controller_whose_program_changes_submits_no_more_says_so_and_ends_with_its_jobs(lab: Any) -> None:
    seconds = 0.0
    executor, program = CancelledExecutor(num_slots=1), Changing()
    controller = Controller(
        *lab.open(), executor, lambda controller: None, lambda s: None, lambda: seconds, program=program
    )
    controller.turn()
    assert len(executor.submitted) == 1
    program.name = "kd/losses/soft.py"
    assert not controller.is_outdated(), "not looked at again so soon"
    seconds += PROGRAM_INTERVAL_S
    executor.is_cancelled = True
    controller.turn()
    assert len(executor.submitted) == 1
    assert controller.notes()[0].startswith("kd/losses/soft.py is not what it was when this controller was started")
    with pytest.raises(InputError, match="submits no more jobs; start it again and it goes on"):
        controller.run()


def test_who_is_about_to_load_a_module_looks_at_the_program_at_once(lab: Any) -> None:
    program = Changing()
    controller = Controller(
        *lab.open(),
        CancelledExecutor(num_slots=1),
        lambda controller: None,
        lambda s: None,
        lambda: 0.0,
        program=program,
    )
    assert not controller.is_outdated()
    program.name = "harness/report/build.py"
    assert controller.is_outdated(at_once=True)
    assert controller.notes()[0].startswith("harness/report/build.py is not what it was")
