"""Where the files lie that come with the program beside its code: the report's templates, the sweeps to start from."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
CHECKOUT = _PACKAGE.parent if (_PACKAGE.parent / "report_templates").is_dir() else None
"""The folder of this program's source, where it runs from one; None where it was installed."""


def shipped(name: str) -> Path:
    """A folder of files: ``report_templates`` or ``sweeps``, at the top of a checkout or inside the package."""
    return (CHECKOUT or _PACKAGE) / name
