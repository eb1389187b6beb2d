"""The topics: each has its word in both languages, and its page where there is something to it."""

import re
from pathlib import Path

import pytest

from harness.report.pages.frame.topics import TOPICS, find_topics
from harness.report.pages.topic_page import SECTIONS
from harness.report.study import Study
from harness.report.text.language import LANGUAGES, MESSAGES, language
from tests.support.pages import files_of


def test_every_section_is_on_one_page() -> None:
    sections = [name for topic in TOPICS for name in topic.sections]
    assert sorted(sections) == sorted(SECTIONS)


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_topic_has_a_word_and_no_two_have_the_same(code: str) -> None:
    words = [language(code)(f"topic-{topic.name}") for topic in TOPICS]
    assert len(set(words)) == len(TOPICS)
    said = re.findall(r"^topic-([\w-]+) =", (MESSAGES / code / "page.ftl").read_text("utf-8"), re.MULTILINE)
    assert set(said) == {topic.name for topic in TOPICS} | {"empty"}


def test_what_was_not_asked_for_has_no_topic(study: Study) -> None:
    names = {topic.name for topic in find_topics(study)}
    assert {"methods", "controls", "other-tests"}.isdisjoint(names)
    assert {topic.name for topic in TOPICS if topic.sections} - {"controls", "other-tests"} <= names


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_the_navigation_and_the_headings_use_the_same_words(site: Path, study: Study, code: str) -> None:
    say, folder = language(code), site / ("" if code == "en" else code)
    for topic in find_topics(study)[1:]:
        page, word = (folder / topic.page).read_text("utf-8"), say(f"topic-{topic.name}")
        assert f"<h1>{word}</h1>" in page
        assert f'<a href="{topic.page}" aria-current="page">{word}</a>' in page
        assert page.count("aria-current") == 1


def test_every_page_has_the_navigation_and_marks_its_topic(site: Path, study: Study) -> None:
    topics = find_topics(study)
    for name, path in files_of(site).items():
        if not name.endswith(".html"):
            continue
        page = path.read_text("utf-8")
        up = "../" if "runs/" in name else ""
        assert all(f'href="{up}{topic.page}"' in page for topic in topics), name
        current = re.findall(r'<a href="([^"]+)" aria-current="(page|true)"', page)
        own = name.removeprefix("zh/")
        is_topic = own in {topic.page for topic in topics}
        assert current[0] == ((own, "page") if is_topic else (current[0][0], "true")), name
