"""A model's logits over a set of images, and what the model costs."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from kd.data.images import Images, in_batches
from kd.errors import InputError
from kd.models import ImageModel
from kd.phases import EVALUATION
from kd.records import ModelSize

log = logging.getLogger(__name__)

EVALUATION_BATCH_SIZE = 1000  # of images up to 128×128 pixels; fewer of larger ones
_PIXELS_AT_ONCE = EVALUATION_BATCH_SIZE * 128 * 128


def evaluation_batch_size(model: nn.Module, images_NCHW: Images) -> int:
    """How many images go through ``model`` at once, by the size that it resizes them to."""
    height, width = getattr(model, "input_size", None) or images_NCHW.shape[2:]
    return max(1, min(EVALUATION_BATCH_SIZE, _PIXELS_AT_ONCE // (height * width)))


@torch.inference_mode()
def compute_logits(model: nn.Module, images_NCHW: Images) -> Tensor:
    """Logits [N, classes] in float32, with the model in evaluation mode (and left in it)."""
    model.eval()
    batches = in_batches(images_NCHW, evaluation_batch_size(model, images_NCHW))
    return torch.cat([model(batch) for batch in batches])


def refuse_non_finite(logits_NC: Tensor, where: str, images: str) -> None:
    """Refuse logits that are infinite or no number: they name no class, and no score can be told from them.

    Args:
        logits_NC: Of some images.
        where: The model, for the message; empty where the caller names it.
        images: What they are, likewise, such as ``test images``.

    Raises:
        InputError: Says for how many images.
    """
    num_bad = int((~logits_NC.isfinite().all(dim=1)).sum())
    if num_bad:
        raise InputError(
            f"{where} gives logits".lstrip() + f" that are not finite for {num_bad:,} of {len(logits_NC):,} {images}; "
            "mend its code (a division, a logarithm, a half-precision cast) or take other weights"
        )


@EVALUATION
def measure_size(model: ImageModel, input_shape: tuple[int, int, int]) -> ModelSize:
    """Parameters, and multiply-accumulates of convolutions and matrix products for one image.

    The same on every device: fused kernels of attention and recurrent layers, which torch's counter knows on some
    devices and not on others, are taken apart into the products that they stand for.
    """
    device = model.mean.device
    counter, called = FlopCounterMode(display=False), set[str]()
    with _unfused(), _frozen(model), counter, torch.inference_mode(), _noting_calls(model, called):
        model.eval()(torch.zeros(1, *input_shape, dtype=torch.uint8, device=device))
    counts = counter.get_flop_counts()
    outermost = type(model).__name__
    not_counted = tuple(sorted(name for name in called if not sum(counts.get(f"{outermost}.{name}", {}).values())))
    if not_counted:
        log.warning("multiply-accumulates: not counted: %s", ", ".join(not_counted))
    return ModelSize(
        num_parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=counter.get_total_flops() // 2,
        not_counted=not_counted,
    )


@contextmanager
def _frozen(model: nn.Module) -> Iterator[None]:
    """No parameter wants a gradient: torch's counter asks how those came to be that a module returns as they are."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)


@contextmanager
def _unfused() -> Iterator[None]:
    """Attention and recurrent layers as plain matrix products."""
    was_fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings(), sdpa_kernel(SDPBackend.MATH), torch.backends.cudnn.flags(enabled=False):
            warnings.simplefilter("ignore")  # the next line speaks of Intel's GPUs
            with torch.backends.mkldnn.flags(enabled=False):
                yield
    finally:
        torch.backends.mha.set_fastpath_enabled(was_fast)


@contextmanager
def _noting_calls(model: nn.Module, called: set[str]) -> Iterator[None]:
    """Adds to ``called`` the names of modules that ran and should have multiplied: with a matrix of their own.

    An embedding looks its rows up. A matrix that another module uses, as attention does its output's, is counted there.
    TorchScript takes no hooks; what it computes is counted as a whole.
    """
    with ExitStack() as hooks:
        for name, module in model.named_modules():
            has_matrix = any(parameter.ndim > 1 for parameter in module.parameters(recurse=False))
            if name and has_matrix and not isinstance(module, nn.Embedding | torch.jit.ScriptModule):
                hook = module.register_forward_hook(lambda *_, name=name: called.add(name))
                hooks.callback(hook.remove)
        yield
