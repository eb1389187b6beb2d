"""What is not there yet, or never will be, is said."""

import shutil
from pathlib import Path

from harness.report.analysis.arms.gains import find_answer
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from kd.files import write_record
from kd.records import Failure
from tests.support.invented_methods import Inventor
from tests.support.small_sweep import SMALL

EN = language("en")


def test_a_sweep_that_has_just_begun_says_what_is_missing(sweep_dir: Path) -> None:
    shutil.rmtree(sweep_dir / "runs")
    (sweep_dir / "trials.json").unlink()
    first, second = answer_lines(find_answer(read_results(sweep_dir)), EN)
    assert first.startswith("No answer yet: 1 of 1 teacher run missing (not started); the search has not chosen")
    assert second == "What the distilled student costs is not known yet."


def test_runs_done_but_test_unread(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("test-*"):
        shutil.rmtree(path)
    first, second = answer_lines(find_answer(read_results(sweep_dir)), EN)[-2:]
    assert first == "No answer yet: the test images have not been read yet."
    assert "The distilled student has 5.0× the teacher's parameters" in second


def test_a_test_run_that_failed_is_not_said_to_be_still_to_come(sweep_dir: Path) -> None:
    (test,) = (sweep_dir / "runs").glob("test-*")
    (test / "metrics.json").unlink()
    write_record(test / "failure.json", Failure(kind="code error", reason="made so"))
    assert answer_lines(find_answer(read_results(sweep_dir)), EN)[-2] == (
        "No answer: the test images could not be read: the test run failed."
    )


def test_a_variant_waits_for_what_it_needs_itself(tmp_path: Path) -> None:
    """The teacher trained again failed: the variants of its students say so, and those of the first are complete."""
    counted = {"source": "folder:more", "digest": "more", "num_images": 40, "num_labelled": 20}
    made = Inventor(tmp_path, ["kd"], teacher=SMALL["teacher"] | {"seeds": 2}, unlabeled=counted)
    results = read_results(made.folder)
    again, runs = results.plan.other_teachings[0].teachers[0].id, made.folder / "runs"
    beside = results.plan.unlabeled_passes["unlabeled"][-1].id
    for run_id in (again, beside):
        (runs / run_id / "metrics.json").unlink()
        write_record(runs / run_id / "failure.json", Failure(kind="code error", reason="made so"))
    needs = {"teacher_seed1": again, "unlabeled": beside}
    gone = {run.id: needs[arm.variant] for arm in results.arms if arm.variant for run in arm.runs}
    for run_id in gone:
        shutil.rmtree(runs / run_id)
    found = dict(find_missing(read_results(made.folder), EN))
    assert {run_id: found[run_id] for run_id in gone} == {
        run_id: f"not started: it needs {one}, which failed" for run_id, one in gone.items()
    }
    assert found[again].startswith("failed")
