"""Text is measured in every script and kept as text; ticks say what they stand for."""

import re
import unicodedata

import pytest

from harness.report.figures.drawing.style import ShareLocator, drawing_style, finish, new_figure


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


@pytest.mark.parametrize("low", [99.98, 99.9998, 98.7])
def test_a_tick_is_the_value_itself_however_alike_all_values_are(low: float) -> None:
    with drawing_style():
        figure, axes = new_figure(400, 300)
        axes.yaxis.set_major_locator(ShareLocator())
        axes.plot([7000, 8000], [low, 100.0])
        said = re.findall(r"<text[^>]*>([^<]*)</text>", finish("alike", figure, "a test").svg)
    shares = [float(text) for text in said if float(text) < 7000]
    assert len(shares) >= 3
    assert all(low - 0.5 < share <= 100 for share in shares)
