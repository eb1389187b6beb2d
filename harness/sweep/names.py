"""What a sweep may be called: the name becomes a folder under results, a job's name and a part of addresses.

Every verb that is given a name holds it to this rule before it touches a file, so that no name leads out of the
results folder, reads as an option, or breaks a line.
"""

import re

from kd.errors import InputError

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"
MAX_NAME_LENGTH = 80  # file systems end at 255 bytes, and what is derived from a name is longer
_NAME = re.compile(NAME_PATTERN.removesuffix("$"))
_RULE = f"letters, digits, - and _, beginning with a letter or digit, at most {MAX_NAME_LENGTH} of them"
_SHOWN = 100


def is_name(name: str) -> bool:
    r"""Whether a sweep, or a cluster profile, can be called so.

    >>> is_name("mnist_2"), is_name("../x"), is_name(""), is_name("-x"), is_name("a\n")
    (True, False, False, False, False)
    """
    return len(name) <= MAX_NAME_LENGTH and _NAME.fullmatch(name) is not None


def checked_name(name: str, variable: str = "SWEEP") -> str:
    """The name.

    Args:
        name: What was typed.
        variable: How the Makefile calls it, for the message.

    Raises:
        InputError: It is none.
    """
    if not is_name(name):
        raise InputError(f"{variable}: {shown(name)} is no name: {_RULE}; the path of a file ends in .yaml")
    return name


def shown(text: str) -> str:
    r"""What was typed, for a message of one line.

    >>> shown("a\nb")
    "'a\\nb'"
    """
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
