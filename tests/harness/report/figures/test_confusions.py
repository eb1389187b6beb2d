"""Confusion maps: what is coloured, what is written, and that one drawer serves few classes and many."""

import re

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgba

from harness.report.analysis.errors.confusions import Matrix, find_matrix
from harness.report.analysis.errors.errors import ErrorAnalysis
from harness.report.figures.confusion_maps import STRONGEST, arm_map, change_map
from harness.report.figures.style import COOL, HEAT, Drawing, drawing_style
from harness.report.text.language import language
from tests.support.invented_sweep import UNFRIENDLY_NAMES

EN = language("en")
BEFORE = np.array([[8.0, 2.0, 0.0], [1.0, 9.0, 0.0], [0.0, 4.0, 6.0]])
AFTER = np.array([[9.0, 1.0, 0.0], [3.0, 7.0, 0.0], [0.0, 0.0, 10.0]])
MATRIX = Matrix((0, 1, 2), False, {"baseline": BEFORE, "distilled": AFTER})


def colors_of(drawing: Drawing) -> np.ndarray:
    """RGBA of the cells [rows, columns, 4]."""
    (mesh,) = (each for each in drawing.figure.axes[0].collections if isinstance(each, QuadMesh))
    with drawing_style():
        mesh.update_scalarmappable()
        return np.asarray(mesh.get_facecolor()).reshape(3, 3, 4)


def test_less_is_blue_more_is_orange_and_the_same_is_blank() -> None:
    with drawing_style():
        drawing = change_map(MATRIX, "abc", EN)
        cool, heat = to_rgba(COOL)[:3], to_rgba(HEAT)[:3]
    assert drawing is not None
    rgba = colors_of(drawing)
    assert tuple(rgba[2, 1, :3]) == cool  # four fewer: the largest change
    assert rgba[2, 1, 3] == STRONGEST
    assert tuple(rgba[1, 0, :3]) == heat  # two more: half of it
    assert 0.4 * STRONGEST < rgba[1, 0, 3] < 0.6 * STRONGEST
    blank = [
        (row, column) for row, column in np.ndindex(3, 3) if row == column or AFTER[row, column] == BEFORE[row, column]
    ]
    assert all(rgba[cell][3] == 0 for cell in blank)


def test_a_diagonal_without_colour_still_has_its_numbers() -> None:
    with drawing_style():
        drawing = arm_map("baseline", MATRIX, "abc", EN)
    written = {text.get_position(): text.get_text() for text in drawing.figure.axes[0].texts if text.get_text()}
    assert written == {
        (column + 0.5, row + 0.5): f"{BEFORE[row, column]:.1f}"
        for row, column in np.ndindex(3, 3)
        if BEFORE[row, column]
    }
    assert [colors_of(drawing)[place, place, 3] for place in range(3)] == [0, 0, 0]


def test_rows_run_downwards_as_they_are_read() -> None:
    with drawing_style():
        drawing = arm_map("baseline", MATRIX, "abc", EN)
    bottom, top = drawing.figure.axes[0].get_ylim()
    assert (bottom, top) == (3, 0)
    places = re.findall(r'<text[^>]* y="([-\d.]+)"[^>]*>([abc])</text>', drawing.svg)
    rows = [name for _, name in sorted(places, key=lambda place: float(place[0]))][:3]
    assert rows == ["a", "b", "c"]


def test_equal_counts_give_equal_bytes() -> None:
    with drawing_style():
        assert arm_map("baseline", MATRIX, "abc", EN).svg == arm_map("baseline", MATRIX, "abc", EN).svg


def test_an_unchanged_matrix_is_drawn(errors: ErrorAnalysis) -> None:
    same = find_matrix(errors).by_arm["teacher"]
    with drawing_style():
        drawing = change_map(
            Matrix((0, 1, 2), False, {"baseline": same, "distilled": same}), UNFRIENDLY_NAMES, language("en")
        )
    assert drawing is not None and 'class="spot"' not in drawing.svg
