"""Results are read as they are: damaged, current, of another setting."""

import shutil
from pathlib import Path

from harness.report.analysis.arms.gains import find_answer
from harness.report.results.reading.reader import read_results
from harness.state.attempts.run_state import RunState
from harness.state.files.records import Trials, read_sweep_record, write_sweep_record
from harness.sweep.plan import Plan
from kd.files import read_record, write_record


def test_settings_changed_leave_the_old_runs_as_others(sweep_dir: Path) -> None:
    record = read_sweep_record(sweep_dir)
    student = record.sweep.student.model_copy(update={"epochs": 9})
    write_sweep_record(
        sweep_dir,
        record.model_copy(update={"sweep": record.sweep.model_copy(update={"student": student})}),
    )
    write_record(sweep_dir / "trials.json", Trials())
    results = read_results(sweep_dir)
    plan = Plan(results.record.sweep, results.record.digest)
    assert all(run.state == "not started" for run in results.arms[1].runs)
    assert plan.teachers[0].id not in results.other_runs
    assert any(name.startswith("baseline-") for name in results.other_runs)
    assert find_answer(results).gain is None


def test_a_trial_stands_where_its_run_stands_though_the_search_was_not_told(sweep_dir: Path) -> None:
    told = read_record(sweep_dir / "trials.json", Trials)
    untold = [trial.model_copy(update={"state": RunState.RUNNING, "value": None}) for trial in told.trials]
    write_record(sweep_dir / "trials.json", Trials(trials=tuple(untold)))
    found = read_results(sweep_dir)
    assert [(trial.state, trial.value) for trial in found.trials] == [(t.state, t.value) for t in told.trials]
    assert {found.trial_runs[trial.run_id].state for trial in found.trials} == {trial.state for trial in found.trials}
    shutil.rmtree(sweep_dir / "runs" / told.trials[0].run_id)
    assert read_results(sweep_dir).trials[0].state == RunState.NOT_STARTED


def test_a_setting_of_plain_kd_is_named_beside_another_loss_alone(sweep_dir: Path) -> None:
    def named() -> set[bool]:
        return {arm.names_kd for arm in read_results(sweep_dir).arms if arm.kind == "compare"}

    record = read_sweep_record(sweep_dir)
    assert named() == {False}
    distill = record.sweep.distill.model_copy(update={"loss": "dkd"})
    sweep = record.sweep.model_copy(update={"distill": distill})
    write_sweep_record(sweep_dir, record.model_copy(update={"sweep": sweep}))
    assert named() == {True}
