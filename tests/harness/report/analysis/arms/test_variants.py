"""The distilled student with one thing changed: what is compared with what, and what may be said."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.report.analysis.arms.gains import find_rows, right_by_run
from harness.report.analysis.arms.variants import Variants, find_variants
from harness.report.analysis.chance.statistics import holm, mean_over_teachers, paired_gain
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from tests.support.invented_methods import invent_methods
from tests.support.small_sweep import SMALL

CONTROLS = ["smoothed_labels", "shuffled_dark"]


def found_of(folder: Path, methods: list[Any] | None = None, seeds: int = 1, **more: Any) -> tuple[Results, Variants]:
    teacher = SMALL["teacher"] | ({"seeds": seeds} if seeds > 1 else {})
    results = read_results(invent_methods(folder, methods or ["kd"], teacher=teacher, search={"num_trials": 3}, **more))
    found = find_variants(results, find_rows(results))
    assert found is not None
    return results, found


def test_a_change_is_paired_with_the_distilled_student_and_adjusted(tmp_path: Path) -> None:
    results, found = found_of(tmp_path, controls=CONTROLS, strength={"kd": 3.4, "shuffled_dark": 2.4})
    right = right_by_run(results)
    arms = {arm.variant or arm.key: np.stack([right[run.id] for run in arm.runs]) for arm in results.arms}
    expected = {key: paired_gain(arms[key], arms["distilled"]) for key in CONTROLS}
    assert {row.key: row.change for row in found.rows} == expected
    adjusted = holm(np.array([expected[key].both.p for key in CONTROLS]))
    assert [row.adjusted_p for row in found.rows] == adjusted.tolist()
    assert [row.verdict for row in found.rows] == ["loss", "loss"]
    assert [row.row.gain for row in found.rows] == [paired_gain(arms[key], arms["baseline"]) for key in CONTROLS]


def test_a_variant_is_no_candidate_for_the_best_student(tmp_path: Path) -> None:
    results, found = found_of(tmp_path, controls=["shuffled_dark"], strength={"shuffled_dark": 5.0})
    assert found.rows[0].verdict == "gain" and found.rows[0].row.rank is None
    assert next(row for row in find_rows(results) if row.arm.key == "distilled").rank == "best"


def test_the_gain_over_teachers_has_the_teachers_chance_in_it(tmp_path: Path) -> None:
    results, found = found_of(tmp_path, seeds=3, strength={"kd": 3.0, "teacher_seed1": 2.9, "teacher_seed2": 3.4})
    right = right_by_run(results)
    arms = {arm.variant or arm.key: np.stack([right[run.id] for run in arm.runs]) for arm in results.arms}
    keys = ("distilled", "teacher_seed1", "teacher_seed2")
    differences = np.stack([arms[key].astype(float) - arms["baseline"] for key in keys])
    assert found.teachers is not None
    assert found.teachers.gains == pytest.approx(differences.mean(axis=(1, 2)).tolist())
    assert found.teachers.mean == mean_over_teachers(differences)
    own = next(row for row in find_rows(results) if row.arm.key == "distilled").gain
    assert found.teachers.mean.high - found.teachers.mean.low > own.both.high - own.both.low


def test_where_classes_count_alike_so_they_do_in_each_teachers_gain(tmp_path: Path) -> None:
    strength = {"kd": 3.0, "teacher_seed1": 2.7}
    results, found = found_of(tmp_path, seeds=2, strength=strength, metric="balanced_accuracy", sizes=[300, 60, 30, 10])
    right, labels_N = right_by_run(results), results.classes_N
    assert labels_N is not None and found.teachers is not None
    arms = {arm.variant or arm.key: np.stack([right[run.id] for run in arm.runs]) for arm in results.arms}
    differences = np.stack([arms[key].astype(float) - arms["baseline"] for key in ("distilled", "teacher_seed1")])
    by_class = [differences[:, :, labels_N == label].mean(axis=(1, 2)) for label in range(4)]
    assert found.teachers.gains == pytest.approx(np.mean(by_class, axis=0).tolist())
    assert found.teachers.gains != pytest.approx(differences.mean(axis=(1, 2)).tolist())
    assert found.teachers.mean == mean_over_teachers(differences, classes_N=labels_N)


def test_a_method_whose_search_failed_holds_up_no_variant(tmp_path: Path) -> None:
    results, found = found_of(tmp_path, ["kd", "dkd"], failed=["dkd"], controls=["shuffled_dark"])
    assert [row.key for row in found.rows] == ["shuffled_dark"] and found.rows[0].change is not None
    assert results.headline.method.key == "kd"


def test_other_teachers_do_not_make_a_control_less_clear(tmp_path: Path) -> None:
    strength = {"kd": 3.4, "shuffled_dark": 3.0, "teacher_seed1": 3.4, "teacher_seed2": 3.3}
    _, found = found_of(tmp_path, seeds=3, controls=["shuffled_dark"], strength=strength)
    control, *teachers = found.rows
    assert control.change is not None and control.adjusted_p == control.change.both.p
    assert [row.adjusted_p for row in teachers] == holm(np.array([row.change.both.p for row in teachers])).tolist()


def test_two_teachers_cannot_tell_of_a_third(tmp_path: Path) -> None:
    _, found = found_of(tmp_path, seeds=2, strength={"kd": 3.0, "teacher_seed1": 2.4})
    assert found.teachers is not None and found.teachers.verdict == "too few seeds"


def test_of_several_methods_the_best_on_val_is_changed_and_no_other(tmp_path: Path) -> None:
    results, _ = found_of(tmp_path, ["kd", "dkd"], controls=["shuffled_dark"])
    headline = results.headline
    changed = [arm for arm in results.arms if arm.variant]
    assert [arm.distill.loss for arm in changed] == [headline.distill.loss]
    other = next(one.method.key for one in results.methods if one is not headline)
    assert not [arm for arm in results.with_headline(other).arms if arm.variant]
    assert [arm for arm in results.with_headline(headline.method.key).arms if arm.variant] == changed


def test_nothing_is_said_before_every_search_has_chosen(tmp_path: Path) -> None:
    results = read_results(invent_methods(tmp_path, ["kd", "dkd"], searching=["dkd"], controls=["shuffled_dark"]))
    assert find_variants(results, find_rows(results)) is None


def test_a_sweep_without_variants_has_none(tmp_path: Path) -> None:
    results = read_results(invent_methods(tmp_path, ["kd"]))
    assert find_variants(results, find_rows(results)) is None


def test_what_new_images_bring_is_beside_the_control_and_no_question_of_other_controls(tmp_path: Path) -> None:
    unlabeled = {"source": "rest", "num_images": 1200, "num_labelled": 90, "control": True}
    more = {"unlabeled": unlabeled, "data": SMALL["data"] | {"max_train": 100}, "controls": CONTROLS}
    strength = {"kd": 2.4, "unlabeled_control": 2.9, "unlabeled": 3.6}
    results, found = found_of(tmp_path, **more, strength=strength)
    right = right_by_run(results)
    arms = {arm.variant or arm.key: np.stack([right[run.id] for run in arm.runs]) for arm in results.arms}
    assert found.new_images == paired_gain(arms["unlabeled"], arms["unlabeled_control"])
    assert found.new_images.verdict == "gain"
    p = {row.key: (row.change.both.p, row.adjusted_p) for row in found.rows if row.change}
    for keys in (CONTROLS, ["unlabeled", "unlabeled_control"]):
        assert [p[key][1] for key in keys] == holm(np.array([p[key][0] for key in keys])).tolist()
    _, alone = found_of(tmp_path / "alone", **more | {"unlabeled": unlabeled | {"control": False}}, strength=strength)
    assert alone.new_images is None
