"""Confusion maps: one unit and one scale for all models, what is written and coloured, and where cells lead."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgba

from harness.report.analysis.errors.confusions import Matrix, find_matrix
from harness.report.analysis.errors.errors import ErrorAnalysis, find_errors
from harness.report.figures.confusions import STRONGEST, arm_map, change_map, confusion_data, confusion_maps
from harness.report.figures.drawing.style import COOL, HEAT, Drawing, drawing_style
from harness.report.results.reading.reader import read_results
from harness.report.text.language import language
from tests.support.invented_sweep import UNFRIENDLY_NAMES

EN = language("en")
TEACHER = np.array([[10.0, 0.0, 0.0], [0.0, 6.0, 4.0], [0.0, 0.0, 10.0]])
BEFORE = np.array([[8.0, 2.0, 0.0], [1.0, 9.0, 0.0], [0.0, 4.0, 6.0]])
AFTER = np.array([[9.0, 1.0, 0.0], [3.0, 7.0, 0.0], [0.0, 0.0, 10.0]])
MATRIX = Matrix((0, 1, 2), {"teacher": TEACHER, "baseline": BEFORE, "distilled": AFTER}, 3)


def colors_of(drawing: Drawing) -> np.ndarray:
    """RGBA of the cells [rows, columns, 4]."""
    (mesh,) = (each for each in drawing.figure.axes[0].collections if isinstance(each, QuadMesh))
    with drawing_style():
        mesh.update_scalarmappable()
        return np.asarray(mesh.get_facecolor()).reshape(3, 3, 4)


def drawn(matrix: Matrix = MATRIX) -> dict[str, Drawing]:
    with drawing_style():
        return {name: draw(EN) for name, draw in confusion_maps(matrix, "abc")}


def test_the_same_number_has_the_same_colour_in_every_model() -> None:
    maps = drawn()
    four_of_teacher, four_of_baseline = (
        colors_of(maps["confusion_teacher"])[1, 2],
        colors_of(maps["confusion_baseline"])[2, 1],
    )
    assert four_of_teacher.tolist() == four_of_baseline.tolist()
    bars = {name: drawing.figure.axes[1].get_ylim() for name, drawing in maps.items()}
    assert bars["confusion_teacher"] == bars["confusion_baseline"] == bars["confusion_distilled"] == (0, 4)
    low, high = bars["confusion_change"]
    assert low == -high == -4
    for drawing in maps.values():
        assert drawing.figure.axes[1].get_title(loc="right") == EN("confusion-unit")


def test_the_bars_of_colours_follow_the_page() -> None:
    for drawing in drawn().values():
        assert "<image" not in drawing.svg


def test_less_is_blue_more_is_orange_and_the_same_is_blank() -> None:
    with drawing_style():
        drawing = change_map(MATRIX, "abc", EN)
        cool, heat = to_rgba(COOL)[:3], to_rgba(HEAT)[:3]
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
    drawing = drawn()["confusion_baseline"]
    written = {text.get_position(): text.get_text() for text in drawing.figure.axes[0].texts}
    assert written == {
        (column + 0.5, row + 0.5): f"{BEFORE[row, column]:.1f}"
        for row, column in np.ndindex(3, 3)
        if BEFORE[row, column]
    }
    assert [colors_of(drawing)[place, place, 3] for place in range(3)] == [0, 0, 0]


def test_rows_run_downwards_as_they_are_read() -> None:
    axes = drawn()["confusion_baseline"].figure.axes[0]
    assert axes.get_ylim() == (3, 0)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]


def test_a_cell_leads_to_its_images() -> None:
    svg = drawn()["confusion_baseline"].svg
    assert 'href="class-2.html#as-1"' in svg and 'href="class-1.html#as-0"' in svg
    assert 'href="class-0.html"' in svg and "#as-2" not in svg
    assert EN("confusion-cell", truth="c", predicted="b", number="4.0") in svg


def test_equal_counts_give_equal_bytes() -> None:
    one, other = drawn(), drawn()
    assert all(one[name].svg == other[name].svg for name in one)


def test_an_unchanged_matrix_is_drawn() -> None:
    same = {"baseline": BEFORE, "distilled": BEFORE}
    with drawing_style():
        assert 'class="spot"' not in change_map(Matrix((0, 1, 2), same, 3), UNFRIENDLY_NAMES, EN).svg


def test_without_a_distilled_student_there_is_no_change() -> None:
    assert list(drawn(Matrix((0, 1, 2), {"teacher": TEACHER}, 3))) == ["confusion_teacher"]


def test_models_without_an_error_are_drawn() -> None:
    perfect = {key: np.eye(3) * 10 for key in MATRIX.by_arm}
    for drawing in drawn(Matrix((0, 1, 2), perfect, 3)).values():
        assert drawing.svg


def test_of_many_classes_the_most_confused_are_named_without_numbers(crowd: Path) -> None:
    errors = find_errors(read_results(crowd), [f"kind of a very long name {n}" for n in range(30)])
    assert errors is not None
    matrix = find_matrix(errors)
    with drawing_style():
        axes = arm_map("baseline", matrix, errors.class_names, EN).figure.axes[0]
    assert len(axes.get_yticklabels()) == len(matrix.classes) < 30
    assert not [text for text in axes.texts if text.get_text()]
    assert all(len(label.get_text()) <= 14 for label in axes.get_yticklabels())


def test_the_longest_names_leave_room_for_the_map(invent: Callable[..., Path], tmp_path: Path) -> None:
    names = ["单峰骆驼与双峰骆驼以及其他", "M" * 60, "ordinary"]
    errors = find_errors(read_results(invent(tmp_path / "long", 3, 60, names)), names)
    assert errors is not None
    with drawing_style():
        figure = arm_map("baseline", find_matrix(errors), names, EN).figure
    width = figure.bbox.width
    assert all(label.get_window_extent().x0 >= 0 for label in figure.axes[0].get_yticklabels())
    assert figure.axes[0].get_position().width * width > 0.45 * width


def test_the_data_are_the_counts_of_every_class(errors: ErrorAnalysis) -> None:
    records = confusion_data(errors)
    for key, counts_CC in errors.confusions.items():
        seeds = len(errors.predictions[key].run_ids)
        rebuilt = np.zeros_like(counts_CC, dtype=float)
        for record in records:
            if record["arm"] == key:
                rebuilt[record["true_index"], record["said_index"]] = record["images_per_seed"]
        np.testing.assert_allclose(rebuilt, counts_CC / seeds)
    assert {record["true_class"] for record in records} == set(UNFRIENDLY_NAMES)
