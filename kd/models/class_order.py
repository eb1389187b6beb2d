"""Whether the classes of a trained head are the data's, one by one: only where the head is used as it is."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from kd.errors import InputError
from kd.remedies import did_you_mean

_UNNAMED = re.compile(r"LABEL_\d+")
_SEPARATORS = r"[\s_.,;:'’()/-]+"
_BETWEEN_WORDS = re.compile(rf"{_SEPARATORS}(?!\d)|(?<=[^\W\d_]){_SEPARATORS}|^[\s_]+")


def is_unnamed(names: Sequence[str]) -> bool:
    """Whether a head says of any class only its number, as transformers does where it was told no names."""
    return any(_UNNAMED.fullmatch(name) for name in names)


def check_class_order(
    where: str, theirs: Sequence[str], ours: Sequence[str], renamed: Mapping[str, str] | None = None
) -> None:
    """Refuse a head whose named classes are not the data's, one by one.

    Case, accents' encoding and what stands between words are overlooked where that leaves every name its own; of
    several names of a class between commas, as ImageNet's, one is enough unless another class has it too.

    Args:
        where: The model, for the message.
        theirs: Names of the head's classes, in order; ``LABEL_k`` fits any.
        ours: Names of the data's classes, in order.
        renamed: What classes of the head are called in the data.

    Raises:
        InputError: Class k has another name there than here, or one that could be several.
    """
    unknown = sorted(set(renamed or ()) - set(theirs))
    if unknown:
        raise InputError(
            f"{where}: match_classes: its head has no class '{unknown[0]}'{did_you_mean(unknown[0], theirs)}"
        )
    ambiguous = _ambiguous(theirs) | _ambiguous(ours)
    for number, (other, own) in enumerate(zip(theirs, ours, strict=True)):
        if _UNNAMED.fullmatch(other) or (renamed or {}).get(other) == own or _same(other) == _same(own):
            continue
        if _plain(own) in _forms(other) - ambiguous:
            continue
        named = [(renamed or {}).get(name, name) for name in theirs]
        if sorted(map(_plain, named)) == sorted(map(_plain, ours)):
            remedy = (
                "these are the data's classes in another order. Train it (epochs > 0), or give as model a function of "
                "your own that puts its logits into the data's order (docs/own-teacher.md)"
            )
        else:
            remedy = (
                "its head can be used as it is only for the same classes in the same order. Where the two are "
                f"one class, say so: match_classes: {{'{other}': '{own}'}} or data.class_names, "
                "or false to compare no names"
            )
        raise InputError(f"{where}: class {number} is '{other}' in its head and '{own}' in the data; {remedy}")


def _ambiguous(names: Sequence[str]) -> set[str]:
    """Plain forms of more than one class: of C++ and c++, of the crane that flies and the one that lifts."""
    counts = Counter(form for name in names for form in _forms(name))
    return {form for form, count in counts.items() if count > 1}


def _forms(name: str) -> set[str]:
    """A name's plain form and those of its parts between commas."""
    return {_plain(part) for part in (name, *name.split(","))} - {""}


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _plain(name: str) -> str:
    """Without case, width and what stands between words.

    Signs that tell names apart stay: C++ and C#, 1.5 and 15, a vowel that many scripts write as a mark.
    """
    return _BETWEEN_WORDS.sub("", unicodedata.normalize("NFKC", name).casefold())
