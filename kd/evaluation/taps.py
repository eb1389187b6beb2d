"""What a network's modules give while it computes, by the paths of the modules."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from kd.errors import InputError
from kd.models import ImageModel
from kd.remedies import did_you_mean

FORMS = {2: "vector", 3: "tokens", 4: "map"}
"""Of features by their number of dimensions: [images, channels], [images, tokens, channels], [images, channels,
height, width]."""


class Place(NamedTuple):
    """What a module gives, by its path as of ``get_submodule``; or what it is given."""

    path: str
    is_input: bool = False

    def __str__(self) -> str:
        return f"the input of {self.path}" if self.is_input else self.path


class Taps:
    """Hears what some modules of a network give, or are given.

    Args:
        net: The network. It is left as it is: its modules are listened to while somebody asks for it, so that copies
            of it (an average of its weights) are none of a listener's.
        places: Of the features.

    Raises:
        InputError: There is no such module.
    """

    def __init__(self, net: nn.Module, places: Sequence[Place]) -> None:
        self._modules = {place: _module(net, place.path) for place in places}
        self._places = places
        self._heard: dict[Place, Any] = {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear the passes that the network makes meanwhile; of a module that is called several times, the last."""
        self._heard.clear()
        with ExitStack() as hooks:
            for place, module in self._modules.items():
                if place.is_input:
                    hook = module.register_forward_pre_hook(partial(self._hear, place))
                else:
                    hook = module.register_forward_hook(partial(self._hear, place))
                hooks.callback(hook.remove)
            yield

    def take(self, num_images: int) -> list[Tensor]:
        """What was heard of so many images, in the order of the places; it is forgotten here.

        Raises:
            InputError: A module was not called, or gave no features.
        """
        heard, self._heard = self._heard, {}
        return [_features(place, heard, num_images) for place in self._places]

    def _hear(self, place: Place, module: nn.Module, given: Any, output: Any = None) -> None:
        self._heard[place] = _kept(given if place.is_input else output)


def last_linear(model: ImageModel, images_BCHW: Tensor) -> Place:
    """What the classifier decides by: the input of the last linear layer, where that gives the logits.

    Raises:
        InputError: The network ends otherwise.
    """
    called: list[str] = []
    with ExitStack() as hooks:
        for name, module in model.net.named_modules():
            if isinstance(module, nn.Linear):
                hooks.callback(module.register_forward_hook(lambda *_, name=name: called.append(name)).remove)
        logits_BC = in_evaluation(model, images_BCHW)
    last = model.net.get_submodule(called[-1]) if called else None
    if not isinstance(last, nn.Linear) or last.out_features != logits_BC.shape[1]:
        raise InputError("has no linear layer at its end, whose input would be taken: name a place")
    return Place(called[-1], is_input=True)


def probe(model: ImageModel, taps: Taps, images_BCHW: Tensor) -> list[Tensor]:
    """The features of some images; as ``in_evaluation``."""
    with taps.listening():
        in_evaluation(model, images_BCHW)
    return taps.take(len(images_BCHW))


def features_of(output: Any, num_images: int) -> Tensor:
    """The features in what a module gives.

    A tensor as it is; of a tuple or a list the first; of transformers' outputs, and of mappings, ``last_hidden_state``,
    else ``logits`` where there is none.

    Args:
        output: What a module gave.
        num_images: That the network was given.

    Returns:
        Features [images, channels], [images, tokens, channels] or [images, channels, height, width].

    Raises:
        InputError: It is something else; the message says what.
    """
    found = output
    while not isinstance(found, Tensor):
        if isinstance(found, dict) and (key := next((key for key in _KEYS if key in found), None)):
            found = found[key]
        elif isinstance(found, tuple | list) and found:
            found = found[0]
        else:
            raise InputError(f"its output is a {type(output).__name__}, in which no features are known")
    if not found.is_floating_point() or found.ndim not in FORMS or found.shape[0] != num_images:
        shape = f"{str(found.dtype).removeprefix('torch.')} {list(found.shape)}"
        raise InputError(
            f"its output is {shape} for {num_images} images; wanted are floating [images, channels], "
            "[images, tokens, channels] or [images, channels, height, width]"
        )
    return found


_KEYS = ("last_hidden_state", "logits")


def _kept(output: Any) -> Any:
    """With tensors copied: the next layer may be one that changes them in place, as ReLU does."""
    if isinstance(output, Tensor):
        return output.clone()
    if isinstance(output, dict):
        return {key: _kept(output[key]) for key in _KEYS if key in output} or output
    if isinstance(output, tuple | list) and output:
        return (_kept(output[0]),)
    return output


def _features(place: Place, heard: dict[Place, Any], num_images: int) -> Tensor:
    if place not in heard:
        raise InputError(f"does not call {place.path} while it computes: name another module")
    try:
        return features_of(heard[place], num_images)
    except InputError as error:
        raise InputError(f"has no features at {place}: {error}") from error


def _module(net: nn.Module, path: str) -> nn.Module:
    try:
        return net.get_submodule(path)
    except AttributeError:
        known = [name for name, _ in net.named_modules() if name]
        raise InputError(f"has no module {path}{did_you_mean(path, known)}") from None


@torch.no_grad()
def in_evaluation(model: nn.Module, images_BCHW: Tensor) -> Tensor:
    """Logits of some images in evaluation mode; the model is left as it was, and so are random numbers."""
    was_training = model.training
    devices = [images_BCHW.device] if images_BCHW.device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=devices):
            logits_BC: Tensor = model.eval()(images_BCHW)
    finally:
        model.train(was_training)
    return logits_BC
