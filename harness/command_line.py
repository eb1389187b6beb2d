"""How a person types a command of this program: as ``make`` in a checkout, as ``kd-sweep`` where it is installed.

What ``make`` has no variable for, or would read as its own, is typed as ``python -m harness``.
"""

import shlex
import sys
from pathlib import Path

PROGRAM = "kd-sweep"
UNSAFE_IN_MAKE = {"\n"}  # everything else reaches the recipes byte for byte
NOT_IN_MAKE = {"results"}  # options that the Makefile has no variable for


def is_installed_command() -> bool:
    """Whether this process was started as ``kd-sweep``, and not as ``python -m harness``, as the Makefile does."""
    return Path(sys.argv[0]).stem == PROGRAM


def start_words() -> list[str]:
    """What starts this program once more, in the same way, with the commands it prints in the same form."""
    return [sys.argv[0]] if is_installed_command() else [sys.executable, "-m", "harness"]


def command_line(verb: str, sweep: str | None = None, **options: str | bool) -> str:
    """A command to print, in the form in which the program was started.

    Args:
        verb: What to do, such as ``status``.
        sweep: With which sweep; left out where it goes without saying.
        options: By the name of the option, ``retry_failed=True`` for ``--retry-failed``. Empty ones are left out.

    >>> command_line("sweep", "quickstart", set="student.epochs=30 seeds=3", retry_failed=True)
    "make sweep SWEEP=quickstart SET='student.epochs=30 seeds=3' RETRY=1"
    """
    given = {name: value for name, value in options.items() if value}
    is_strange = any(UNSAFE_IN_MAKE & set(str(value)) for value in (sweep or "", *given.values()))
    is_for_make = not is_strange and not NOT_IN_MAKE & set(given)
    if not is_installed_command() and is_for_make:
        words = {"SWEEP": sweep} if sweep else {}
        words |= {_make_name(name): "1" if value is True else str(value) for name, value in given.items()}
        return " ".join(["make", verb, *(f"{name}={shlex.quote(value)}" for name, value in words.items())])
    program = PROGRAM if is_installed_command() else f"{shlex.quote(sys.executable)} -m harness"
    parts = [program, verb, *([shlex.quote(sweep)] if sweep else [])]
    for name, value in given.items():
        parts.append(f"--{name.replace('_', '-')}")
        if value is not True:
            parts.append(shlex.quote(str(value)))
    return " ".join(parts)


def _make_name(option: str) -> str:
    """The Makefile's variable: ``RETRY`` for ``--retry-failed``, else the option's name in capitals."""
    return "RETRY" if option == "retry_failed" else option.upper()
