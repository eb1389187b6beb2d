"""Results are read as they are: damaged, current, of another setting."""

from pathlib import Path

import pytest

from harness.report.analysis.gains import find_answer
from harness.report.results.reader import read_results
from harness.report.text.headline import answer_lines
from harness.report.text.language import language
from harness.state.records import Trials, read_sweep_record, write_sweep_record
from harness.sweep.plan import Plan
from kd.files import write_record
from tests.support.pages import build

EN = language("en")


def test_the_test_run_with_most_current_models_is_used(sweep_dir: Path) -> None:
    """A longer sweep has another test id; until it has run, the old reading serves for the models it knows."""
    record = read_sweep_record(sweep_dir)
    longer = record.model_copy(update={"sweep": record.sweep.model_copy(update={"seeds": 4})})
    write_sweep_record(sweep_dir, longer)
    results = read_results(sweep_dir)
    answer = find_answer(results)
    assert answer.gain is not None
    assert answer.gain.num_seeds == 3
    assert "1 of 4 baseline runs missing" in answer_lines(answer, EN)[0]


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


@pytest.mark.thorough
def test_unreadable_files_are_listed(sweep_dir: Path) -> None:
    runs = [run.id for run in read_results(sweep_dir).arms[2].runs]
    damage = {"metrics.json": "{", "history.json": '{"schema_version": 99}', "attempts/0001.json": ""}
    for run, (name, content) in zip(runs, damage.items(), strict=True):
        (sweep_dir / "runs" / run / name).write_text(content)
    text = (build(sweep_dir) / "index.html").read_text()
    for run, name in zip(runs, damage, strict=True):
        assert f"runs/{run}/{name}</code></th><td" in text
    assert "schema version 99 is newer than this program reads (1)" in text
    assert "1 of 3 distilled runs missing (unreadable)" in text


@pytest.mark.thorough
def test_a_damaged_prediction_file_is_a_hole(sweep_dir: Path) -> None:
    next(iter((sweep_dir / "runs").glob("test-*/predictions.npz"))).write_bytes(b"PK\x03\x04 torn")
    text = (build(sweep_dir) / "index.html").read_text()
    assert "damaged (" in text
