"""How a person types a command of this program: as ``make`` in a checkout, as ``kd-sweep`` where it is installed.

What ``make`` has no variable for, or would read as its own, is typed as ``python -m harness``.
"""

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

PROGRAM = "kd-sweep"
UNSAFE_IN_MAKE = {"\n"}  # everything else reaches the recipes byte for byte
NOT_IN_MAKE = {"results"}  # options that the Makefile has no variable for
VERBS_NOT_IN_MAKE = {"init"}  # which writes a Makefile


def is_installed_command() -> bool:
    """Whether this process was started as ``kd-sweep``, and not as ``python -m harness``, as the Makefile does."""
    return Path(sys.argv[0]).stem == PROGRAM


def start_words() -> list[str]:
    """What starts this program once more, in the same way, with the commands it prints in the same form."""
    return [sys.argv[0]] if is_installed_command() else [sys.executable, "-m", "harness"]


def changed(overrides: str, changes: Mapping[str, str]) -> str:
    """Overrides of a sweep file of which some have another value.

    >>> changed("seeds=3 on_weak_teacher=stop data.source='my pets'", {"on_weak_teacher": "warn"})
    "seeds=3 data.source='my pets' on_weak_teacher=warn"
    """
    if not changes:
        return overrides
    words = [word for word in shlex.split(overrides) if word.partition("=")[0] not in changes]
    kept = (f"{key}={shlex.quote(value)}" for key, _, value in (word.partition("=") for word in words))
    return " ".join([*kept, *(f"{key}={shlex.quote(value)}" for key, value in changes.items())])


def kept_name(name: str, folder: str) -> dict[str, str]:
    """The change that keeps a sweep in a folder that is called otherwise: a copy, or one that was renamed.

    >>> kept_name("pets", "pets"), kept_name("pets", "pets-copy")
    ({}, {'name': 'pets-copy'})
    """
    return {} if name == folder else {"name": folder}


def named_results(place: Path) -> str:
    """A results folder as the option of a command; empty where it is the one that commands take by themselves."""
    return "" if place.absolute() == Path("results").absolute() else str(place)


def command_line(verb: str, sweep: str | None = None, **options: str | bool) -> str:
    """A command to print, in the form in which the program was started.

    Args:
        verb: What to do, such as ``status``.
        sweep: With which sweep; left out where it goes without saying.
        options: By the name of the option, ``retry_failed=True`` for ``--retry-failed``. Empty ones are left out.

    >>> command_line("sweep", "quickstart", set="student.epochs=30 seeds=3", retry_failed=True)
    "make sweep SWEEP=quickstart SET='student.epochs=30 seeds=3' RETRY=1"
    """
    return written(is_installed_command(), sys.executable, verb, sweep, **options)


def written(is_installed: bool, python: str, verb: str, sweep: str | None = None, **options: str | bool) -> str:
    """The same, whichever way this process was started: as ``kd-sweep``, or as ``make`` in a checkout.

    Args:
        is_installed: Whether the reader has ``kd-sweep``.
        python: What runs the module in a checkout, for what ``make`` cannot say.
        verb: As above, like the others.
        sweep: As above.
        options: As above.

    >>> written(True, "", "sweep", "quickstart", results="my results")
    "kd-sweep sweep quickstart --results 'my results'"
    """
    given = {name: value for name, value in options.items() if value}
    is_strange = any(UNSAFE_IN_MAKE & set(str(value)) for value in (sweep or "", *given.values()))
    is_for_make = not is_strange and not NOT_IN_MAKE & set(given) and verb not in VERBS_NOT_IN_MAKE
    if not is_installed and is_for_make:
        words = {"SWEEP": sweep} if sweep else {}
        words |= {_make_name(name): "1" if value is True else str(value) for name, value in given.items()}
        return " ".join(["make", verb, *(f"{name}={shlex.quote(value)}" for name, value in words.items())])
    program = PROGRAM if is_installed else f"{shlex.quote(python)} -m harness"
    parts = [program, verb, *([shlex.quote(sweep)] if sweep else [])]
    for name, value in given.items():
        parts.append(f"--{name.replace('_', '-')}")
        if value is not True:
            parts.append(shlex.quote(str(value)))
    return " ".join(parts)


def _make_name(option: str) -> str:
    """The Makefile's variable: ``RETRY`` for ``--retry-failed``, else the option's name in capitals."""
    return "RETRY" if option == "retry_failed" else option.upper()
