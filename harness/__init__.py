"""The sweep harness: configuration, controller, search, jobs, report and the command line."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.report.results.tidy.frames import load as load_study

__version__ = "0.2.0"
__all__ = ["load_study"]


def __getattr__(name: str) -> Any:
    """``load_study`` at its first use: whoever imports the harness need not wait for the report."""
    if name != "load_study":
        raise AttributeError(f"module 'harness' has no attribute '{name}'")
    from harness.report.results.tidy.frames import load

    return load
