"""The report's words: Fluent messages (https://projectfluent.org), one folder a language, one file a subject."""

from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Junk

MESSAGES = Path(__file__).resolve().parents[2] / "report_templates" / "messages"
LANGUAGES = {"en": "English", "zh": "中文"}
"""Code and own name; the first is the one that the site's root is written in."""
_LOCALES = {"en": "en-GB", "zh": "zh-CN"}


class Language:
    """Says messages in one language.

    >>> Language("en")("images", number=1), Language("en")("images", number=1500)
    ('1 image', '1,500 images')

    Raises:
        ValueError: A message file cannot be parsed.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.locale = _LOCALES[code]
        # Pages are assembled of plain text: invisible marks around every value would end up in tables and files.
        self._bundle = FluentBundle([self.locale], use_isolating=False)
        for path in sorted((MESSAGES / code).glob("*.ftl")):
            self._add(path)

    def __call__(self, message: str, /, **values: Any) -> str:
        """A message as plain text.

        Args:
            message: Its name.
            **values: What it mentions. Whole numbers choose plurals and are grouped; other numbers come as text,
                rounded by ``harness.report.text``.

        Raises:
            KeyError: There is no such message, or it mentions what was not given.
        """
        if not self._bundle.has_message(message):
            raise KeyError(f"{self.code}: no message {message}")
        pattern = self._bundle.get_message(message).value
        assert pattern is not None, f"{self.code}: {message} has attributes alone"
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise KeyError(f"{self.code}: {message}: {errors[0]}")
        return str(text)

    def _add(self, path: Path) -> None:
        resource = FluentResource(path.read_text(encoding="utf-8"))
        broken = next((entry.content or "" for entry in resource.body if isinstance(entry, Junk)), None)
        if broken is not None:
            raise ValueError(f"{path}: not Fluent: {broken.strip().splitlines()[0]}")
        self._bundle.add_resource(resource)


@cache
def language(code: str) -> Language:
    """The language, read once."""
    return Language(code)
