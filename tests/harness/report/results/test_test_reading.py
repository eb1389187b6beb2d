"""Which test run is read, and what is left of a damaged one."""

from pathlib import Path

import pytest

from harness.report.analysis.gains import find_answer
from harness.report.results.reader import read_results
from harness.report.text.headline import answer_lines
from harness.report.text.language import language
from harness.state.records import read_sweep_record, write_sweep_record
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


@pytest.mark.thorough
def test_a_damaged_prediction_file_is_a_hole(sweep_dir: Path) -> None:
    next(iter((sweep_dir / "runs").glob("test-*/predictions.npz"))).write_bytes(b"PK\x03\x04 torn")
    text = (build(sweep_dir) / "index.html").read_text()
    assert "damaged (" in text
