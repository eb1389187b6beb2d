"""What the classes are called: as the source has it, unless ``data.class_names`` says otherwise.

Names are for people and for the comparison with a trained head. No number depends on them, so the decoded store keeps
the source's own, and other names re-run nothing.
"""

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence

from kd.config import DataConfig
from kd.errors import InputError


def with_class_names(data: DataConfig, found: Sequence[str]) -> DataConfig:
    """The configuration with ``class_names`` as the whole list in label order; none where none were given.

    Args:
        data: As it stands in the sweep file.
        found: Names of the source's classes, in label order.

    Raises:
        InputError: The names do not fit the source's classes, or two classes would have the same one.
    """
    if data.class_names is None:
        return data
    return data.model_copy(update={"class_names": choose_names(data.class_names, found)})


def choose_names(wanted: Sequence[str] | Mapping[str, str], found: Sequence[str]) -> tuple[str, ...]:
    """The name of each class.

    >>> choose_names({"n02": "cat"}, ["n01", "n02"])
    ('n01', 'cat')

    Args:
        wanted: All of them in label order, or new names by the source's.
        found: The source's, in label order.

    Raises:
        InputError: One line: a wrong number, a class that the source does not have, an empty or a repeated name.
    """
    if isinstance(wanted, Mapping):
        unknown = next((name for name in wanted if name not in found), None)
        if unknown is not None:
            near = difflib.get_close_matches(unknown, found, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; its classes are {_some_of(found)}"
            raise InputError(f"data.class_names: the source has no class '{unknown}'{hint}")
        names = tuple(wanted.get(name, name) for name in found)
    else:
        names = tuple(wanted)
        if len(names) != len(found):
            raise InputError(
                f"data.class_names: {len(names)} names for {len(found)} classes: give one for each, in this order: "
                f"{_some_of(found)}"
            )
    if blank := next((own for own, name in zip(found, names, strict=True) if not name.strip()), None):
        raise InputError(f"data.class_names: class '{blank}' would have no name")
    twice, number = Counter(names).most_common(1)[0]
    if number > 1:
        raise InputError(f"data.class_names: {number} classes would be called '{twice}'; each needs a name of its own")
    return names


def _some_of(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (f", … ({len(names)} in all)" if len(names) > 10 else "")
