"""What is not there yet, or never will be, is said."""

import shutil
from pathlib import Path

from harness.report.analysis.arms.gains import find_answer
from harness.report.results.reader import read_results
from harness.report.text.headline import answer_lines
from harness.report.text.language import language

EN = language("en")


def test_a_sweep_that_has_just_begun_says_what_is_missing(sweep_dir: Path) -> None:
    shutil.rmtree(sweep_dir / "runs")
    (sweep_dir / "trials.json").unlink()
    first, second = answer_lines(find_answer(read_results(sweep_dir)), EN)
    assert first.startswith("No answer yet: the search has not chosen a setting yet; 1 of 1 teacher")
    assert second == "What the distilled student costs is not known yet."


def test_runs_done_but_test_unread(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("test-*"):
        shutil.rmtree(path)
    first, second = answer_lines(find_answer(read_results(sweep_dir)), EN)[-2:]
    assert first == "No answer yet: the test images have not been read yet."
    assert "The distilled student has 497 % of the teacher's parameters" in second
