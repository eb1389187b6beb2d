"""The report's words: Fluent messages (https://projectfluent.org), one folder a language, one file a subject."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup, escape

from harness.report.results.message import Message
from harness.shipped import shipped
from harness.sweep.sections.metric import Metric
from kd.plain_text import printable

if TYPE_CHECKING:  # who looks whether anything changed says nothing, and Fluent is slow to load
    from fluent.runtime import FluentBundle
    from fluent.syntax.ast import Resource

MESSAGES = shipped("report_templates") / "messages"
LANGUAGES = {"en": "English", "zh": "中文"}
"""Code and own name; the first is the one that the site's root is written in."""


NUM_REMEMBERED = 4096  # texts a language
MAX_LENGTH = 500  # of a value that Fluent is given
_ASIDE = re.compile("\ue000(\\w+)\ue001")
_LOCALES = {"en": "en-GB", "zh": "zh-CN"}


class Choice(NamedTuple):
    """The same page in another language."""

    name: str
    locale: str
    href: str


class Language:
    """Says messages in one language, of a study whose answer is in one metric: every message knows it as ``$measure``.

    >>> Language("en")("images", number=1), Language("en")("images", number=1500)
    ('1 image', '1,500 images')
    >>> Language("en")("run-with", setting=Markup("<code>a=1</code>"))
    Markup('with <code>a=1</code>')

    Raises:
        ValueError: A message file cannot be parsed.
    """

    def __init__(self, code: str, metric: Metric = "accuracy") -> None:
        self.code = code
        self.metric = metric
        self.locale = _LOCALES[code]
        self._bundle = _bundle_of(MESSAGES / code, self.locale)
        # Pages say the same things of hundreds of images and runs.
        self._format = lru_cache(maxsize=NUM_REMEMBERED)(self._put_together)

    def __call__(self, message: str | Message, /, **values: Any) -> str:
        """A message as plain text; as markup, with everything else escaped, where one of its values is markup.

        Args:
            message: Its name, or the whole of it.
            **values: What it mentions. Whole numbers choose plurals and are grouped; other numbers come as text,
                rounded by ``harness.report.text``. Messages are said first, and lists of them joined.

        Raises:
            KeyError: There is no such message, or it mentions what was not given.
        """
        if isinstance(message, Message):
            return self(message.name, **message.values)
        if not self._bundle.has_message(message):
            raise KeyError(f"{self.code}: no message {message}")
        plain = {name: self._plain(value) for name, value in values.items()}
        # Markup stands aside while the words around it are put together and escaped: Fluent knows plain text alone,
        # and whatever may stand for the markup must neither be escaped nor occur in what is said. U+E000 and U+E001
        # are private: Unicode gives them to no writing system, and a name that holds them shows their numbers. Long
        # texts stand aside too, since Fluent refuses them.
        aside = {name: value for name, value in plain.items() if _stands_aside(value)}
        if not aside:
            return self._format(message, tuple(plain.items()))
        plain = {name: printable(value) if isinstance(value, str) else value for name, value in plain.items()}
        plain |= {name: f"\ue000{name}\ue001" for name in aside}
        text = self._format(message, tuple(plain.items()))
        if not any(isinstance(value, Markup) for value in aside.values()):
            return _ASIDE.sub(lambda place: aside[place[1]], text)
        return Markup(_ASIDE.sub(lambda place: escape(aside[place[1]]), str(escape(text))))

    def _put_together(self, message: str, values: tuple[tuple[str, Any], ...]) -> str:
        pattern = self._bundle.get_message(message).value
        assert pattern is not None, f"{self.code}: {message} has attributes alone"
        text, errors = self._bundle.format_pattern(pattern, {"measure": self.metric, **dict(values)})
        if errors:
            raise KeyError(f"{self.code}: {message}: {errors[0]}")
        return str(text)

    def join(self, parts: Iterable[str | Message]) -> str:
        """A list of things, with the language's comma."""
        return self("comma").join(self._plain(part) for part in parts)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Message):
            return self(value)
        return self.join(value) if isinstance(value, list | tuple) else value


@cache
def _bundle_of(folder: Path, locale: str) -> "FluentBundle":
    """A folder's messages, read once for studies in any metric: parsing them takes half a second."""
    from fluent.runtime import FluentBundle

    # Pages are assembled of plain text: invisible marks around every value would end up in tables and files.
    bundle = FluentBundle([locale], use_isolating=False)
    for path in sorted(folder.glob("*.ftl")):
        bundle.add_resource(_resource(path))
    return bundle


def _resource(path: Path) -> "Resource":
    from fluent.runtime import FluentResource
    from fluent.syntax.ast import Junk

    resource = FluentResource(path.read_text(encoding="utf-8"))
    broken = next((entry.content or "" for entry in resource.body if isinstance(entry, Junk)), None)
    if broken is not None:
        raise ValueError(f"{path}: not Fluent: {broken.strip().splitlines()[0]}")
    return resource


def _stands_aside(value: Any) -> bool:
    return isinstance(value, Markup) or (isinstance(value, str) and len(value) > MAX_LENGTH)


@cache
def language(code: str, metric: Metric = "accuracy") -> Language:
    """The language, read once, for a study whose answer is in this metric."""
    return Language(code, metric)


def folder_of(code: str) -> str:
    """Where a site keeps a language's files: the first one's at its root, the others' in a folder each.

    >>> folder_of("en"), folder_of("zh")
    ('', 'zh/')
    """
    return "" if code == next(iter(LANGUAGES)) else f"{code}/"


def file_name(page: str, code: str) -> str:
    """A page's file in a language, beside the sweeps' folders. No folder: a sweep may have any name without a dot.

    >>> file_name("index", "en"), file_name("index", "zh")
    ('index.html', 'index.zh.html')
    """
    return f"{page}.html" if code == next(iter(LANGUAGES)) else f"{page}.{code}.html"
