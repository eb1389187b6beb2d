"""The report as Markdown says what the pages say, in both languages, and no more than a pull request has room for."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from harness.report.analysis.causes import explain
from harness.report.build import report_files
from harness.report.markdown import report
from harness.report.markdown.report import markdown_files, markdown_report
from harness.report.pages.frame.topics import ANSWER, find_topics
from harness.report.pages.topic_cards import CARDS, topic_card
from harness.report.study import Study, read_study
from harness.report.text.failed_parts import collecting
from harness.report.text.language import LANGUAGES, language
from kd.plain_text import escape_markdown
from tests.support.failing_studies import STUDIES, plant

LONGEST_COMMENT = 65_536  # letters, on GitHub


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_topic_has_its_heading_and_its_line(study: Study, code: str) -> None:
    say = language(code, study.results.metric)
    text = markdown_report(study, say)
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    topics = [topic for topic in find_topics(study) if topic.name != ANSWER]
    assert headings == [say(f"topic-{topic.name}") for topic in topics]
    for topic in topics:
        assert escape_markdown(topic_card(topic, study, say).line) in text, topic.name


def test_it_is_short_and_the_same_every_time(study: Study) -> None:
    files = markdown_files(study)
    assert set(files) == {"report.md", "zh/report.md"}
    assert files == markdown_files(study)
    assert all(len(text) < LONGEST_COMMENT / 3 for text in files.values())


def test_it_is_a_file_of_the_site_and_the_page_of_provenance_leads_there(finished: Path) -> None:
    files = report_files(finished, finished.parent / ".data")
    for folder in ("", "zh/"):
        assert str(files[f"{folder}report.md"]).startswith("# small\n")
        assert '<a href="report.md">' in str(files[f"{folder}provenance.html"])


@pytest.mark.parametrize("name", STUDIES)
def test_of_a_failing_study_it_says_what_the_page_says(tmp_path: Path, name: str) -> None:
    folder = plant(tmp_path / "results", STUDIES[name])
    found = read_study(folder, folder.parent / ".data")
    for code, text in markdown_files(found).items():
        say = language("zh" if code.startswith("zh") else "en", found.results.metric)
        shown = MarkdownIt("commonmark").enable("table").render(text)
        assert "|" not in shown.replace("||", ""), "every table is one"
        for cause in explain(found.results, found.answer, found.findings.search):
            assert f'SET="{cause.change}"' in text or cause.change is None
        for topic in find_topics(found):
            if topic.name in CARDS:
                assert escape_markdown(CARDS[topic.name].line(found, say)) in text


def test_a_topic_that_fails_takes_no_other_with_it(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no *size*")

    say = language("en", study.results.metric)
    whole = markdown_report(study, say)
    monkeypatch.setattr(report, "BLOCKS", {**report.BLOCKS, "size": fail})
    with collecting() as failed:
        text = markdown_report(study, say)
    assert [part.name for part in failed.values()] == ["size"]
    assert "ValueError: no \\*size\\*" in text
    assert text.partition("## Size")[0] == whole.partition("## Size")[0]
    assert text.partition("## Training")[2] == whole.partition("## Training")[2]


def test_a_command_that_goes_on_ends_its_paragraph(tmp_path: Path) -> None:
    text = markdown_files(read_study(plant(tmp_path, STUDIES["distilled failed"]), tmp_path / ".data"))["report.md"]
    (line,) = (line for line in text.splitlines() if line.startswith("Failed"))
    assert "sweep " in line and line.endswith("`")
