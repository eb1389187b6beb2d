"""A few of many names, as a card has room for."""

from collections.abc import Sequence

from harness.report.text.language import Language
from harness.report.text.numbers import shortened_inside

MAX_NAMED = 3
MAX_LETTERS = 28


def some(names: Sequence[str], say: Language) -> str:
    """The first names, and how many more there are.

    >>> from harness.report.text.language import language
    >>> some(["cat", "dog"], language("en")), some(["a", "b", "c", "d", "e"], language("en"))
    ('cat, dog', 'a, b, c and 2 more')
    """
    named = say.join(shortened_inside(name, MAX_LETTERS) for name in names[:MAX_NAMED])
    more = len(names) - MAX_NAMED
    return say("card-more", names=named, number=more) if more > 0 else named


def final_key(is_final: bool) -> str:
    """How messages are told that nothing more will come."""
    return "yes" if is_final else "no"
