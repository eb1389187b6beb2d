"""Data of figures as files: once a site, whatever the language."""

from functools import partial

from harness.report.figures.drawing.words import DrawnFigure
from harness.report.pages.frame.figure_files import FigureFile, drawn_once, figure_files, file_of, with_data
from harness.report.text.language import language

EN, ZH = language("en"), language("zh")


def test_a_figure_of_every_language_has_one_file() -> None:
    with figure_files("sweep") as texts:
        files = [file_of("search_map", lambda: [{"trial": 1, "alpha": 0.25}], say) for say in (EN, ZH)]
    assert texts == {"figures/search-map.csv": "trial,alpha\n1,0.25\n"}
    assert files == [
        FigureFile("sweep-search-map", "figures/search-map.csv"),
        FigureFile("sweep-search-map", "../figures/search-map.csv"),
    ]


def test_a_page_in_a_folder_finds_the_root() -> None:
    with figure_files("sweep"):
        assert file_of("run", lambda: [{"epoch": 1}], ZH, up="../").path == "../../figures/run.csv"


def test_a_figure_without_data_has_no_file() -> None:
    with figure_files("sweep") as texts:
        assert file_of("empty", list, EN) == FigureFile("sweep-empty", "")
    assert texts == {}


def test_numbers_that_are_none_are_holes_and_formulas_are_texts() -> None:
    with figure_files("sweep") as texts:
        file_of("odd", lambda: [{"value": float("nan"), "name": "=cmd()"}], EN)
    assert texts == {"figures/odd.csv": "value,name\n,'=cmd()\n"}


def test_two_sites_do_not_share_their_files() -> None:
    with figure_files("one") as first:
        file_of("gains", lambda: [{"gain_points": 1}], EN)
    with figure_files("other") as second:
        file_of("gains", lambda: [{"gain_points": 2}], EN)
    assert first != second


def test_files_come_with_the_data_of_their_own_figures_whatever_is_drawn_already() -> None:
    drawn: list[str] = []

    def draw() -> DrawnFigure | None:
        drawn.append("gains")
        return None

    def make(page: str) -> dict[str, str | bytes]:
        drawn_once("gains", draw)
        return {page: file_of("gains", lambda: [{"gain_points": 1}], EN).path}

    with figure_files("sweep") as texts:
        made = [with_data(partial(make, page)) for page in ("one.html", "two.html")]
    data = {"figures/gains.csv": "gain_points\n1\n"}
    assert made == [{page: "figures/gains.csv", **data} for page in ("one.html", "two.html")]
    assert drawn == ["gains"]
    assert texts == {}
