"""Text is measured in every script and kept as text."""

import unicodedata

import pytest

from harness.report.figures.drawing.style import drawing_style, finish, new_figure


@pytest.mark.parametrize("text", ["教师模型", "蒸馏", "犬と猫", "고양이", "😀"])
def test_figures_measure_every_script_and_keep_its_text(text: str) -> None:
    """Warnings are errors here, so a glyph that is missing would fail."""
    size = 20
    with drawing_style():
        figure, axes = new_figure(400, 100)
        label = axes.text(0, 0.5, text, fontsize=size)
        drawing = finish("wide", figure, "a test")
        width = label.get_window_extent().width
    assert f">{text}</text>" in drawing.svg
    num_wide = sum(unicodedata.east_asian_width(letter) == "W" for letter in text)
    assert num_wide * size <= width <= 1.25 * num_wide * size
