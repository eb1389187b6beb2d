"""Accuracies, gains and class errors as figures: what is drawn, and what is left out."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import Row, find_rows
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.figures.accuracy import MAX_CLASSES_SHOWN, accuracies, class_errors, gain_intervals
from harness.report.figures.drawing.style import Drawing, drawing_style
from harness.report.results.reading.reader import read_results
from harness.report.text.language import LANGUAGES, language
from harness.report.text.numbers import percent, signed_points
from harness.sweep.sections.reference import Reference

EN = language("en")


@pytest.fixture
def rows(invented: Path) -> tuple[Row, ...]:
    return find_rows(read_results(invented))


def dots_of(drawing: Drawing) -> list[float]:
    """Where seeds and means are drawn."""
    return sorted(float(x) for dots in drawing.figure.axes[0].collections for x, _ in dots.get_offsets())


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_accuracy_is_written_beside_its_name(rows: tuple[Row, ...], code: str) -> None:
    with drawing_style():
        drawing = accuracies(rows, (), language(code))
    assert drawing is not None
    for row in rows:
        assert row.accuracy is not None
        assert percent(row.accuracy.mean) in drawing.svg and percent(row.accuracy.mean) in drawing.description


def test_means_and_seeds_are_in_per_cent_and_published_figures_on_the_axis(rows: tuple[Row, ...]) -> None:
    low = min(row.accuracy.low for row in rows if row.accuracy) / 2
    with drawing_style():
        drawing = accuracies(rows, [Reference(source="a paper", teacher=low)], EN)
    assert drawing is not None
    means = [100 * row.accuracy.mean for row in rows if row.accuracy]
    seeds = [100 * seed for row in rows for seed in row.accuracies]
    assert dots_of(drawing) == pytest.approx(sorted(means + seeds))
    assert drawing.figure.axes[0].get_xlim()[0] < 100 * low


def test_gains_are_in_points_and_a_baseline_has_none(rows: tuple[Row, ...]) -> None:
    with drawing_style():
        drawing = gain_intervals(rows, EN)
    assert drawing is not None
    (gain,) = [row.gain for row in rows if row.gain is not None]
    assert signed_points(gain.both.mean) in drawing.description
    assert dots_of(drawing) == pytest.approx(sorted(100 * value for value in (gain.both.mean, *gain.by_seed)))
    left, right = drawing.figure.axes[0].get_xlim()
    assert left < 0 < right


def test_without_accuracies_there_is_no_figure(rows: tuple[Row, ...]) -> None:
    untested = [replace(row, accuracy=None, gain=None) for row in rows]
    assert accuracies(untested, None, EN) is None
    assert gain_intervals(untested, EN) is None
    assert class_errors([], EN) is None


def test_of_many_classes_those_that_changed_most_are_shown_the_hardest_first(errors: ErrorAnalysis) -> None:
    row = errors.classes[0]
    baseline = row.errors["baseline"]
    assert row.gain is not None
    many = [
        replace(
            row,
            index=number,
            name=f"class {number}",
            gain=row.gain._replace(mean=1 / (number + 1), p=1 / (number + 2)),
            errors=row.errors | {"baseline": baseline._replace(mean=0.5 - number / 1000)},
        )
        for number in range(MAX_CLASSES_SHOWN + 6)
    ]
    with drawing_style():
        drawing = class_errors(many, EN)
    assert drawing is not None
    shown = [int(found) for found in re.findall(r"class (\d+)<", drawing.svg)]
    assert list(dict.fromkeys(shown)) == list(range(6, MAX_CLASSES_SHOWN + 6))
    assert [spot.href for spot in drawing.hotspots] == [f"class-{n}.html" for n in range(6, MAX_CLASSES_SHOWN + 6)]


def test_every_seed_of_a_class_is_a_dot(errors: ErrorAnalysis) -> None:
    with drawing_style():
        drawing = class_errors(errors.classes, EN)
    assert drawing is not None
    seeds = [
        100 * (1 - errors.predictions[arm].right_SN[seed, errors.labels_N == row.index].mean())
        for arm in ("baseline", "distilled")
        for row in errors.classes
        for seed in range(len(errors.predictions[arm].run_ids))
    ]
    assert dots_of(drawing) == pytest.approx(sorted(seeds))
    data = [record["error_percent"] for record in drawing.data if record["statistic"] == "seed"]
    teacher = [record for record in drawing.data if record["arm"] == "teacher" and record["statistic"] == "seed"]
    assert len(data) == len(seeds) + len(teacher)
    assert {record["class"] for record in drawing.data} == {row.name for row in errors.classes}
