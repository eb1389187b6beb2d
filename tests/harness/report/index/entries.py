"""What the list of sweeps says, and sweeps that are not what they were."""

from pathlib import Path
from typing import Any

from harness.report.index.sweeps import Entry, find_sweeps
from harness.state.files.records import read_sweep_record, write_sweep_record


def only(results: Path) -> Entry:
    """The entry of the one sweep there is."""
    (entry,) = find_sweeps(results)
    return entry


def change(folder: Path, **changes: Any) -> None:
    """Let the sweep have been started anew with some keys changed."""
    record = read_sweep_record(folder)
    write_sweep_record(folder, record.model_copy(update={"sweep": record.sweep.model_copy(update=changes)}))
