"""The front page: the answer, the results, and a card for every topic but the answer itself."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from markupsafe import escape

from harness.report.build import report_files
from harness.report.pages.frame.topics import find_topics
from harness.report.pages.front_page import FrontPage, front_page
from harness.report.study import read_study
from harness.report.tables.files import table_files
from harness.report.text.language import LANGUAGES, folder_of, language
from tests.support.failing_studies import STUDIES, plant
from tests.support.pages import files_with


def page_of(sweep_dir: Path, code: str = "en") -> FrontPage:
    study = read_study(sweep_dir, sweep_dir.parent / ".data")
    return front_page(study, table_files(study), language(code))


def test_every_topic_but_the_answer_has_a_card(finished: Path) -> None:
    page = page_of(finished)
    topics = find_topics(read_study(finished, finished.parent / ".data"))
    assert [card.topic for card in page.cards] == list(topics[1:])
    with pytest.raises(FrozenInstanceError):
        page.answer = None  # type: ignore[misc, assignment]


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_a_sweep_that_has_just_begun_has_every_page_it_leads_to(sweep_dir: Path, code: str) -> None:
    for path in (sweep_dir / "runs").glob("*/*.*"):
        path.unlink()
    (sweep_dir / "trials.json").unlink()
    files = report_files(sweep_dir, sweep_dir.parent / ".data")
    for card in page_of(sweep_dir, code).cards:
        name = f"{folder_of(code)}{card.topic.page}"
        assert name in files
        assert f'href="{card.topic.page}"' in str(files[f"{folder_of(code)}index.html"])
    empty = language(code)("topic-empty")
    assert empty in str(files[f"{folder_of(code)}classes.html"])
    assert empty not in str(files[f"{folder_of(code)}provenance.html"])


def test_with_one_seed_the_command_for_more_can_be_copied(tmp_path: Path) -> None:
    folder = plant(tmp_path / "results", STUDIES["one seed"])
    command = read_study(folder, folder.parent / ".data").answer.more_seeds
    assert command is not None
    assert f"<code>{escape(command.line)}</code>" in files_with(folder, "index.html")["index.html"]
