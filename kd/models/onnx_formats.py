"""A student's ONNX graph in fewer bits: weights in float16, or weights and activations in int8.

All formats take uint8 images and give float32 logits; resizing and normalisation stay in float32.
"""

import copy
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from kd.data.images import in_batches
from kd.errors import InputError, one_line
from kd.models.image_model import ImageModel, logits_of
from kd.models.onnx import finish, open_session, to_onnx

CALIBRATION_BATCH = 32
QUANTIZED = ("Conv", "Gemm", "MatMul", "Relu", "MaxPool")
"""The products, and what only passes their results on. Sums stay in float32: those of a transformer's residual stream
have outliers that eight bits do not hold (on a small ViT they made the largest error of a logit six times as large)."""


def to_fp16(model: ImageModel, images_BCHW: Tensor, class_names: list[str]) -> bytes:
    """The graph with a network in float16.

    A processor without float16 arithmetic computes in float32 all the same: ONNX Runtime converts before and after.

    Args:
        model: In evaluation mode, on the CPU; left as it is.
        images_BCHW: Two or more uint8 images, to trace it with.
        class_names: For the file's metadata.

    Raises:
        InputError: As ``to_onnx``, or the network computes with float32 of its own, or has no float16 weights.
    """
    half = copy.deepcopy(model)
    half.net = _HalfNet(half.net)
    try:
        content = to_onnx(half, images_BCHW, class_names)
        open_session(content)
    except Exception as error:  # onnxruntime raises a class of its own for every status
        raise InputError(
            f"this model cannot be exported as fp16: {one_line(error)}; take FORMAT=fp32 or int8"
        ) from error
    return content


class _HalfNet(nn.Module):
    """A network whose weights and activations are float16."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net.half()

    def forward(self, pixels_BCHW: Tensor) -> Tensor:
        return logits_of(self.net(pixels_BCHW.half()))


def to_int8(content: bytes, images_NCHW: Tensor, class_names: list[str]) -> bytes:
    """The graph with int8 weights, a scale for each output channel, and uint8 activations.

    Activations get the range that they have on ``images_NCHW``. Weights use 7 of the 8 bits, since products of 8-bit
    ones overflow 16-bit sums on processors without VNNI: so the file decides alike on all of them.

    Args:
        content: The float32 graph.
        images_NCHW: uint8 images to calibrate with.
        class_names: For the file's metadata.

    Raises:
        InputError: ONNX Runtime cannot quantise the graph, or there is nothing in it to quantise.
    """
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    try:
        with tempfile.TemporaryDirectory() as name, _quietly():
            plain, folded, out = (Path(name) / each for each in ("plain.onnx", "folded.onnx", "int8.onnx"))
            plain.write_bytes(content)
            quant_pre_process(plain, folded, skip_symbolic_shape=True)  # batch norm is folded into its convolution
            quantize_static(
                folded,
                out,
                _reader(images_NCHW),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=list(QUANTIZED),
                per_channel=True,
                reduce_range=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
            proto = onnx.load(out)
        _keep_logits_exact(proto.graph)
        quantized = finish(proto, class_names)
        open_session(quantized)
    except Exception as error:  # as above, and the quantiser raises anything from KeyError to RuntimeError
        raise InputError(
            f"ONNX Runtime cannot quantise this model: {one_line(error)}; take FORMAT=fp32 or fp16"
        ) from error
    if not any(node.op_type == "QuantizeLinear" for node in proto.graph.node):
        raise InputError("this model has no convolution and no matrix product to quantise; take FORMAT=fp32 or fp16")
    return quantized


def _reader(images_NCHW: Tensor) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc] # the library has no types
        def __init__(self) -> None:
            self._batches = in_batches(images_NCHW, CALIBRATION_BATCH)

        def get_next(self) -> dict[str, Any] | None:
            batch = next(self._batches, None)
            return None if batch is None else {"images": batch.numpy()}

    return Reader()


def _keep_logits_exact(graph: Any) -> None:
    """Give the last product's float32 sums as they are: rounded to 256 values, the two largest logits often tie."""
    orphans = set()
    maker = {name: node for node in graph.node for name in node.output}
    for output in graph.output:
        last = maker[output.name]
        if last.op_type != "DequantizeLinear" or last.input[0] not in maker:
            continue
        rounding = maker[last.input[0]]
        sums = rounding.input[0]
        orphans |= {*last.input[1:], *rounding.input[1:]}
        graph.node.remove(last)
        graph.node.remove(rounding)
        for node in graph.node:
            for names in (node.input, node.output):
                names[:] = [output.name if name == sums else name for name in names]
    orphans -= {name for node in graph.node for name in node.input}
    for scale in [each for each in graph.initializer if each.name in orphans]:
        graph.initializer.remove(scale)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the remarks of the quantiser, which are written to the root logger, and of ONNX Runtime."""
    import onnxruntime

    logger = logging.getLogger()
    was = logger.level
    logger.setLevel(logging.ERROR)
    onnxruntime.set_default_logger_severity(3)
    try:
        yield
    finally:
        onnxruntime.set_default_logger_severity(2)  # what it is where nobody sets it
        logger.setLevel(was)
