"""Several teachers stand in the results as one."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.gains import find_answer, find_rows
from harness.report.build import report_files
from harness.report.results.reader import read_results
from harness.report.text.headline import answer_lines
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from kd.files import read_record, write_record
from kd.records import Metrics

pytestmark = pytest.mark.thorough
EN = language("en")
TEACHERS = ("teacher1", "teacher2", "teacher3")


def accuracy_of_mean(paths: list[tuple[Path, str]]) -> float:
    """Accuracy of the mean of logits, each an array of a file."""
    arrays = [np.load(path)[name] for path, name in paths]
    return float((sum(arrays).argmax(axis=1) == np.load(paths[0][0])["labels"]).mean())


def test_the_teacher_is_the_mean_of_the_teachers_logits(ensemble: Path) -> None:
    results = read_results(ensemble)
    rows = {row.arm.key: row for row in find_rows(results)}
    assert list(rows) == ["teacher", *TEACHERS, "baseline", "distilled", "compare1"]
    ids = [run.id for run in results.teachers]
    assert results.test is not None
    test = ensemble / "runs" / results.test.run_id / "predictions.npz"
    mean = rows["teacher"].accuracy
    assert mean is not None
    assert mean.mean == accuracy_of_mean([(test, run_id) for run_id in ids])
    vals = [(ensemble / "runs" / run_id / "predictions.npz", "val") for run_id in ids]
    assert rows["teacher"].val_accuracy == accuracy_of_mean(vals)
    assert [rows[key].accuracies for key in TEACHERS] == [(results.test.scores[run_id].accuracy,) for run_id in ids]
    assert len({mean.mean, *(rows[key].accuracies[0] for key in TEACHERS)}) > 1


def test_without_a_teachers_test_logits_the_share_kept_is_unknown(ensemble: Path, tmp_path: Path) -> None:
    """As after a teacher was added, until test is read again."""
    shutil.copytree(ensemble, tmp_path / "ensemble", ignore=shutil.ignore_patterns("report"))
    results = read_results(tmp_path / "ensemble")
    missing = results.teachers[2].id
    assert results.test is not None
    folder = tmp_path / "ensemble" / "runs" / results.test.run_id
    metrics = read_record(folder / "metrics.json", Metrics)
    scores = {run_id: scores for run_id, scores in metrics.test.items() if run_id != missing}
    write_record(folder / "metrics.json", metrics.model_copy(update={"test": scores}))
    (tmp_path / "ensemble" / "runs" / results.teachers[0].id / "predictions.npz").unlink()
    results = read_results(tmp_path / "ensemble")
    rows = {row.arm.key: row for row in find_rows(results)}
    assert (rows["teacher"].accuracy, rows["teacher"].val_accuracy, rows["distilled"].kept) == (None, None, None)
    assert rows["distilled"].gain is not None
    assert f"read the test images without {missing}" in [hole.why for hole in find_missing(results, EN)]
    (unreadable,) = results.unreadable
    assert unreadable.path.endswith("predictions.npz")
    assert EN(unreadable.why) == "missing, so there are no val figures of the ensemble"
    assert "an unknown share of the accuracy" in answer_lines(find_answer(results), EN)[1]
    assert "Ensemble" in report_files(tmp_path / "ensemble", ensemble.parent / ".data")["index.html"]
