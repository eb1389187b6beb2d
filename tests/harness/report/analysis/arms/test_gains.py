"""The two-line answer, for finished, hopeless and unfinished sweeps."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_answer, find_rows, right_by_run
from harness.report.analysis.chance.statistics import paired_gain
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.sweep.sections.metric import score_in
from kd.files import read_record, write_record
from kd.records import Metrics
from kd.scores import score
from tests.support.failing_studies import STUDIES, plant
from tests.support.invented_methods import invent_methods

EN = language("en")


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


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy"])
def test_a_student_keeps_its_share_of_the_teachers_mean_accuracy(tmp_path: Path, metric: str) -> None:
    strength = {"teacher": 4.5, "kd": 3.4}
    results = read_results(invent_methods(tmp_path, ["kd"], strength=strength, metric=metric, sizes=[200, 100, 60, 40]))
    assert results.test is not None
    scores = results.test.scores
    teacher = score_in(metric, scores[results.teachers[0].id])
    rows = {row.arm.key: row for row in find_rows(results)}
    for key in ("baseline", "distilled"):
        assert rows[key].kept == pytest.approx(np.mean(rows[key].accuracies) / teacher)
        assert rows[key].kept < 1
    lucky, *others = [run.id for run in rows["baseline"].arm.runs]  # as good as the teacher, which the mean is not
    scores[lucky] = scores[results.teachers[0].id]
    assert all(score_in(metric, scores[run_id]) < teacher for run_id in others)
    assert {row.arm.key: row.kept for row in find_rows(results)} == {key: row.kept for key, row in rows.items()}


def test_before_test_is_read_the_seeds_of_an_arm_are_those_whose_val_accuracy_is_shown(tmp_path: Path) -> None:
    results = read_results(plant(tmp_path, STUDIES["distilled failed"]))
    rows = {row.arm.key: row for row in find_rows(results)}
    assert {key: row.num_seeds for key, row in rows.items()} == {
        "teacher": 1, "baseline": 3, "distilled": 0, "compare1": 3
    }  # fmt: skip
    assert all((row.val_accuracy is None) == (row.num_seeds == 0) for row in rows.values())
    cost = answer_lines(find_answer(results), EN)[-1]
    assert "of the teacher's parameters" in cost  # the distilled student is the model that was trained alone


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


def test_equal_students_are_both_the_best_and_a_hopeless_one_is_neither_that_nor_tied(invented: Path) -> None:
    results = read_results(invented)
    assert results.test is not None and results.test.labels_N is not None
    perfect = np.eye(3)[results.test.labels_N]
    baseline, distilled = (results.arm(key) for key in ("baseline", "distilled"))
    assert baseline is not None and distilled is not None
    for logits, rank in ((perfect, "best"), (-perfect, None)):
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


def test_a_missing_seed_is_said_and_left_out_of_the_pairs(sweep_dir: Path) -> None:
    results = read_results(sweep_dir)
    final = results.arms[2].runs[0].id
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
    assert "Incomplete: 1 of 3 distilled runs missing (not started)." in " ".join(answer_lines(answer, EN))


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
    assert "at alpha 0.5, T 2." in " ".join(answer_lines(answer, EN))
