"""The two-line answer, for finished, hopeless and unfinished sweeps."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.attempts import find_progress
from harness.report.analysis.gains import find_answer, find_rows, right_by_run
from harness.report.analysis.statistics import Estimate, Gain, paired_gain
from harness.report.results.reader import read_results
from harness.report.text.headline import answer_lines, verdict_text
from harness.report.text.language import language
from harness.state.records import Trials, read_sweep_record, write_sweep_record
from harness.sweep.plan import Plan
from kd.files import read_record, write_record
from kd.records import Metrics
from kd.scores import score

EN = language("en")


def test_finished_sweep_has_a_full_answer(finished: Path) -> None:
    results = read_results(finished)
    first, second = answer_lines(find_answer(results), EN)
    assert "points (95 % interval" in first
    assert "400 test images, 3 seeds" in first
    best = results.chosen
    assert best is not None
    assert f"alpha {best.alpha:.3g}, T {best.temperature:.3g}" in first
    assert "9.9 % of its multiply-adds" in second
    assert "497 % of its parameters (101,770 against 20,490)" in second
    assert "larger model, 5.0 times as large" in second


def test_gain_is_the_difference_of_the_recorded_accuracies(finished: Path) -> None:
    results = read_results(finished)
    assert results.test is not None
    rows = {row.arm.key: row for row in find_rows(results)}
    for key in ("distilled", "compare1"):
        gain = rows[key].gain
        assert gain is not None
        assert gain.both.mean == pytest.approx(np.mean(rows[key].accuracies) - np.mean(rows["baseline"].accuracies))
    for row in rows.values():
        recorded = [results.test.scores[run.id].accuracy for run in row.arm.runs]
        assert row.accuracy is not None
        assert row.accuracy.mean == pytest.approx(np.mean(recorded))


def test_rows_that_the_paired_interval_cannot_tell_from_the_best_are_tied(finished: Path) -> None:
    results = read_results(finished)
    right = right_by_run(results)
    students = {row.arm.key: row for row in find_rows(results) if row.arm.kind != "teacher"}
    stacks = {key: np.stack([right[run.id] for run in row.arm.runs]) for key, row in students.items()}
    best = max(stacks, key=lambda key: stacks[key].mean())
    assert students[best].rank == "best"
    for key, row in students.items():
        if key != best:
            interval = paired_gain(stacks[best], stacks[key]).both
            assert (row.rank == "tied") == (interval.low <= 0 <= interval.high)
    assert [row.rank for row in find_rows(results) if row.arm.kind == "teacher"] == [None]


def test_equal_students_are_tied_and_a_hopeless_one_is_not(invented: Path) -> None:
    results = read_results(invented)
    assert results.test is not None and results.test.labels_N is not None
    perfect = np.eye(3)[results.test.labels_N]
    baseline, distilled = (results.arm(key) for key in ("baseline", "distilled"))
    assert baseline is not None and distilled is not None
    for logits, rank in ((perfect, "tied"), (-perfect, None)):
        for run in baseline.runs:
            results.test.logits[run.id] = logits
            results.test.scores[run.id] = score(logits, results.test.labels_N)
        for run in distilled.runs:
            results.test.logits[run.id] = perfect
            results.test.scores[run.id] = score(perfect, results.test.labels_N)
        found = {row.arm.key: row.rank for row in find_rows(results)}
        assert sorted([found["baseline"] or "", found["distilled"] or ""]) == sorted([rank or "", "best"])


def test_right_agrees_with_the_confusion_matrices(finished: Path) -> None:
    results = read_results(finished)
    assert results.test is not None
    for run_id, right in right_by_run(results).items():
        assert right.sum() == np.trace(np.array(results.test.scores[run_id].confusion))


def test_a_sweep_that_has_just_begun_says_what_is_missing(sweep_dir: Path) -> None:
    shutil.rmtree(sweep_dir / "runs")
    (sweep_dir / "trials.json").unlink()
    first, second = answer_lines(find_answer(read_results(sweep_dir)), EN)
    assert first.startswith("No answer yet: the search has not chosen alpha and T yet (0 trials done); 1 of 1 teacher")
    assert second == "Sizes are not known yet."


def test_progress_counts_every_run(sweep_dir: Path) -> None:
    assert find_progress(read_results(sweep_dir)) == (1 + 1 + 3 + 7 + 3 + 3 + 1,) * 2
    for path in (sweep_dir / "runs").glob("test-*"):
        shutil.rmtree(path)
    assert find_progress(read_results(sweep_dir)) == (18, 19)


def test_runs_done_but_test_unread(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("test-*"):
        shutil.rmtree(path)
    first, second = answer_lines(find_answer(read_results(sweep_dir)), EN)
    assert first == "No answer yet: the test images have not been read yet."
    assert "keeps an unknown share of the teacher's accuracy" in second


def test_a_missing_seed_is_said_and_left_out_of_the_pairs(sweep_dir: Path) -> None:
    results = read_results(sweep_dir)
    final = results.arms[2].runs[1].id
    shutil.rmtree(sweep_dir / "runs" / final)
    assert results.test_run is not None
    path = sweep_dir / "runs" / results.test_run.id
    metrics = read_record(path / "metrics.json", Metrics)
    write_record(
        path / "metrics.json",
        metrics.model_copy(update={"test": {k: v for k, v in metrics.test.items() if k != final}}),
    )
    answer = find_answer(read_results(sweep_dir))
    assert answer.gain is not None
    assert answer.gain.num_seeds == 2
    assert "Incomplete: 1 of 3 distilled runs missing (not started)." in answer_lines(answer, EN)[0]


def test_without_predictions_accuracies_stand_without_intervals(sweep_dir: Path) -> None:
    next(iter((sweep_dir / "runs").glob("test-*/predictions.npz"))).unlink()
    results = read_results(sweep_dir)
    answer = find_answer(results)
    assert answer.gain is None
    assert answer.distilled.accuracy is not None
    assert np.isnan(answer.distilled.accuracy.low)
    (unreadable,) = results.unreadable
    assert unreadable.path.endswith("predictions.npz")
    assert EN(unreadable.why) == "missing, so there are no intervals over images and no pictures"


def test_without_a_search_the_given_setting_is_the_answer(invented: Path) -> None:
    answer = find_answer(read_results(invented))
    assert answer.gain is not None
    assert answer.gain.num_seeds == 2
    assert "at alpha 0.5, T 2." in answer_lines(answer, EN)[0]


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


@pytest.mark.parametrize(
    ("low", "high", "seeds", "words"),
    [
        (0.01, 0.03, 5, "A real gain"),
        (-0.03, -0.01, 5, "A real loss"),
        (-0.01, 0.03, 5, "No clear difference"),
        (0.01, 0.03, 1, "A gain in one training"),
    ],
)
def test_verdict_in_words(low: float, high: float, seeds: int, words: str) -> None:
    estimate = Estimate((low + high) / 2, low, high, 0.5)
    assert verdict_text(Gain(estimate, None, estimate, seeds, 100, 0.5, 0.52), EN) == words
