"""The test run among those that were made: the one that reads most of the models that the sweep asks for now."""

import shutil
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import find_answer
from harness.report.results.reading.final_evaluation import find_test_run, read_test
from harness.report.results.reading.reader import read_results
from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import Results, RunResult
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.state.files.records import read_sweep_record, write_sweep_record
from tests.support.pages import build, told


def in_order(results: Results) -> list[RunResult]:
    """The models of a sweep without named settings, as the test run reads them."""
    return [*results.teachers, *(run for arm in results.arms[1:] for run in arm.runs)]


def test_it_is_found_and_read(invented: Path) -> None:
    results = read_results(invented)
    found, num_readings = find_test_run(results.plan, in_order(results), RecordReader(invented))
    assert found is not None and results.test is not None
    assert (found.id, num_readings) == (results.test.run_id, 1)
    reading = read_test(found, RecordReader(invented))
    assert reading is not None and reading.labels_N is not None
    assert set(reading.logits) == set(reading.scores) == {run.id for arm in results.arms for run in arm.runs}


def test_there_is_none_before_a_model_is_trained(invented: Path) -> None:
    results = read_results(invented)
    for run in (run for arm in results.arms for run in arm.runs):
        shutil.rmtree(invented / "runs" / run.id)
    none = read_results(invented)
    assert find_test_run(none.plan, in_order(none), RecordReader(invented)) == (None, 1)
    assert (none.test_run, none.test, none.num_test_readings) == (None, None, 1)
    assert read_test(None, RecordReader(invented)) is None


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
    assert any("1 of 4 baseline runs missing" in line for line in answer_lines(answer, EN))


@pytest.mark.thorough
def test_a_damaged_prediction_file_is_a_hole(sweep_dir: Path) -> None:
    next(iter((sweep_dir / "runs").glob("test-*/predictions.npz"))).write_bytes(b"PK\x03\x04 torn")
    text = told(build(sweep_dir))
    assert "damaged (" in text
