"""The students that were exported: what was measured, with every decision on the test images."""

import numpy as np

from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import ExportResult
from kd.exports import FOLDER, Export, Format

FORMATS: tuple[Format, ...] = ("fp32", "fp16", "int8")


def read_exports(reader: RecordReader) -> tuple[ExportResult, ...]:
    """Those that there are; a damaged one is noted."""
    found = (_read(form, reader) for form in FORMATS)
    return tuple(one for one in found if one is not None)


def _read(form: Format, reader: RecordReader) -> ExportResult | None:
    path = reader.folder / FOLDER / f"{form}.json"
    record = reader.read(path, Export)
    if record is None:
        return None
    try:
        with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
            labels, runs = arrays["labels"], [run_id for arm in record.request.arms.values() for run_id in arm]
            right, right_fp32 = ({run: arrays[f"{each} {run}"] == labels for run in runs} for each in (form, "fp32"))
    except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
        reader.note(path.with_suffix(".npz"), "missing-because-export-damaged", error=type(error).__name__)
        return None
    return ExportResult(record, right, right_fp32)
