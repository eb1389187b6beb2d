"""The file of a sweep, by its name or its path."""

from collections.abc import Iterable
from pathlib import Path

from harness.command_line import command_line
from harness.sweep.names import checked_name
from kd.errors import InputError
from kd.remedies import did_you_mean, not_there

SWEEPS = Path("sweeps")


def find_sweep(name: str) -> Path:
    """The file of a sweep given by name (``sweeps/NAME.yaml``) or by path.

    Raises:
        InputError: There is no such sweep.
    """
    path = Path(name) if is_path(name) else SWEEPS / f"{checked_name(name)}.yaml"
    if is_there(path):
        return path
    if is_path(name) and "/" not in name and is_there(SWEEPS / name):  # quickstart.yaml, as it is called in sweeps/
        return SWEEPS / name
    if not is_path(name) and not SWEEPS.is_dir():
        raise InputError(f"SWEEP: no file {path}, and no folder {SWEEPS} here; to write one: {command_line('init')}")
    raise no_such_file("SWEEP", name, path, (entry.stem for entry in SWEEPS.glob("*.yaml")))


def no_such_file(variable: str, name: str, path: Path, known: Iterable[str]) -> InputError:
    """What is said of a sweep or a cluster profile that is not there.

    Args:
        variable: How the Makefile calls it.
        name: As it was given.
        path: Where it was looked for.
        known: The names that there are.
    """
    names = sorted(known)
    there_are = f"there are {', '.join(names)}" if names else f"there is none in {path.parent}"
    if is_path(name):
        return InputError(f"{variable}: {not_there(path, 'file')}; by name {there_are}")
    return InputError(f"{variable}: no file {path}{did_you_mean(name, names)}; {there_are}")


def is_path(name: str) -> bool:
    """Whether a sweep or a cluster is given by the path of its file, and not by its name."""
    return name.endswith((".yaml", ".yml"))


def is_there(path: Path) -> bool:
    """Whether it is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:
        return False
