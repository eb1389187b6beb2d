"""Every text of every figure lies inside it, whatever things are called, in papers and pages of every language."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from harness.report.analysis.chance.statistics import Estimate
from harness.report.build import report_files
from harness.report.figures.drawing import style
from harness.report.figures.drawing.forest import ForestRow, forest
from harness.report.figures.drawing.inside import in_lines, legend_above
from harness.report.figures.drawing.print_style import COLUMN, PAGE
from harness.report.figures.drawing.style import WEB, Drawing, FigureStyle, drawing_style, finish, new_figure
from harness.report.publish.paper_figures import find_figures
from harness.report.study import Study, family_of, read_studies, read_study
from harness.report.text.language import LANGUAGES, language
from kd.plain_text import printable
from tests.support.figure_texts import cut_off
from tests.support.invented_family import Invented, invent_family
from tests.support.invented_methods import WIDE_SPACE, invent_methods
from tests.support.nasty_names import NASTY_NAMES, texts

LOOKS = {"web": WEB, "column": COLUMN, "page": PAGE}
LONG = ("Wide Withering Wombats " * 9, "单峰骆驼" * 30, "W" * 999)
every_language = pytest.mark.parametrize("code", list(LANGUAGES))
every_look = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)


def drawn(look: FigureStyle, *labels: str, axis: str = "gain over the baseline, points of test accuracy") -> Drawing:
    rows = [ForestRow(label, "distilled", "distilled", Estimate(1.0, 0.5, 1.5), (0.8, 1.2)) for label in labels]
    with drawing_style(look):
        return forest("gains", rows, axis, "", "gain_points", zero=True)


@every_look
@pytest.mark.parametrize("label", [*LONG, "Setting α 0.9, T 4", "Labels smoothed in place of the teacher\u200293.37"])
def test_rows_and_a_long_axis(look: FigureStyle, label: str) -> None:
    figure = drawn(look, label, "Distilled").figure
    assert cut_off(figure, look) == []
    assert figure.axes[0].bbox.width > 0.2 * figure.bbox.width, "a name leaves the plot some room"


@every_look
@pytest.mark.parametrize("axis", [LONG[0], LONG[1], LONG[2]], ids=["words", "ideographs", "a word"])
def test_an_axis_longer_than_its_figure_is_broken(look: FigureStyle, axis: str) -> None:
    assert cut_off(drawn(look, "Distilled", "Baseline", "Teacher", axis=axis).figure, look) == []


@pytest.mark.thorough
@given(label=texts.map(printable), axis=texts.map(printable))
def test_names_that_nobody_foresees(label: str, axis: str) -> None:
    assert cut_off(drawn(COLUMN, label, "Distilled", axis=axis).figure, COLUMN) == []


def test_what_is_cut_off_is_found() -> None:
    """As in the paper's ``gains.pdf`` once: the axis label of a narrow plot."""
    with drawing_style(COLUMN):
        figure, axes = new_figure(440, 220)
        axes.set_xlabel("gain over the baseline, points of test accuracy")
        style.settle(figure)
        axes.set_position((0.6, 0.3, 0.38, 0.6))
    found = [text.partition(" at ")[0] for text in cut_off(figure, COLUMN)]
    assert "'gain over the baseline, points of test accuracy'" in found


@every_look
@pytest.mark.parametrize("number", [1, 3, 9])
def test_a_legend_takes_as_many_columns_as_fit(look: FigureStyle, number: int) -> None:
    def legend_of(figure: Figure) -> Any:
        return figure.legends[0]

    with drawing_style(look):
        figure, axes = new_figure(440, 300)
        for place in range(number):
            axes.plot([0, 1], [place, place], label=f"a model of some length {place}")
        legend_above(axes)
        finish("legend", figure, "")
        legend = legend_of(figure)
        assert legend.get_window_extent().width <= figure.bbox.width
        assert legend.get_window_extent().y0 >= axes.bbox.y1 - 1, "above the plot"
    assert cut_off(figure, look) == []


@given(label=st.text(min_size=1, max_size=200), letters=st.integers(8, 40), lines=st.integers(1, 3))
def test_a_label_in_lines_is_never_longer(label: str, letters: int, lines: int) -> None:
    broken = in_lines(label, letters, lines).split("\n")
    if label.split():
        assert len(broken) <= lines
        assert all(len(line) <= letters for line in broken)


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory, invent: Callable[..., Path]) -> Path:
    """As many classes as have numbers in their cells, by names as long and as strange as there are."""
    short = [name for name in NASTY_NAMES.values() if name.strip()]
    names = [*LONG, *short][:20]
    compare = [{"alpha": 0.123456, "temperature": 12.3456}]
    return invent(tmp_path_factory.mktemp("nasty"), 20, 400, names, seeds=3, compare=compare)


def cut_in_print(study: Study, code: str) -> list[str]:
    """What is cut off in the figures of a paper."""
    say = language(code, study.results.metric)
    return [f"{one.name}: {text}" for one in find_figures(study, say) for text in cut_off(one.drawing.figure, one.look)]


@pytest.mark.thorough
@every_language
def test_a_paper_with_nasty_names(nasty: Path, code: str) -> None:
    assert cut_in_print(read_study(nasty, nasty.parent / ".data"), code) == []


@every_language
@pytest.mark.thorough
def test_a_paper_of_several_methods_and_four_dimensions(several: Study, code: str) -> None:
    assert cut_in_print(several, code) == []


@every_language
@pytest.mark.thorough
def test_a_paper_of_a_real_sweep(study: Study, code: str) -> None:
    assert cut_in_print(study, code) == []


@pytest.mark.thorough
@every_language
def test_a_paper_of_several_students(tmp_path: Path, code: str) -> None:
    models = {"W" * 40: Invented(0.95, 9000, 3.0), "m" * 40: Invented(0.94, 800), "c": Invented(0.9, 700)}
    studies = read_studies(invent_family(tmp_path, models), tmp_path / ".data")
    family, say = family_of(studies), language(code)
    figures = [one for one in find_figures(studies[0], say, family) if one.name.startswith("students_")]
    assert len(figures) == 3
    assert [text for one in figures for text in cut_off(one.drawing.figure, one.look)] == []


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["nasty", "methods"])
def test_the_figures_of_the_pages(kind: str, nasty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Drawing] = []

    class Recorded(Drawing):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            made.append(self)

    monkeypatch.setattr(style, "Drawing", Recorded)
    folder = nasty
    if kind == "methods":
        search = {"num_trials": 24, "repeats": 0, "space": WIDE_SPACE}
        folder = invent_methods(tmp_path, ["kd", "dkd", "dist"], search=search)
    report_files(folder, folder.parent / ".data")
    assert len(made) >= 8, "once for both languages, with room for the longer words"
    assert [f"{one.name}: {text}" for one in made for text in cut_off(one.figure, WEB)] == []
