"""Agreement with the teacher, against slow loops over seeds and images; speed and size beside it."""

import csv
import io
import json
import math
import re
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_rows
from harness.report.analysis.costs import find_costs
from harness.report.analysis.errors.agreement import find_agreements
from harness.report.build import report_files
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from kd.files import read_record
from kd.records import Metrics
from tests.support.pages import told

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def results(finished: Path) -> Results:
    return read_results(finished)


def test_shares_are_counts_over_seeds_and_images(results: Results) -> None:
    test = results.test
    assert test is not None and test.labels_N is not None
    teacher = test.logits[results.arms[0].runs[0].id].argmax(axis=1)
    agreements = find_agreements(results)
    assert [one.arm.key for one in agreements] == ["baseline", "distilled", "compare1"]
    for one in agreements:
        counts: Counter[str] = Counter()
        for run in one.arm.runs:
            for label, predicted, taught in zip(
                test.labels_N, test.logits[run.id].argmax(axis=1), teacher, strict=True
            ):
                right = {(True, True): "both_right", (True, False): "student_alone", (False, True): "teacher_alone"}
                wrong = "wrong_alike" if predicted == taught else "wrong_apart"
                counts[right.get((bool(predicted == label), bool(taught == label)), wrong)] += 1
        total = len(one.arm.runs) * len(test.labels_N)
        assert one.shares._asdict() == pytest.approx({name: counts[name] / total for name in one.shares._fields})
        assert sum(one.shares) == pytest.approx(1)
        assert one.share.mean == pytest.approx(one.shares.both_right + one.shares.wrong_alike)
        assert one.share.low < one.share.mean < one.share.high
        accuracy = next(row.accuracy for row in find_rows(results) if row.arm.key == one.arm.key)
        assert accuracy is not None
        assert accuracy.mean == pytest.approx(one.shares.both_right + one.shares.student_alone)


def test_what_is_more_than_the_baseline_is_paired(results: Results) -> None:
    baseline, *others = find_agreements(results)
    assert baseline.more is None
    for other in others:
        assert other.more is not None
        assert other.more.num_seeds == 3
        assert other.more.both.mean == pytest.approx(other.share.mean - baseline.share.mean)


def test_quality_of_probabilities_is_the_mean_of_the_recorded_scores(results: Results) -> None:
    assert results.test is not None
    for row in find_rows(results):
        scores = [results.test.scores[run.id] for run in row.arm.runs]
        for name in ("top5", "nll", "ece"):
            estimate = getattr(row, name)
            assert estimate.mean == pytest.approx(np.mean([getattr(one, name) for one in scores]))
            assert math.isnan(estimate.low) == (len(scores) == 1)


def test_tables_and_pages_hold_them(site: Path, results: Results) -> None:
    names = ("index.html", "table.csv", "table.json", "tables/agreement.tex", "tables/cost.tex")
    files = {name: (site / name).read_text("utf-8") for name in names}
    records = {record["arm"]: record for record in csv.DictReader(io.StringIO(files["table.csv"]))}
    page = told(site)
    for one in find_agreements(results):
        assert float(records[one.arm.key]["agreement_with_teacher"]) == one.share.mean
        assert float(records[one.arm.key]["share_wrong_alike"]) == one.shares.wrong_alike
        assert f"{100 * one.share.mean:.2f} \\pm" in re.sub(r"\\mathbf{([^}]*)}", r"\1", files["tables/agreement.tex"])
        assert f'<td data-value="{one.shares.wrong_alike}">{100 * one.shares.wrong_alike:.2f}</td>' in page
    assert records["teacher"]["agreement_with_teacher"] == ""
    _, student = find_costs(results, find_rows(results))
    assert student.single is not None and student.batch is not None and results.speed is not None
    for arm in ("baseline", "distilled", "compare1"):
        assert float(records[arm]["latency_single_ms"]) == student.single.median_ms
        assert float(records[arm]["images_per_s"]) == student.batch.images_per_s
        assert int(records[arm]["batch_size"]) == 128
    assert json.loads(files["table.json"])["speed"]["device"] == results.speed.device
    assert f"on {results.speed.device}, 1 CPU thread, float32, {results.speed.measured_at[:10]}" in page
    assert files["tables/cost.tex"].count(" \\\\\n") == 3


def test_results_of_an_older_program_have_holes(sweep_dir: Path) -> None:
    """No speed.json, and no bytes, calibration or top-5 in metrics.json."""
    next(sweep_dir.glob("runs/test-*/speed.json")).unlink()
    for path in sweep_dir.glob("runs/*/metrics.json"):
        content = json.loads(path.read_bytes())
        (content["size"] or {}).pop("num_bytes", None)
        for scores in content["test"].values():
            scores.pop("top5")
        path.write_text(json.dumps(content))
        read_record(path, Metrics)
    files = report_files(sweep_dir, sweep_dir.parent / ".data")
    assert "Speed was not measured." in told(files)
    assert "Top-5" not in told(files)
    record = next(csv.DictReader(io.StringIO(files["table.csv"])))
    assert record["num_bytes"] == record["latency_single_ms"] == record["test_top5"] == ""


def test_without_predictions_nothing_is_said_of_agreement(sweep_dir: Path) -> None:
    next(sweep_dir.glob("runs/test-*/predictions.npz")).unlink()
    files = report_files(sweep_dir, sweep_dir.parent / ".data")
    assert "tables/agreement.tex" not in files
    assert "Agreement with the teacher" not in told(files)


def test_a_sweep_that_was_not_tested_says_when_speed_is_measured(sweep_dir: Path) -> None:
    shutil.rmtree(next(sweep_dir.glob("runs/test-*")))
    pages = told(report_files(sweep_dir, sweep_dir.parent))
    assert "Speed has not been measured yet; the test run measures it." in pages
