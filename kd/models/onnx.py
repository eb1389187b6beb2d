"""A model folder as ONNX: ``python -m kd.models.onnx FOLDER OUT.onnx``. Needs the ``onnx`` extra.

The graph takes uint8 images, any number at once, and resizes and normalises them itself, as the model does.
"""

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, write_atomically
from kd.model_card import card_path
from kd.models import ImageModel
from kd.models.files import load_model
from kd.records import ModelCard

TOLERANCE = 1e-4  # of the largest logit, or of 1 where all are smaller
NUM_IMAGES = 8
EXTRA = "pip install 'kd-sweep[onnx]'"


class Parity(NamedTuple):
    """How far ONNX Runtime's logits are from torch's on the same images; both in the logits' own unit."""

    largest_difference: float
    largest_logit: float

    @property
    def is_close(self) -> bool:
        """Whether the difference is what float32 explains; NaN is not."""
        return self.largest_difference <= TOLERANCE * max(1.0, self.largest_logit)


def export_onnx(folder: Path, out: Path, factory: str | None = None) -> Parity:
    """Write the model of ``folder`` to ``out``, once ONNX Runtime was seen to give torch's logits.

    Args:
        folder: A run's ``model/``, or a published one.
        out: One file, weights included; its metadata hold the class names, and no path. Replaced where it exists.
        factory: As of ``load_model``.

    Raises:
        InputError: There is no model, the extra is not installed, torch cannot export the model, or the
            logits differ; ``out`` is untouched.
    """
    try:
        card = read_record(card_path(folder), ModelCard)
        model = load_model(folder, torch.device("cpu"), factory).eval()
    except FileNotFoundError as error:
        hint = "a complete sweep has one in results/SWEEP/model"
        raise InputError(f"{folder}: holds no trained model; {hint}") from error
    content, parity = checked_onnx(model, card, folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, lambda stream: stream.write(content))
    return parity


def checked_onnx(model: ImageModel, card: ModelCard, place: Path) -> tuple[bytes, Parity]:
    """A model as ONNX, once ONNX Runtime was seen to give its logits.

    Args:
        model: In evaluation mode, on the CPU.
        card: Its shapes and class names.
        place: What it is called where it is refused.

    Raises:
        InputError: As ``export_onnx``.
    """
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (NUM_IMAGES, *card.input_shape), dtype=torch.uint8, generator=generator)
    content = to_onnx(model, images[:2], card.class_names)
    parity = _compare(model, content, images)
    if not parity.is_close:
        raise InputError(
            f"{place}: ONNX Runtime's logits are up to {parity.largest_difference:.2g} away from torch's, whose "
            f"largest is {parity.largest_logit:.2g}; no ONNX file is written"
        )
    return content, parity


def check_extra() -> None:
    """Raises: InputError: What the export needs is not installed; it says how to install it."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise InputError(f"the export to ONNX needs {error.name}: {EXTRA}") from error


def to_onnx(model: ImageModel, images_BCHW: Tensor, class_names: list[str]) -> bytes:
    """The graph of a model for any number of images, without a trace of this machine; nothing is compared.

    Args:
        model: In evaluation mode, on the CPU.
        images_BCHW: Two or more, to trace it with.
        class_names: For the file's metadata.

    Raises:
        InputError: The extra is not installed, or torch cannot export the model.
    """
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)  # no torchvision: fine
    check_extra()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # torch's exporter about torch's own tree library
            program = torch.onnx.export(
                model,
                (images_BCHW,),
                input_names=["images"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                dynamo=True,
                verbose=False,
            )
            assert program is not None
    except torch.onnx.errors.OnnxExporterError as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(f"torch cannot export this model to ONNX: {reason}") from error
    return finish(program.model_proto, class_names)


def finish(proto: Any, class_names: list[str]) -> bytes:
    """An ``onnx.ModelProto`` as a file's content: the class names are all that it says beside the graph."""
    _forget_origin(proto)
    proto.metadata_props.add(key="class_names", value=json.dumps(class_names, ensure_ascii=False))
    return bytes(proto.SerializeToString())


def open_session(content: bytes, num_threads: int = 0) -> Any:
    """An ``onnxruntime.InferenceSession`` on the CPU.

    Args:
        content: Of an ONNX file.
        num_threads: Of one pass; 0 leaves it to ONNX Runtime.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.log_severity_level = 3  # errors: its remarks on unused initializers are for its makers
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _forget_origin(message: Any) -> None:
    """Drop the notes that torch leaves at every node: stack traces, with where its files lie on this machine."""
    for field, value in message.ListFields():
        if field.name in ("metadata_props", "doc_string"):
            message.ClearField(field.name)
        elif field.message_type is not None:
            for inner in [value] if hasattr(value, "ListFields") else value:
                _forget_origin(inner)


@torch.inference_mode()
def _compare(model: ImageModel, content: bytes, images_BCHW: Tensor) -> Parity:
    """On one image alone, and on all together."""
    session = open_session(content)
    differences, logits = [], []
    for batch in (images_BCHW[:1], images_BCHW):
        ours: NDArray[np.float32] = model(batch).numpy()
        (theirs,) = session.run(None, {"images": batch.numpy()})
        differences.append(np.abs(ours - theirs).max())
        logits.append(np.abs(ours).max())
    return Parity(float(np.max(differences)), float(np.max(logits)))  # np.max, unlike max, keeps NaN


def main(arguments: list[str] | None = None) -> int:
    """The command line; bad input is one line and exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m kd.models.onnx", description="Write a trained model as ONNX.")
    parser.add_argument("folder", type=Path, help="a model folder: results/SWEEP/model, or a run's model")
    parser.add_argument("out", type=Path, help="the .onnx file to write")
    parser.add_argument("--model", help="the package.module:factory that may be imported, where it is of one")
    asked = parser.parse_args(arguments)
    try:
        parity = export_onnx(asked.folder, asked.out, asked.model)
    except (InputError, UnreadableFileError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    print(  # noqa: T201
        f"{asked.out}: {asked.out.stat().st_size / 2**20:.2f} MiB; largest difference from torch "
        f"{parity.largest_difference:.2g} (logits up to {parity.largest_logit:.2g})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
