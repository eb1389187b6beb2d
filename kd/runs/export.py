"""Export a trained student and measure the file: ``python -m kd.runs.export ORDER SWEEP DATA``.

Val decides whether the file is good enough, train calibrates, and test is read last, when nothing is left to decide.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from kd.data.images import Images, Split, TrainingData, open_test, open_training
from kd.errors import InputError, UnreadableFileError
from kd.evaluation.deployed import DeployedModel, predict, time_side_by_side
from kd.evaluation.logits import evaluation_batch_size
from kd.evaluation.speed import describe_hardware
from kd.exports import FOLDER, Export, ExportOrder, ExportRequest, ValScores, file_name
from kd.files import read_record, sha256_of_file, write_bytes, write_record
from kd.model_card import card_path
from kd.models import ImageModel
from kd.models.files import load_model
from kd.models.onnx import check_extra, checked_onnx
from kd.models.onnx_formats import to_fp16, to_int8
from kd.records import ModelCard
from kd.runs.folder.context import RunPaths
from kd.runs.folder.results import load_run_model, write_arrays
from kd.runs.pretrained.accuracy import evenly

CPU = torch.device("cpu")
BAD_INPUT, TOO_FAR, BROKEN, INTERRUPTED = 2, 1, 1, 130


class TooFarError(InputError):
    """The format is further below float32 on val than is accepted."""


class _Files(NamedTuple):
    """A student in float32 and in the format asked for; the same bytes where that is float32."""

    fp32: bytes
    asked: bytes
    batch_size: int

    def predict(self, images: Images) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """What each decides on images [N]."""
        fp32 = predict(DeployedModel(self.fp32, torch.get_num_threads()), images, self.batch_size)
        if self.asked is self.fp32:
            return fp32, fp32
        return fp32, predict(DeployedModel(self.asked, torch.get_num_threads()), images, self.batch_size)


def export(order: ExportOrder, paths: RunPaths, say: Callable[[str], None]) -> Export:
    """Write the student's file, the predictions of every student in its format, and last the record of both.

    Args:
        order: What to export.
        paths: The sweep's results and its data.
        say: Hears how far it is.

    Returns:
        What was measured, as written.

    Raises:
        TooFarError: The student loses more on val than is accepted. Nothing is written, and test was not read.
        InputError: The extra is not installed, or a model cannot be exported in this format; nothing is written.
        FileNotFoundError: The weights or the data are gone.
    """
    check_extra()
    request = order.request
    train = open_training(request.data, paths.data, CPU)
    chosen = _convert(load_model(Path(order.model), CPU, order.factory), Path(order.model), request, train)
    val = _compare_on_val(chosen, train.val)
    _check_drop(val, request, order.max_drop)
    if request.format != "fp32":
        say(f"On val ({val.num_images:,} images) {request.format} is {_change_text(val)}.")

    test = open_test(request.data, paths.data, CPU)
    predictions: dict[str, NDArray[np.int32]] = {}
    for run_id in (run_id for arm in request.arms.values() for run_id in arm):
        files = chosen
        if run_id != request.run_id:
            folder = paths.run(run_id)
            files = _convert(load_run_model(folder, CPU), folder / "model", request, train)
        predictions[f"fp32 {run_id}"], predictions[f"{request.format} {run_id}"] = files.predict(test.images_NCHW)
    return _write(order, chosen, val, test, predictions, paths)


def _write(
    order: ExportOrder,
    chosen: _Files,
    val: ValScores,
    test: Split,
    predictions: dict[str, NDArray[np.int32]],
    paths: RunPaths,
) -> Export:
    request = order.request
    folder, file = paths.sweep / FOLDER, paths.sweep / file_name(request.format)
    record = folder / f"{request.format}.json"
    fp32, asked = (DeployedModel(content, torch.get_num_threads()) for content in (chosen.fp32, chosen.asked))
    latencies = time_side_by_side(fp32, asked, test.images_NCHW)
    num_before = _num_test_readings(record)
    folder.mkdir(exist_ok=True)
    record.unlink(missing_ok=True)  # it would describe the file before
    arrays = {"labels": test.labels_N.cpu().numpy()} | predictions
    write_arrays(folder / f"{request.format}.npz", arrays)
    write_bytes(file, chosen.asked)
    done = Export(
        request=request,
        file_sha256=sha256_of_file(file),
        num_bytes=len(chosen.asked),
        fp32_num_bytes=len(chosen.fp32),
        val=val,
        max_drop=order.max_drop,
        latencies=latencies,
        device=describe_hardware(CPU),
        num_threads=torch.get_num_threads(),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        num_test_readings=1 + num_before,
    )
    write_record(record, done)
    return done


def _convert(model: ImageModel, folder: Path, request: ExportRequest, data: TrainingData) -> _Files:
    model.eval()
    card = read_record(card_path(folder), ModelCard)
    fp32, _ = checked_onnx(model, card, folder)
    batch_size = evaluation_batch_size(model, data.train.images_NCHW)
    if request.format == "fp32":
        return _Files(fp32, fp32, batch_size)
    images = data.train.images_NCHW
    if request.format == "fp16":
        return _Files(fp32, to_fp16(model, images[torch.arange(2)], card.class_names), batch_size)
    assert request.calibration_images is not None
    rows = torch.from_numpy(evenly(len(images), request.calibration_images))
    return _Files(fp32, to_int8(fp32, images[rows], card.class_names), batch_size)


def _compare_on_val(files: _Files, val: Split) -> ValScores:
    labels = val.labels_N.cpu().numpy()
    fp32, asked = (decided == labels for decided in files.predict(val.images_NCHW))
    return ValScores(
        num_images=len(labels),
        fp32_accuracy=float(fp32.mean()),
        accuracy=float(asked.mean()),
        num_broken=int((fp32 & ~asked).sum()),
        num_fixed=int((asked & ~fp32).sum()),
    )


def _check_drop(val: ValScores, request: ExportRequest, max_drop: float) -> None:
    if val.drop <= max_drop + 1e-9:  # a limit that is met exactly is kept, whatever binary fractions make of it
        return
    raise TooFarError(
        f"{request.format} is {_change_text(val)} on {val.num_images:,} val images, further below than MAX_DROP="
        f"{100 * max_drop:g} accepts (the difference as measured decides, not its interval); nothing is written and "
        f"test was not read: {_remedy(request)}"
    )


def _change_text(val: ValScores) -> str:
    """How accuracy changes, and on how many images: a reader sees whether chance may have made the difference."""
    points = f"{-100 * val.drop:+.2f} points" if val.drop else "no change"
    return (
        f"{100 * val.accuracy:.2f} % right, fp32 {100 * val.fp32_accuracy:.2f} % ({points}: "
        f"{val.num_broken:,} images lost, {val.num_fixed:,} won)"
    )


def _remedy(request: ExportRequest) -> str:
    if request.calibration_images is None:
        return "take FORMAT=int8 or fp32"
    return f"calibrate with more images (CALIBRATION_IMAGES={4 * request.calibration_images}), or take FORMAT=fp16"


def _num_test_readings(record: Path) -> int:
    try:
        return read_record(record, Export).num_test_readings
    except (FileNotFoundError, UnreadableFileError):
        return 0


def main(arguments: list[str] | None = None) -> int:
    """The command line: 2 for what cannot be exported, 1 for a format that loses too much, each with one line."""
    order, sweep, data = map(Path, sys.argv[1:] if arguments is None else arguments)
    try:
        export(read_record(order, ExportOrder), RunPaths(sweep, data), lambda line: print(line, flush=True))  # noqa: T201
    except TooFarError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return TOO_FAR
    except (InputError, UnreadableFileError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return BAD_INPUT
    except (
        OSError
    ) as error:  # a full disk, or weights that went away meanwhile; nothing counts before the record is there
        where = f"{error.filename}: " if error.filename else ""
        print(f"error: {where}{error.strerror or error}; the same command goes on", file=sys.stderr)  # noqa: T201
        return BROKEN
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
