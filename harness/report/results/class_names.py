"""Class names as people are shown them; data sets have empty ones, endless ones, and several that look the same."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

MAX_LENGTH = 120  # letters: ImageNet's longest names have 121, and a page says each of them a hundred times


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which none is empty, none fills a page, and no two look alike: such bear their label's number.

    >>> told_apart(["cat", "dog", "", "cat "])
    ('cat #0', 'dog', '#2', 'cat #3')
    """
    return _numbered(tuple(name if len(name) <= MAX_LENGTH else name[: MAX_LENGTH - 1] + "…" for name in names))


def _numbered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Until all look different: a number may make a name look like another's own."""
    looks = [unicodedata.normalize("NFC", " ".join(name.split())) for name in names]
    number_of = Counter(looks)
    if all(looks) and len(number_of) == len(looks):
        return names
    return _numbered(
        tuple(
            name if look and number_of[look] == 1 else f"{name.strip()} #{label}".strip()
            for label, (name, look) in enumerate(zip(names, looks, strict=True))
        )
    )
