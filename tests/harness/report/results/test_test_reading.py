"""The test run among those that were made: the one that reads most of the models that the sweep asks for now."""

import shutil
from pathlib import Path

from harness.report.results.reader import read_results
from harness.report.results.record_reader import RecordReader
from harness.report.results.test_reading import find_test_run, read_test


def test_it_is_found_and_read(invented: Path) -> None:
    results = read_results(invented)
    found, num_readings = find_test_run(results.plan, results.teachers, results.arms[1:], RecordReader(invented))
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
    assert find_test_run(none.plan, none.teachers, none.arms[1:], RecordReader(invented)) == (None, 1)
    assert (none.test_run, none.test, none.num_test_readings) == (None, None, 1)
    assert read_test(None, RecordReader(invented)) is None
