"""One drawing for several languages: each page says its own words, and what nobody can put in again is drawn anew."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.analysis.chance.statistics import Estimate
from harness.report.figures.drawing import style
from harness.report.figures.drawing.forest import ForestRow, forest
from harness.report.figures.drawing.style import Drawing, Hotspot, drawing_style, finish, new_figure
from harness.report.figures.drawing.words import BEGIN, END, DrawnFigure, TornWordsError, Words, draw_for
from harness.report.pages.frame.figure_files import figure_files
from harness.report.pages.frame.parts import figure
from harness.report.results.message import Message
from harness.report.text.labels import params_text
from harness.report.text.language import LANGUAGES, Language, language
from harness.report.text.numbers import interval_text
from tests.support.nasty_names import texts

SAYS = [language(code) for code in LANGUAGES]
SAID: list[Callable[[Language], str]] = [
    lambda say: say("arm", kind="teacher"),
    lambda say: say(Message("arm", {"kind": "baseline"})),
    lambda say: f"{say('arm', kind='baseline')}\u200291.2 & < 'quoted'",
    lambda say: say("spoken-accuracy", name=say("arm", kind="distilled"), value="91.2"),
    lambda say: say("figure-gains", values=[say("arm", kind="teacher"), say("arm", kind="baseline")]),
    lambda say: params_text({"alpha": 0.5, "temperature": 4.0, "student.optimizer.lr": 0.01}, say),
    lambda say: interval_text(Estimate(0.01, -0.02, 0.03), say),
    lambda say: say.join([say("arm", kind="teacher"), Message("arm", {"kind": "baseline"})]),
    lambda say: "no words at all",
]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the figures that Matplotlib draws, once a drawing."""
    names: list[str] = []

    class Counted(Drawing):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            names.append(self.name)

    monkeypatch.setattr(style, "Drawing", Counted)
    return names


def simple(label: Callable[[Language], str], name: str = "simple") -> Callable[[Language], Drawing]:
    """A figure whose label, tooltip and description say something."""

    def draw(say: Language) -> Drawing:
        with drawing_style():
            plot, axes = new_figure(900, 200)  # the longest sentence fits into one line
            axes.plot([0, 1], [0, 1])
            axes.set_xlabel(label(say))
            axes.set_ylabel("Teacher")  # somebody's own name, in both languages
            return finish(name, plot, label(say), [Hotspot(0, 0, 1, 1, label(say))])

    return draw


def in_svg(figure: DrawnFigure | None, code: str) -> list[str]:
    assert figure is not None
    return re.findall(r"<text[^>]*>([^<]*)</text>", str(figure.by_code[code].svg))


@pytest.mark.parametrize("said", SAID)
def test_each_language_says_what_it_would_say_alone(said: Callable[[Language], str]) -> None:
    words = Words(SAYS)
    text = said(words)
    assert [words.said(text, number) for number in range(len(SAYS))] == [said(say) for say in SAYS]


@given(name=texts)
def test_names_of_others_stay_what_they_are(name: str) -> None:
    """Of whatever signs: also those that mark words."""

    def said(say: Language) -> str:
        return f"{name} {say('arm', kind='teacher')}"

    words = Words(SAYS)
    try:
        found = [words.said(said(words), number) for number in range(len(SAYS))]
    except TornWordsError:
        assert BEGIN in name or END in name
    else:
        assert found == [said(say) for say in SAYS]


def test_the_same_words_for_different_things() -> None:
    """Two messages may say the same in one language and not in the other."""
    words = Words(SAYS)
    one, other = (words._in_all(texts) for texts in (("Same words", "一"), ("Same words", "二")))
    assert [words.said(f"{one} {other}", number) for number in (0, 1)] == ["Same words Same words", "一 二"]


@pytest.mark.parametrize("torn", [lambda text: text[:-3], lambda text: text[2:], lambda text: text.replace("T", "t")])
def test_torn_words_are_noticed(torn: Callable[[str], str]) -> None:
    words = Words(SAYS)
    with pytest.raises(TornWordsError):
        words.said(torn(words("arm", kind="teacher")), 0)


@pytest.mark.parametrize("said", SAID)
def test_a_figure_is_drawn_once_for_all_languages(said: Callable[[Language], str], drawn: list[str]) -> None:
    figure = draw_for(SAYS, simple(said))
    assert drawn == ["simple"]
    assert figure is not None
    for say in SAYS:
        alone = draw_for([say], simple(said))
        assert sorted(in_svg(figure, say.code)) == sorted(in_svg(alone, say.code))
        shown = figure.by_code[say.code]
        assert shown.description == said(say)
        assert not {BEGIN, END} & set(shown.svg)


@pytest.mark.parametrize(
    "label",
    ["Labels smoothed in place of the teacher", f"half a {BEGIN}mark", f"{BEGIN}nobody's{END}"],
    ids=["two lines", "half a mark", "somebody else's mark"],
)
def test_what_cannot_be_put_in_again_is_drawn_for_each_language(label: str, drawn: list[str]) -> None:
    def draw(say: Language) -> Drawing:
        row = ForestRow(
            f"{label} {say('arm', kind='teacher')}", "distilled", "distilled", Estimate(1.0, 0.5, 1.5), (0.8,)
        )
        with drawing_style():
            return forest("gains", [row], say("axis-gain"), "", "gain_points", zero=True)

    figure = draw_for(SAYS, draw)
    assert len(drawn) == 1 + len(SAYS)
    for say in SAYS:
        assert in_svg(figure, say.code) == in_svg(draw_for([say], draw), say.code)


def test_a_name_with_a_mark_of_ours_in_a_message_is_drawn_for_each_language() -> None:
    def draw(say: Language) -> Drawing:
        label = say("arm", kind="teacher") + say("spoken-class", name=f"cat{BEGIN}")
        row = ForestRow(label, "distilled", "distilled", Estimate(1.0, 0.5, 1.5), (0.8,))
        with drawing_style():
            return forest("gains", [row], say("axis-gain"), "", "gain_points", zero=True)

    figure = draw_for(SAYS, draw)
    for say in SAYS:
        assert in_svg(figure, say.code) == in_svg(draw_for([say], draw), say.code)


def test_nothing_to_draw_and_a_figure_that_fails() -> None:
    assert draw_for(SAYS, lambda say: None) is None
    with pytest.raises(KeyError):
        draw_for(SAYS, simple(lambda say: say("no such message")))


def test_a_site_draws_a_figure_once_for_all_its_pages(drawn: list[str]) -> None:
    with figure_files("study"):
        made = [
            figure(name, simple(SAID[0], name), None, say) for _ in range(2) for say in SAYS for name in ("one", "two")
        ]
    assert drawn == ["one", "two"]
    assert [one.caption for one in made if one is not None] == ["Teacher", "Teacher", "教师", "教师"] * 2


@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=4))
def test_said_together(parts: list[Callable[[Language], str]]) -> None:
    words = Words(SAYS)
    text = "; ".join(part(words) for part in parts)
    for number, say in enumerate(SAYS):
        assert words.said(text, number) == "; ".join(part(say) for part in parts)
