"""A figure drawn once for several languages: it keeps room for the longest words, and each language puts in its own.

While a figure is drawn, ``Words`` takes the place of a language. What it says is a stand-in: the words of the language
that needs most room, between two marks that no font draws and none gives a width to. They go through
Matplotlib as any text does, beside names and numbers too, and are found again in the finished SVG, where one line of
text hangs at an anchor and may be of any length.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from html import unescape
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from markupsafe import Markup
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from harness.report.figures.drawing.style import POINTS_PER_INCH, STYLE, Drawing, Records
from harness.report.results.message import Message
from harness.report.text.language import Language

BEGIN, END = "\u2063", "\u2064"  # invisible separator and invisible plus
_STAND_IN = re.compile(f"{BEGIN}({BEGIN}*[^{BEGIN}{END}]*){END}")


class TornWordsError(ValueError):
    """A stand-in was cut, broken into lines or changed, and nobody can tell what it stood for."""


class Words(Language):
    """Says messages in several languages at once, with stand-ins for what they do not say alike.

    Of one language it says what that says.

    >>> from harness.report.text.language import language
    >>> words = Words([language("en"), language("zh")])
    >>> text = f"{words('arm', kind='teacher')} 91 %"
    >>> len(text), [words.said(text, number) for number in (0, 1)]
    (14, ['Teacher 91 %', '教师 91 %'])
    """

    def __init__(self, says: Sequence[Language]) -> None:
        self._says = tuple(says)
        self.code, self.metric, self.locale = says[0].code, says[0].metric, says[0].locale
        self._texts: dict[str, tuple[str, ...]] = {}  # by what stands between the marks

    def __call__(self, message: str | Message, /, **values: Any) -> str:
        """A stand-in for a message; stand-ins among its values are each language's own there."""
        if isinstance(message, Message):
            return self(message.name, **message.values)
        texts = tuple(
            say(message, **{name: self._own(value, number) for name, value in values.items()})
            for number, say in enumerate(self._says)
        )
        return self._in_all(texts)

    def _in_all(self, texts: tuple[str, ...]) -> str:
        """A text in every language, or its stand-in."""
        if len(set(texts)) == 1:
            return texts[0]
        key = max(texts, key=_room)
        while self._texts.setdefault(key, texts) != texts:  # the same words are there for others
            key = BEGIN + key
        return f"{BEGIN}{key}{END}"

    def said(self, text: str, number: int) -> str:
        """A text with the words of the language of this number.

        Raises:
            TornWordsError: A stand-in in it is not whole.
        """
        return self._put_in(text, lambda key: self._texts[key][number])

    def said_in_svg(self, svg: str, number: int) -> str:
        """The same, of the text of an SVG, where signs of XML are escaped."""
        return self._put_in(svg, lambda key: escape(self._texts[unescape(key)][number]))

    def _put_in(self, text: str, words_of: Callable[[str], str]) -> str:
        if not self._texts:  # then marks are part of somebody's names
            return text
        try:
            text = _STAND_IN.sub(lambda found: words_of(found[1]), text)
        except KeyError as error:
            raise TornWordsError(f"nothing stands for {error}") from None
        if BEGIN in text or END in text:
            raise TornWordsError("half a stand-in is left")
        return text

    def _own(self, value: Any, number: int) -> Any:
        if isinstance(value, Message):
            return Message(value.name, {name: self._own(each, number) for name, each in value.values.items()})
        if isinstance(value, list | tuple):
            return [self._own(each, number) for each in value]
        return self.said(value, number) if isinstance(value, str) else value


class Shown(NamedTuple):
    """A figure in one language: the picture, and in words what it shows."""

    svg: Markup
    description: str


class DrawnFigure(NamedTuple):
    """A figure in every language by its code, and its data, which is in none."""

    by_code: Mapping[str, Shown]
    data: Records


def draw_for(says: Sequence[Language], draw: Callable[[Language], Drawing | None]) -> DrawnFigure | None:
    """Draw a figure for pages in several languages; None where there is nothing to draw.

    It is drawn once. Only where words were broken into lines, which hang at no anchor, or shortened, it is drawn once
    a language.

    Args:
        says: The languages.
        draw: Draws it in the language that it is given.
    """
    words = Words(says)
    try:
        drawing = draw(words)
        if drawing is None:
            return None
        if _has_broken_lines(drawing.figure):
            raise TornWordsError("a text hangs at no anchor")
        shown = [_in_words(drawing, words, number) for number in range(len(says))]
    except TornWordsError:
        drawings = [one for one in map(draw, says) if one is not None]
        if not drawings:
            return None
        drawing, shown = drawings[0], [Shown(one.svg, one.description) for one in drawings]
    return DrawnFigure({say.code: one for say, one in zip(says, shown, strict=True)}, drawing.data)


def _in_words(drawing: Drawing, words: Words, number: int) -> Shown:
    def said(text: str) -> str:
        return words.said(text, number)

    svg = drawing.with_words(said, lambda body: words.said_in_svg(body, number))
    return Shown(svg, said(drawing.description))


def _has_broken_lines(figure: Figure) -> bool:
    """Whether words stand in several lines."""
    texts = (text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))
    return any("\n" in text and (BEGIN in text or END in text) for text in texts)


def _room(text: str) -> float:
    """How wide a text is, as figures measure it."""
    return sum(map(_width_of, text))


@lru_cache(maxsize=4096)
def _width_of(letter: str) -> float:
    font = FontProperties(family=STYLE["font.family"])
    return float(_measuring().get_text_width_height_descent(letter, font, False)[0])


@cache
def _measuring() -> Any:
    return RendererAgg(1, 1, POINTS_PER_INCH)  # type: ignore[no-untyped-call]
