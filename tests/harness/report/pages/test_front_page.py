"""The front page: every section has a template, a place and a title, and is there when there is something to show."""

import re
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from harness.report.pages.front_page import FrontPage, front_page
from harness.report.pages.templates import TEMPLATES
from harness.report.study import read_study
from harness.report.tables.files import table_files
from harness.report.text.language import LANGUAGES, MESSAGES, language

NAMES = [field.name for field in fields(FrontPage)]


def page_of(sweep_dir: Path, code: str = "en") -> FrontPage:
    study = read_study(sweep_dir, sweep_dir.parent / ".data")
    return front_page(study, table_files(study), language(code))


def test_every_section_has_a_template_and_every_template_a_section() -> None:
    assert {path.stem for path in (TEMPLATES / "sections").glob("*.html")} == set(NAMES)
    for name in NAMES:
        assert f'<section id="{name}">' in (TEMPLATES / "sections" / f"{name}.html").read_text("utf-8")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_section_but_the_tradeoff_has_a_title_in_the_navigation(code: str) -> None:
    titles = re.findall(r"^nav-(\w+) =", (MESSAGES / code / "page.ftl").read_text("utf-8"), re.MULTILINE)
    assert set(titles) == set(NAMES) - {"tradeoff"}


def test_a_finished_sweep_has_every_section_but_what_is_missing_and_what_was_not_asked_for(finished: Path) -> None:
    page = page_of(finished)
    absent = ("missing", "methods", "variants", "extra_tests")
    assert [name for name, _ in page.sections] == [name for name in NAMES if name not in absent]
    with pytest.raises(FrozenInstanceError):
        page.answer = None  # type: ignore[misc, assignment]


def test_a_sweep_that_has_just_begun_has_the_sections_it_can_have(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("*/*.*"):
        path.unlink()
    (sweep_dir / "trials.json").unlink()
    page = page_of(sweep_dir)
    assert [name for name, _ in page.sections] == [
        "answer", "table", "cost", "training", "search", "missing", "runs", "provenance"
    ]  # fmt: skip
    assert page.table.beyond is None and page.search.trials is None and not page.training.charts
