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
from kd.files import write_record
from kd.records import Failure
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


def test_no_class_is_counted_where_none_can_be_told(tmp_path: Path) -> None:
    """The card says so too: "0 of 3, none with a clear loss" would be a finding."""
    page = page_of(plant(tmp_path, STUDIES["two seeds that disagree"]))
    assert page.answer.answer.gain is not None and page.answer.num_classes == 0  # type: ignore[union-attr]
    (card,) = (card for card in page.cards if card.topic.name == "classes")
    assert card.line.startswith("Too few seeds to tell which of 3 classes gain")


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_the_first_failure_stands_at_the_head_with_its_reason_its_page_and_its_remedy(
    tmp_path: Path, code: str
) -> None:
    (tmp_path / "results").mkdir()
    folder = plant(tmp_path / "results", STUDIES["failed teacher"])
    (failed,) = (path.parent for path in folder.glob("runs/teacher-*/failure.json"))
    write_record(failed / "failure.json", Failure(kind="non-finite loss", reason="<b>nan</b>"))
    files = report_files(folder, folder.parent / ".data")
    for page in ("index.html", "runs.html"):
        text = str(files[f"{folder_of(code)}{page}"])
        head = text.split('<p class="sweep-state failed">')[1].split("</p>")[0]
        assert f'<a href="runs/{failed.name}.html">{failed.name}</a>' in head
        assert "&lt;b&gt;nan&lt;/b&gt;" in head and "optimizer.lr" in head and "RETRY=1</code>" in head
    markdown = str(files[f"{folder_of(code)}report.md"])
    assert failed.name in markdown and "optimizer.lr" in markdown
