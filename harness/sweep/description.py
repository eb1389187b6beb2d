"""What a sweep is called where SET changed what its file describes."""

from collections.abc import Mapping, Sequence
from typing import Any

DESCRIBED = ("data", "teacher", "teachers", "student", "students", "distill", "methods")
"""Keys of a sweep file that its description is about; seeds and the search are how, and not what."""


def described(content: Mapping[str, Any], changed: Sequence[Sequence[str]]) -> Mapping[str, Any]:
    """A sweep file's content, whose description names what SET changed of its data and models.

    The keys alone, since a value may be a path of this machine. A description that SET gives stands as it is.

    >>> described({"description": "A light CNN, CIFAR-10"}, [["data", "source"], ["seeds"]])["description"]
    'A light CNN, CIFAR-10 (changed: data.source)'
    """
    said, names = content.get("description"), dict.fromkeys(".".join(key) for key in changed if key[0] in DESCRIBED)
    if not said or not isinstance(said, str) or not names or ["description"] in changed:
        return content
    return {**content, "description": f"{said} (changed: {', '.join(names)})"}
