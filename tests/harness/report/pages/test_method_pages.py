"""The pages of methods, and what the front page shows of them: the same whatever their number."""

import re
from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.study import Study
from harness.report.tables.arms.methods import page_of
from harness.report.text.findings.methods import methods_sentence
from harness.report.text.language import LANGUAGES, folder_of, language
from tests.support.invented_methods import invent_methods
from tests.support.pages import Links, broken_links, files_with, typed

Files = dict[str, str | bytes]


@pytest.fixture(scope="module")
def files(several: Study) -> Files:
    return report_files(several.results.folder, several.results.folder.parent / ".data")


def text(files: Files, name: str) -> str:
    content = files[name]
    assert isinstance(content, str)
    return typed(content)


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_method_has_a_page_with_its_search_classes_and_teacher(files: Files, several: Study, code: str) -> None:
    say, folder = language(code), folder_of(code)
    assert several.methods is not None
    overview = text(files, f"{folder}methods.html")
    assert str(methods_sentence(several.methods, say)) in overview
    for name in ("kd", "dkd", "dist"):
        page = text(files, f"{folder}{page_of(name)}")
        assert f'href="{page_of(name)}"' in overview
        assert say("methods-here", name=name) in page
        for section in ("search", "classes", "agreement"):
            assert f'id="{section}"' in page
        assert page.count('aria-current="page"') == 1


def test_a_page_is_about_its_own_method(files: Files, several: Study) -> None:
    settings = {one.method.name: one.params for one in several.results.methods}
    for name, params in settings.items():
        assert params is not None
        page = text(files, page_of(name))
        assert f"T {float(params['temperature']):.3g}" in page
        assert f"with {name}, α" in page


def test_no_page_leads_nowhere(files: Files) -> None:
    pages = ("index.html", "methods.html", "method-kd.html", "method-dkd.html", "method-baseline.html")
    parsed = {name: Links(text(files, name)) for name in files if name.endswith(".html")}
    assert broken_links(parsed, files) == []
    assert set(pages) <= set(parsed)


def test_the_front_page_says_it_once_and_leads_on(files: Files, several: Study) -> None:
    index = text(files, "index.html")
    assert several.methods is not None
    assert index.count(methods_sentence(several.methods, language("en"))) == 1
    assert 'href="methods.html"' in index and "The baseline was tuned as well" in index
    assert 'href="method-baseline.html"' in text(files, "search.html")


def test_a_baseline_that_was_searched_has_a_page(files: Files) -> None:
    page = text(files, "method-baseline.html")
    assert language("en")("search-baseline-title") in page and "optimizer.lr" in page


@pytest.mark.thorough
def test_the_front_page_does_not_grow_with_the_methods(tmp_path: Path) -> None:
    figures = {}
    for number in (2, 9):
        names = ["kd", *({"loss": "dkd", "name": f"dkd{place}"} for place in range(number - 1))]
        folder = invent_methods(tmp_path / str(number), names, search={"num_trials": 2}, seeds=2)
        index = text(files_with(folder, "index.html"), "index.html")
        figures[number] = index.count("<svg")
        assert len(re.findall('<section id="', index)) == len(set(re.findall('<section id="([a-z]+)"', index)))
    assert figures[2] == figures[9]


@pytest.mark.thorough
@pytest.mark.parametrize("trouble", [{"failed": ["dkd"]}, {"searching": ["dkd"]}, {"untested": ["dkd"]}, {"seeds": 1}])
def test_a_method_in_any_state_has_a_page(tmp_path: Path, trouble: dict[str, list[str]]) -> None:
    folder = invent_methods(tmp_path, ["kd", "dkd"], search={"num_trials": 3}, **trouble)
    made = report_files(folder, tmp_path / ".data")
    assert 'class="failed-part"' not in text(made, "method-dkd.html")
    if "seeds" not in trouble:
        assert "dkd has no tested student" in text(made, "method-dkd.html")


def test_a_sweep_of_one_method_says_nothing_of_methods(site: Path) -> None:
    assert not (site / "methods.html").exists()
    assert "methods.html" not in (site / "index.html").read_text("utf-8")
