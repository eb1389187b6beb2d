"""The file of a sweep, by its name or its path."""

from pathlib import Path

from harness.sweep.names import checked_name, did_you_mean, shown
from kd.errors import InputError

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
        raise InputError(f"SWEEP: no file {path}, and no folder {SWEEPS} here; kd-sweep init writes one")
    known = sorted(entry.stem for entry in SWEEPS.glob("*.yaml"))
    given = shown(name) if is_path(name) else path
    raise InputError(f"SWEEP: no file {given}{did_you_mean(name, known)}; there are {', '.join(known) or 'none'}")


def is_path(name: str) -> bool:
    """Whether a sweep or a cluster is given by the path of its file, and not by its name."""
    return name.endswith((".yaml", ".yml"))


def is_there(path: Path) -> bool:
    """Whether it is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:
        return False
