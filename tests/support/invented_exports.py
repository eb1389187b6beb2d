"""Exports of a finished sweep without any model: what a format decides is made up from what float32 decided."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.report.results.reading.reader import read_results
from kd.exports import FOLDER, STUDENTS, Export, ExportRequest, Format, SideBySide, ValScores
from kd.files import write_record
from kd.records import Timing

Change = Callable[[str, NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]
"""What a format decides: of an arm, float32's decisions and the labels."""


def unchanged(arm: str, decided: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """As float32."""
    return decided


def invent_export(sweep: Path, form: Format = "int8", change: Change = unchanged, num_seeds: int = 9) -> Path:
    """Write a format's record and predictions; gives the record's path."""
    results = read_results(sweep)
    assert results.test is not None and results.test.labels_N is not None
    labels = results.test.labels_N
    arms = {key: [run.id for run in arm.runs][:num_seeds] for key in STUDENTS if (arm := results.arm(key))}
    arrays = {"labels": labels}
    for key, runs in arms.items():
        for run in runs:
            fp32 = results.test.logits[run].argmax(axis=1)
            arrays |= {f"fp32 {run}": fp32, f"{form} {run}": change(key, fp32, labels)}
    request = ExportRequest(
        format=form,
        run_id=arms["distilled"][0],
        weights_sha256="0" * 64,
        arms={key: tuple(runs) for key, runs in arms.items()},
        data=results.plan.data,
        calibration_images=512 if form == "int8" else None,
        runtime="1.31.1",
    )
    timings = [Timing(batch_size=size, num_repeats=200, median_ms=ms, quartiles_ms=(0.9 * ms, 1.1 * ms))
               for size, ms in ((1, 0.02), (128, 1.5))]  # fmt: skip
    record = Export(
        request=request,
        file_sha256="0" * 64,
        num_bytes=107_000,
        fp32_num_bytes=408_000,
        val=ValScores(num_images=525, fp32_accuracy=0.95, accuracy=0.944, num_broken=4, num_fixed=1),
        max_drop=0.01,
        latencies=tuple(SideBySide(fp32=one, timing=one, ratios=(0.8, 0.85, 0.9)) for one in timings),
        device="a processor",
        num_threads=1,
        measured_at="2026-01-01T00:00:00+00:00",
        num_test_readings=1,
    )
    (sweep / FOLDER).mkdir(exist_ok=True)
    np.savez(sweep / FOLDER / f"{form}.npz", allow_pickle=False, **arrays)
    write_record(sweep / FOLDER / f"{form}.json", record)
    return sweep / FOLDER / f"{form}.json"
