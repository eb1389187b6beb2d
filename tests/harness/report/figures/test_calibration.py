"""The reliability diagram in every language."""

import numpy as np
import pytest

from harness.report.analysis.calibration import find_calibration
from harness.report.analysis.confusions import find_matrix
from harness.report.analysis.errors import ErrorAnalysis
from harness.report.figures.calibration import reliability_diagram
from harness.report.figures.confusion_maps import arm_map, change_map
from harness.report.figures.style import drawing_style
from harness.report.results.sweep_results import Results
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_sweep import UNFRIENDLY_NAMES


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_figures_speak_every_language(results: Results, errors: ErrorAnalysis, code: str) -> None:
    calibration, matrix, say = find_calibration(results), find_matrix(errors), language(code)
    assert calibration is not None
    with drawing_style():
        diagram = reliability_diagram(calibration, say)
        change = change_map(matrix, UNFRIENDLY_NAMES, say)
        arm = arm_map("teacher", matrix, UNFRIENDLY_NAMES, say)
    assert change is not None
    assert all(f"{100 * one.ece.mean:.2f}" in diagram.description for one in calibration.arms)
    for drawing in (change, arm):
        assert "<b>x" not in drawing.svg and "&lt;b&gt;x" in drawing.svg
    assert matrix.change is not None
    for truth, predicted in np.ndindex(3, 3):
        if abs(matrix.change[truth, predicted]) >= 0.05:
            anchor = "" if truth == predicted else f"#as-{predicted}"
            assert f'href="class-{truth}.html{anchor}"' in change.svg
