"""A topic's page: its sections in order, each with a template of its name; what fails says so."""

from pathlib import Path

import pytest

from harness.report.pages import topic_page as module
from harness.report.pages.frame.templates import TEMPLATES
from harness.report.pages.frame.topics import TOPICS
from harness.report.pages.topic_page import SECTIONS, topic_page
from harness.report.study import Study, read_study
from harness.report.tables.files import table_files
from harness.report.text.failed_parts import FailedPart, collecting
from harness.report.text.language import language

EN = language("en")
ERRORS = next(topic for topic in TOPICS if topic.name == "errors")
ELSEWHERE = {"answer", "table", "missing", "runs"}
"""Sections of the front page and of the page of runs."""


def test_every_section_has_a_template_and_every_template_a_section() -> None:
    templates = {path.stem for path in (TEMPLATES / "sections").glob("*.html")}
    assert templates == set(SECTIONS) | ELSEWHERE
    for name in templates:
        assert f'<section id="{name}">' in (TEMPLATES / "sections" / f"{name}.html").read_text("utf-8")


def test_the_sections_stand_in_the_order_of_the_topic(study: Study) -> None:
    page = topic_page(ERRORS, study, table_files(study), EN)
    assert [name for name, _ in page.sections] == list(ERRORS.sections)
    assert not page.is_alone


def test_what_is_not_there_yet_is_left_out(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("*/*.*"):
        path.unlink()
    study = read_study(sweep_dir, sweep_dir.parent / ".data")
    files = table_files(study)
    has = {topic.name: [name for name, _ in topic_page(topic, study, files, EN).sections] for topic in TOPICS}
    assert has["errors"] == has["classes"] == has["certainty"] == []
    assert has["size"] == ["cost"] and has["training"] == ["training"] and has["provenance"] == ["provenance"]


def test_a_section_that_fails_leaves_the_others(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECTIONS", {**SECTIONS, "pictures": lambda *_: 1 / 0})
    with collecting() as failed:
        page = topic_page(ERRORS, study, table_files(study), EN)
    assert list(failed) == [("section", "pictures")]
    (_, pictures), (_, confusions) = page.sections
    assert isinstance(pictures, FailedPart) and not isinstance(confusions, FailedPart)
