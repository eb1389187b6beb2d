"""Every topic has a line in every study, in either language, and a figure without a word."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.pages.frame.topics import ANSWER, TOPICS, find_topics
from harness.report.pages.topic_cards import CARDS, NUM_PICTURES, Card, topic_card
from harness.report.study import Study, read_study
from harness.report.text.failed_parts import collecting
from harness.report.text.language import language
from tests.support.failing_studies import STUDIES, plant
from tests.support.invented_methods import invent_methods
from tests.support.invented_sets import invent_sets
from tests.support.nasty_names import NASTY_NAMES

MAX_LINE = 330  # letters: the card of a sweep with everything still has its height
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:'’-]+[A-Za-z]+){2,}")
WRONG = re.compile(
    r"\bnan\b|\bNone\b(?! of| is)|\binf\b|[-−+]0\.0+(?!\d)|\b0 of 0\b|\b1 (?:runs|seeds|trials|images|epochs)\b"
)


def cards_of(study: Study) -> dict[str, tuple[Card, Card]]:
    topics = [topic for topic in find_topics(study) if topic.name != ANSWER]
    return {
        topic.name: (topic_card(topic, study, language("en")), topic_card(topic, study, language("zh")))
        for topic in topics
    }


def check(study: Study) -> dict[str, tuple[Card, Card]]:
    found = cards_of(study)
    for name, (english, chinese) in found.items():
        assert english.line and chinese.line and english.line != chinese.line, name
        assert english.line.endswith(".") and chinese.line.endswith("。") and len(english.line) < MAX_LINE
        assert WRONG.search(english.line) is None, english.line
        assert english.figure == chinese.figure and english.pictures == chinese.pictures
        assert english.figure is None or ("<text" not in english.figure and "nan" not in english.figure)
        assert len(english.pictures) <= NUM_PICTURES and not (english.figure and english.pictures)
    return found


def test_every_topic_but_the_answer_can_have_a_card() -> None:
    assert list(CARDS) == [topic.name for topic in TOPICS if topic.name != ANSWER]


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_that_is_no_success_has_a_line_a_topic(tmp_path: Path, name: str) -> None:
    found = check(read_study(plant(tmp_path, STUDIES[name]), tmp_path / ".data"))
    assert not [cards for cards in found.values() if ENGLISH.search(cards[1].line)]


def test_a_finished_sweep_has_a_figure_a_topic_but_for_its_provenance(study: Study) -> None:
    found = check(study)
    assert [name for name, (card, _) in found.items() if not card.figure and not card.pictures] == ["provenance"]
    assert not [cards for cards in found.values() if ENGLISH.search(cards[1].line)]


def test_the_pictures_of_errors_are_fixed_and_broken_images(study: Study) -> None:
    errors, shown = study.errors, cards_of(study)["errors"][0].pictures
    assert errors is not None and set(shown) <= {*errors.fixed, *errors.broken}
    assert len(shown) == min(NUM_PICTURES, len(errors.fixed) + len(errors.broken))
    bare = cards_of(study._replace(pictures=None))["errors"][0]
    assert not bare.pictures and bare.figure


def test_methods_controls_and_other_sets_have_theirs(tmp_path: Path, invent: Callable[..., Path]) -> None:
    folder = invent_methods(tmp_path / "m", ["kd", "dkd"], controls=["shuffled_dark"])
    found = check(read_study(folder, tmp_path / "m" / ".data"))
    assert found["methods"][0].figure and found["controls"][0].figure
    folder = invent_sets(invent(tmp_path / "s", 3, 60, ["a", "b", "c"], seeds=3), {"mine": 400}, corruptions=True)
    assert check(read_study(folder, tmp_path / "s" / ".data"))["other-tests"][0].figure


def test_a_hundred_long_names_and_unfriendly_ones_fit(tmp_path: Path, invent: Callable[..., Path]) -> None:
    names = [
        f"{name} {'x' * 90} {number}" for number, name in zip(range(100), [*NASTY_NAMES.values()] * 9, strict=False)
    ]
    check(read_study(invent(tmp_path, 100, 1000, names, seeds=3), tmp_path / ".data"))


def test_what_fails_of_a_card_leaves_the_others(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("made so")

    monkeypatch.setattr("harness.report.text.cards.work.size_line", fail)
    monkeypatch.setattr("harness.report.figures.small.work.training_figure", fail)
    with collecting() as failed:
        found = cards_of(study)
    assert {name for _, name in failed} == {"card size", "card training"}
    assert "made so" in found["size"][0].line and found["size"][0].figure
    assert found["training"][0].line and found["training"][0].figure is None
