"""Accuracy against each price, drawn."""

from pathlib import Path

import pytest

from harness.report.analysis.family import PRICES, Family
from harness.report.figures.drawing.style import MUTED, color_of, drawing_style
from harness.report.figures.family import scatter
from harness.report.study import family_of, read_studies
from harness.report.text.language import language
from tests.support.invented_family import Invented, invent_family

EN = language("en")


def family(results: Path, students: dict[str, Invented], **more: int) -> Family:
    found = family_of(read_studies(invent_family(results, students, **more), results / ".data"))
    assert found is not None
    return found


@pytest.mark.parametrize("price", PRICES)
def test_every_model_with_its_interval_and_the_dominated_grey(tmp_path: Path, price: str) -> None:
    found = family(tmp_path, {"good": Invented(0.95, 3000, ms=2.0), "slow": Invented(0.93, 4000, ms=3.0)})
    with drawing_style():
        drawing = scatter(found, price, EN)  # type: ignore[arg-type]
    assert drawing is not None
    (axes,) = drawing.figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["Teacher", "good", "slow"]
    assert [text.get_color() == MUTED for text in axes.texts] == [False, False, True]
    vertical = [line for line in axes.lines if len(set(line.get_xdata())) == 1]
    horizontal = [line for line in axes.lines if len(set(line.get_xdata())) == 2]
    assert len(vertical) == 3 and len(horizontal) == (3 if price == "latency" else 0)
    assert vertical[1].get_color() == color_of("distilled") and vertical[2].get_color() == MUTED
    assert [spot.title.partition(":")[0] for spot in drawing.hotspots] == ["Teacher", "good", "slow"]
    assert "another model is at least as accurate at no higher cost" in drawing.hotspots[2].title
    assert "nan" not in drawing.svg


def test_models_of_one_price_are_not_drawn_against_it(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": Invented(0.9, 10_000, ms=5.0), "b": Invented(0.8, 10_000, ms=5.0)})
    with drawing_style():
        assert [scatter(found, price, EN) for price in PRICES] == [None] * 3


def test_one_seed_and_a_failed_student(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": Invented(0.9, 300), "broken": Invented(0.9, fails=True)}, seeds=1)
    with drawing_style():
        drawing = scatter(found, "bytes", EN)
    assert drawing is not None and [text.get_text() for text in drawing.figure.axes[0].texts] == ["Teacher", "a"]


def test_every_seed_is_a_dot_and_a_number(tmp_path: Path) -> None:
    found = family(tmp_path, {"a": Invented(0.95, 3000), "b": Invented(0.93, 4000)})
    with drawing_style():
        drawing = scatter(found, "bytes", EN)
    assert drawing is not None
    seeds = [record for record in drawing.data if record["statistic"] == "seed" and record["model"] == "a"]
    assert [record["accuracy_percent"] for record in seeds] == pytest.approx(
        [100 * value for value in found.rows[0].part.answer.distilled.accuracies]
    )
    heights = {round(float(y), 9) for dots in drawing.figure.axes[0].collections for _, y in dots.get_offsets()}
    assert {round(record["accuracy_percent"], 9) for record in seeds} <= heights
    assert {record["weights_bytes"] for record in seeds} == {found.rows[0].price("bytes")}


def test_no_tick_says_that_more_than_all_is_right(tmp_path: Path) -> None:
    found = family(tmp_path, {"good": Invented(1.0, 3000, ms=2.0), "slow": Invented(1.0, 4000, ms=3.0)})
    with drawing_style():
        drawing = scatter(found, PRICES[0], EN)
    assert drawing is not None
    assert max(drawing.figure.axes[0].get_yticks()) <= 100
