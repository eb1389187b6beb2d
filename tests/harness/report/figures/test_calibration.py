"""The distribution of the true class's probability: the drawn line says what share of images gets at most how much."""

import numpy as np
import pytest

from harness.report.analysis.errors.calibration import find_calibration
from harness.report.analysis.errors.confusions import find_matrix
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.analysis.errors.true_class import TrueClass
from harness.report.figures.calibration import MAX_STEPS, reliability_diagram, true_class_figure
from harness.report.figures.confusions import arm_map, change_map
from harness.report.figures.drawing.style import drawing_style
from harness.report.results.sweep_results import Results
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_sweep import UNFRIENDLY_NAMES

EN = language("en")


@pytest.mark.parametrize("num_images", [1, 7, 5000])
def test_the_line_is_the_share_of_images(num_images: int) -> None:
    probability_N = np.random.default_rng(0).beta(2, 1, num_images)
    with drawing_style():
        drawing = true_class_figure((TrueClass("baseline", probability_N, 1),), EN)
    assert drawing is not None
    (line,) = drawing.figure.axes[0].lines
    x, y = (np.asarray(values) for values in line.get_data())
    assert len(x) <= MAX_STEPS + 1
    for at in (0.02, 0.3, 0.5, 0.9, 0.99):
        drawn = y[np.flatnonzero(x <= at)[-1]]
        assert drawn == pytest.approx(100 * np.mean(probability_N <= at), abs=100 / min(num_images, MAX_STEPS) / 1.9)


def test_certain_models_are_drawn_too() -> None:
    arms = (TrueClass("teacher", np.ones(30), 1), TrueClass("baseline", np.zeros(30), 1))
    with drawing_style():
        drawing = true_class_figure(arms, EN)
    assert drawing is not None
    assert "Teacher 100.0 %" in drawing.description
    assert "nan" not in drawing.svg
    assert "var(--teacher)" in drawing.svg
    assert "var(--baseline)" in drawing.svg


def test_nothing_is_drawn_of_no_arm() -> None:
    assert true_class_figure((), EN) is None


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_figures_speak_every_language(results: Results, errors: ErrorAnalysis, code: str) -> None:
    calibration, matrix, say = find_calibration(results), find_matrix(errors), language(code)
    assert calibration is not None
    with drawing_style():
        diagram = reliability_diagram(calibration, say)
        change = change_map(matrix, UNFRIENDLY_NAMES, say)
        arm = arm_map("teacher", matrix, UNFRIENDLY_NAMES, say)
    assert all(f"{100 * one.ece.mean:.2f}" in diagram.description for one in calibration.arms)
    for drawing in (change, arm):
        assert "<b>x" not in drawing.svg and "&lt;b&gt;x" in drawing.svg
    assert matrix.change is not None
    for truth, predicted in np.ndindex(3, 3):
        if abs(matrix.change[truth, predicted]) >= 0.05:
            anchor = "" if truth == predicted else f"#as-{predicted}"
            assert f'href="class-{truth}.html{anchor}"' in change.svg
