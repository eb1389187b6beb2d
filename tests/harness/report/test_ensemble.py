"""Several teachers: the report's teacher is their ensemble, and each stands beside it."""

import csv
from pathlib import Path
from typing import Any

import pytest

from harness.report.analysis.arms.gains import find_answer, find_rows
from harness.report.analysis.errors.errors import find_errors
from harness.report.build import report_files
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.report.text.run_lines import describe_runs
from kd.files import read_record
from kd.records import Metrics
from tests.support.pages import told

pytestmark = pytest.mark.thorough

EN = language("en")
TEACHERS = ("teacher1", "teacher2", "teacher3")


def test_shares_are_of_the_ensemble_and_its_cost_is_that_of_all_teachers(ensemble: Path) -> None:
    rows = {row.arm.key: row for row in find_rows(read_results(ensemble))}
    size, sizes = rows["teacher"].size, [rows[key].size for key in TEACHERS]
    assert size is not None
    assert size.num_parameters == sum(one.num_parameters for one in sizes if one) == 2 * 20_490 + 101_770
    assert size.macs == sum(one.macs for one in sizes if one)
    for row in rows.values():
        assert row.accuracy is not None and row.size is not None and rows["teacher"].accuracy is not None
        assert row.kept is None  # this ensemble of one epoch each is no better than its students
        assert row.parameter_ratio == row.size.num_parameters / size.num_parameters
        assert (row.gain is None) == (row.arm.kind in ("teacher", "baseline"))


def test_the_answer_speaks_of_the_ensemble(ensemble: Path) -> None:
    weak, *_, answer, cost = answer_lines(find_answer(read_results(ensemble)), EN)
    assert "ensemble" in weak and "not better than the student alone" in weak
    assert "2 seeds" in answer
    assert "71.3 % of the parameters of the teachers' ensemble (101,770 against 142,750)" in cost


def test_every_run_is_counted_once(ensemble: Path) -> None:
    results = read_results(ensemble)
    runs = [run.id for run in results.all_runs()]
    assert len(set(runs)) == len(runs) == 3 + 1 + 2 + 2 + 2 + 1
    assert (results.standing.done, results.standing.total, results.standing.state) == (11, 11, "complete")
    assert find_missing(results, EN) == []
    assert results.other_runs == ()
    assert [run.seed for run in describe_runs(results, EN)[:3]] == [0, 1, 0]


def test_the_error_analysis_is_of_the_ensemble(ensemble: Path) -> None:
    results = read_results(ensemble)
    errors = find_errors(results, None)
    assert errors is not None and results.test is not None
    assert errors.predictions["teacher"].run_ids == (results.plan.logits.id,)
    ensemble_accuracy = results.test.scores[results.plan.logits.id].accuracy
    assert errors.predictions["teacher"].right_SN.mean() == pytest.approx(ensemble_accuracy)


def test_the_site_shows_each_teacher_and_the_ensemble(ensemble: Path) -> None:
    files = report_files(ensemble, ensemble.parent / ".data")
    text, teachers = told(files), read_results(ensemble).teachers
    assert "Ensemble<small>the mean of 3 teachers’ logits</small>" in text
    assert "Teacher 2<small>mnist_cnn, seed 1</small>" in text
    assert "Teacher 3<small>mnist_mlp, seed 0</small>" in text
    assert "the teacher’s" not in text and "the teacher," not in text
    for run in teachers:
        assert f"<code>{run.id}</code> (" in text
    assert "Ensemble: the mean of the teachers' logits" in files["table.tex"]
    assert "Teacher: the ensemble of 3." in files["class-0.html"]
    assert [row["arm"] for row in csv.DictReader(files["table.csv"].splitlines())][:4] == ["teacher", *TEACHERS]


@pytest.mark.thorough
def test_an_ensemble_that_taught_online_has_its_row(lab: Any) -> None:
    teacher = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32}
    controller = lab.controller(
        teacher=None, teachers=[teacher, teacher], search=None, seeds=1, teacher_logits={"online": True}
    )
    assert controller.run()
    results = read_results(controller.folder.path)
    row = find_rows(results)[0]
    assert row.arm.key == "teacher" and row.accuracy is not None and row.size is not None
    sizes = [read_record(controller.folder.run(run.id) / "metrics.json", Metrics).size for run in results.plan.teachers]
    assert row.size.num_parameters == sum(size.num_parameters for size in sizes if size)
    assert "averaged in every step" in told(report_files(controller.folder.path, controller.folder.data))
