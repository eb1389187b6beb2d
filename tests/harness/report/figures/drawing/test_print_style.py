"""Figures for print: exact in width, the same bytes twice, and nothing of the program in them."""

import re

import pytest

from harness.report.figures.drawing.print_style import COLUMN, COLUMN_IN, PAGE, PAGE_IN, Print, to_print
from harness.report.figures.drawing.style import ARM_COLORS, Drawing, FigureStyle, drawing_style, new_figure


def printed(look: FigureStyle) -> Print:
    with drawing_style(look):
        figure, axes = new_figure(440, 220)
        axes.plot([0, 1], [0, 1], color=ARM_COLORS["distilled"], label="a line")
        axes.set_xlabel("epoch")
        return to_print(Drawing("line", figure, "a line"), look)


@pytest.mark.parametrize(("look", "inches"), [(COLUMN, COLUMN_IN), (PAGE, PAGE_IN)])
def test_the_width_is_that_of_a_column_or_a_page(look: FigureStyle, inches: float) -> None:
    result = printed(look)
    width = re.search(rb'width="([\d.]+)pt"', result.svg)
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ", result.pdf)
    assert width is not None and box is not None
    assert float(width[1]) == pytest.approx(72 * inches) and float(box[1]) == pytest.approx(72 * inches)


def test_equal_figures_are_equal_bytes_without_date_or_program() -> None:
    one, other = printed(COLUMN), printed(COLUMN)
    assert one == other
    for content in one:
        assert b"CreationDate" not in content and b"dc:date" not in content and b"Creator" not in content


def test_colours_are_real_and_fonts_embedded() -> None:
    result = printed(COLUMN)
    assert b"#0072b2" in result.svg
    assert b"var(--" not in result.svg
    assert b"/FontFile2" in result.pdf and b"/Type3" not in result.pdf
