"""The best student as one ONNX file, made and measured in a process of its own: torch stays out of here."""

import importlib.metadata
import math
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from harness.commands.report import write_report
from harness.console.hints import Hints
from harness.console.plain_console import say
from harness.report.analysis.arms.exports import find_exports
from harness.report.outcome import find_outcome
from harness.report.publish.student import best_by_val
from harness.report.results.sweep_results import Results, RunResult
from harness.report.text.findings.exports import export_lines
from harness.report.text.language import language
from harness.state.files.folder import SweepFolder
from kd.config import TrainConfig
from kd.data.division.splits import open_division
from kd.errors import InputError, UnreadableFileError
from kd.exports import FOLDER, STUDENTS, Export, ExportOrder, ExportRequest, Format, file_name
from kd.files import read_record, sha256_of_file, sha256_of_weights, write_record

PUBLISHED = "model"
EXTRA = "pip install 'kd-sweep[onnx]'"  # which brings it; kd.models.onnx says so too, and is not loaded here


def export_student(
    folder: SweepFolder, console: Console, form: Format, max_drop_points: float, calibration_images: int
) -> int:
    """Write ``<sweep>/model.onnx``, or ``model-fp16.onnx`` or ``model-int8.onnx``, and show in the report what it does.

    Students of both arms are measured in the format, as many as have their weights on disk. A file that is there, made
    of the same weights in the same way, is not made again.

    Args:
        folder: A sweep that is over.
        console: Where a person looks.
        form: Of the file.
        max_drop_points: Points of val accuracy that the student may lose.
        calibration_images: Training images that int8 takes its ranges from.

    Returns:
        The exit code: 0; 2 where the student cannot be exported; 1 where the format loses too much, or where a part of
        the report failed.

    Raises:
        InputError: There is no student, no data, no ONNX Runtime, or a limit that means nothing.
    """
    max_drop = _checked_drop(max_drop_points)
    order = _order(find_outcome(folder.path).results, folder, form, max_drop, calibration_images)
    file = folder.path / file_name(form)
    if _is_done(order, folder.path):
        say(console, f"{file}: already made from these weights in this way")
    else:
        number = sum(map(len, order.request.arms.values()))
        say(console, f"Measuring {number} student{'s' if number > 1 else ''} as {form}.")
        code = _carry_out(order, folder)
        if code != 0:
            return code
    is_whole = write_report(folder, console, only_if_changed=True)
    results = find_outcome(folder.path).results
    for found in find_exports(results):
        if found.record.request.format == form:
            for line in export_lines(found, language("en", results.metric)):
                say(console, line)
    say(console, str(file))
    return 0 if is_whole else 1


def _checked_drop(points: float) -> float:
    if not (math.isfinite(points) and 0 <= points <= 100):
        raise InputError(f"MAX_DROP: {points:g} is no number of points of accuracy; give 0 to 100, such as MAX_DROP=1")
    return points / 100


def _order(
    results: Results, folder: SweepFolder, form: Format, max_drop: float, calibration_images: int
) -> ExportOrder:
    best = best_by_val(results)
    if best is None:
        watch = Hints(folder).status()
        raise InputError(f"{folder.path.name} has no tested student to export yet; see how far it is: {watch}")
    _check_data(results, folder)
    place = _place_of(best, folder)
    arms = {key: [run.id for run in _kept(results, key, folder)] for key in STUDENTS}
    finals = [run.id for run in _runs(results, "distilled")]
    arms["distilled"] = sorted({*arms["distilled"], best.id}, key=finals.index)  # model/ may be all that is left
    config = best.run.config
    assert isinstance(config, TrainConfig)
    request = ExportRequest(
        format=form,
        run_id=best.id,
        weights_sha256=sha256_of_weights(place),
        arms={key: tuple(runs) for key, runs in arms.items()},
        data=results.plan.data,
        calibration_images=calibration_images if form == "int8" else None,
        runtime=_runtime(),
    )
    return ExportOrder(request=request, model=str(place), factory=config.training.model, max_drop=max_drop)


def _check_data(results: Results, folder: SweepFolder) -> None:
    try:
        open_division(results.plan.data, folder.data)
    except (FileNotFoundError, UnreadableFileError) as error:
        raise InputError(
            f"{folder.data}: the decoded images that the students were trained and tested on are gone; "
            f"decode them again: {Hints(folder).plan()}"
        ) from error


def _runs(results: Results, key: str) -> tuple[RunResult, ...]:
    arm = results.arm(key)
    return arm.runs if arm else ()


def _kept(results: Results, key: str, folder: SweepFolder) -> list[RunResult]:
    """An arm's tested runs whose weights are on disk."""
    tested = results.test.scores if results.test else {}
    return [run for run in _runs(results, key) if run.id in tested and _has_weights(folder.run(run.id) / "model")]


def _has_weights(place: Path) -> bool:
    return any(place.glob("*.safetensors"))


def _place_of(run: RunResult, folder: SweepFolder) -> Path:
    """The run's own weights; where these are gone, their published copy."""
    own, published = folder.run(run.id) / "model", folder.path / PUBLISHED
    if _has_weights(own):
        return own
    if _has_weights(published) and run.metrics and sha256_of_weights(published) == run.metrics.weights_sha256:
        return published
    raise InputError(
        f"{own}: holds no trained model, nor does {published} hold a copy of it; bring one back, or train it again: "
        f"rm {shlex.quote(str(own.with_name('metrics.json')))} && {Hints(folder).again()}"
    )


def _runtime() -> str:
    try:
        return importlib.metadata.version("onnxruntime")
    except importlib.metadata.PackageNotFoundError as error:
        raise InputError(f"the export to ONNX needs onnxruntime: {EXTRA}") from error


def _is_done(order: ExportOrder, sweep: Path) -> bool:
    """Whether the file is there, of the same weights and data, measured on the same students, and good enough."""
    record, file = sweep / FOLDER / f"{order.request.format}.json", sweep / file_name(order.request.format)
    try:
        done = read_record(record, Export)
        is_whole = record.with_suffix(".npz").exists() and sha256_of_file(file) == done.file_sha256
    except (FileNotFoundError, UnreadableFileError):
        return False
    return is_whole and done.request == order.request and done.val.drop <= order.max_drop


def _carry_out(order: ExportOrder, folder: SweepFolder) -> int:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "order.json"
        write_record(path, order)
        words = [sys.executable, "-m", "kd.runs.export", str(path), str(folder.path), str(folder.data)]
        code = subprocess.run(words, check=False).returncode
    if code < 0:
        raise InputError(
            f"the export was ended by signal {-code}, perhaps for want of memory; the same command goes on"
        )
    return code
