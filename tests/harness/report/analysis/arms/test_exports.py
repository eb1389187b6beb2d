"""What a format changes, seed by seed and image by image, and what it leaves of the gain."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.report.analysis.arms.exports import ExportedFormat, difference_of_gains, find_exports
from harness.report.analysis.arms.gains import find_rows
from harness.report.results.reading.reader import read_results
from harness.state.files.records import read_sweep_record, write_sweep_record
from tests.support.invented_exports import Change, invent_export, unchanged


def worse_baseline(arm: str, decided: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every baseline reads every third image wrong."""
    wrong = (labels + 1) % 3
    return np.where((arm == "baseline") & (np.arange(len(labels)) % 3 == 0), wrong, decided)


@pytest.fixture
def exported(tmp_path: Path, invent: Callable[..., Path]) -> Callable[..., ExportedFormat]:
    """Makes a sweep of three seeds and 600 images whose students were exported so."""

    def make(change: Change = unchanged, seeds: int = 3, **options: object) -> ExportedFormat:
        folder = invent(tmp_path / "results", 3, 600, ["a", "b", "c"], seeds)
        invent_export(folder, change=change, **options)  # type: ignore[arg-type]
        (found,) = find_exports(read_results(folder))
        return found

    return make


def test_a_format_that_changes_no_decision_is_not_said_to_be_certain(exported: Callable[..., ExportedFormat]) -> None:
    found = exported()
    for student in found.students.values():
        assert student.change.both.mean == 0
        assert student.change.both.low < 0 < student.change.both.high, "as few images cannot exclude a change"
    assert found.gain is not None and found.gain_fp32 is not None and found.gain_change is not None
    assert found.gain == found.gain_fp32
    assert -0.02 < found.gain_change.low < 0 < found.gain_change.high < 0.02
    assert found.gain_change_verdict == "no clear difference"


def test_a_format_that_hurts_the_baseline_alone_makes_distillation_help_more(
    exported: Callable[..., ExportedFormat],
) -> None:
    found = exported(worse_baseline)
    assert found.gain is not None and found.gain_fp32 is not None and found.gain_change is not None
    assert found.students["baseline"].change.verdict == "loss"
    assert found.students["distilled"].change.verdict == "no clear difference"
    assert found.gain_change.mean == pytest.approx(found.gain.both.mean - found.gain_fp32.both.mean)
    assert found.gain_change.mean == pytest.approx(-found.students["baseline"].change.both.mean)
    assert found.gain_change_verdict == "gain"


def test_the_file_s_own_student_is_one_seed(exported: Callable[..., ExportedFormat]) -> None:
    found = exported()
    assert found.own.num_seeds == 1
    assert found.own.change.num_images == 600
    assert found.own.change.verdict == "too few seeds"


def test_seeds_whose_weights_are_gone_are_left_out(exported: Callable[..., ExportedFormat]) -> None:
    found = exported(num_seeds=2)
    assert {key: student.num_seeds for key, student in found.students.items()} == {"baseline": 2, "distilled": 2}
    assert found.gain is not None and found.gain.num_seeds == 2


def test_one_seed_shows_nothing_of_chance_in_training(exported: Callable[..., ExportedFormat]) -> None:
    assert exported(worse_baseline, seeds=1).gain_change_verdict == "too few seeds"


def test_float32_is_what_the_others_are_compared_with(tmp_path: Path, invent: Callable[..., Path]) -> None:
    folder = invent(tmp_path / "results", 3, 60, ["a", "b", "c"])
    invent_export(folder, "fp32")
    (found,) = find_exports(read_results(folder))
    assert found.is_fp32 and found.gain_change_verdict is None


def test_students_of_an_earlier_form_of_the_sweep_are_not_shown(tmp_path: Path, invent: Callable[..., Path]) -> None:
    folder = invent(tmp_path / "results", 3, 60, ["a", "b", "c"])
    invent_export(folder)
    record = read_sweep_record(folder)
    student = record.sweep.student.model_copy(update={"epochs": 9})
    sweep = record.sweep.model_copy(update={"student": student})
    write_sweep_record(folder, record.model_copy(update={"sweep": sweep}))
    assert find_exports(read_results(folder)) == ()


def test_values_are_in_the_metric_of_the_answer_and_gains_judged_by_its_margin(
    tmp_path: Path, invent: Callable[..., Path]
) -> None:
    rule = {"min": 3, "max": 6, "margin": 1}
    folder = invent(tmp_path, 3, 243, ["a", "b", "c"], sizes=(200, 40, 3), seeds=rule)
    invent_export(folder)
    results = read_results(folder)
    assert results.metric == "balanced_accuracy"
    (found,), rows = find_exports(results), {row.arm.key: row for row in find_rows(results)}
    gain = rows["distilled"].gain
    assert gain is not None and gain.margin == 0.01
    assert found.gain == found.gain_fp32 == gain
    assert {key: student.accuracy for key, student in found.students.items()} == {
        key: rows[key].accuracy for key in ("baseline", "distilled")
    }


def test_the_difference_of_gains_by_hand() -> None:
    """Two seeds, four images: the format costs the baseline one image of the first seed."""
    yes, no = np.ones((2, 4), bool), np.zeros((2, 4), bool)
    baseline = no.copy()
    baseline[0, 0] = True
    found = difference_of_gains((yes, no), (yes, baseline))
    assert found.mean == pytest.approx(1 / 8)
    by_class = difference_of_gains((yes, no), (yes, baseline), classes_N=np.array([0, 1, 1, 1]))
    assert by_class.mean == pytest.approx(1 / 4), "the image is a class of its own"
    assert by_class.half_width > found.half_width
