"""Batches as data loaders give them: pairs, pairs with the teacher's word, or the dictionaries of Hugging Face."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from kd.errors import InputError

KEYS = ("pixel_values", "labels")
FORMS = "wanted are (images, labels), with a third item for kept teacher logits, or a dict with pixel_values and labels"

RawBatch = Sequence[Tensor] | Mapping[str, Tensor]
"""(images, labels) or {"pixel_values": images, "labels": labels}.

Images are as the models take them, first dimension the batch. Labels are classes [batch], or what each class weighs
[batch, classes], as torchvision's MixUp and CutMix make them. A third item of floats, or ``teacher_logits`` in a dict,
is what the teacher says: logits [batch, classes]. One of integers, or ``index``, is each sample's number [batch]: its
row of kept logits.
"""


class Batch(NamedTuple):
    """A batch, or a part of one; ``teacher_BC`` where its logits came with it, or were looked up."""

    images: Tensor
    labels: Tensor
    teacher_BC: Tensor | None = None

    @property
    def num_images(self) -> int:
        """How many there are."""
        return len(self.labels)

    def to(self, device: torch.device) -> "Batch":
        """On another device."""
        moved = [each if each is None else each.to(device, non_blocking=True) for each in self]
        return Batch(*moved)  # type: ignore[arg-type]

    def split(self, num_parts: int) -> list["Batch"]:
        """At most so many consecutive parts, all of one length but the last; none of no image."""
        size = math.ceil(self.num_images / num_parts)
        return [
            Batch(*(each if each is None else each[start : start + size] for each in self))  # type: ignore[arg-type]
            for start in range(0, self.num_images, size)
        ]


def read_batch(raw: RawBatch, kept_logits_NC: Tensor | None, loader: str) -> Batch:
    """What a loader gave, in one form.

    Args:
        raw: As it came.
        kept_logits_NC: The teacher's logits of all samples, if they were computed before.
        loader: Its name, for errors.

    Raises:
        InputError: It is of another form, or names a sample that there are no logits of.
    """
    if isinstance(raw, Mapping):
        missing = [key for key in KEYS if key not in raw]
        if missing:
            raise InputError(f"{loader} gave a dict with {', '.join(map(str, raw))}, without {missing[0]}; {FORMS}")
        items: list[Any] = [raw[key] for key in KEYS]
        items.append(raw.get("teacher_logits", raw.get("index")))
    else:
        items = list(raw) if isinstance(raw, list | tuple) else []
        if len(items) not in (2, 3):
            held = f" of {len(items)}" if items else ""
            raise InputError(f"{loader} gave a {type(raw).__name__}{held}; {FORMS}")
    images, labels, said = (*items, None)[:3]
    if not isinstance(images, Tensor) or not isinstance(labels, Tensor):
        kinds = " and ".join(type(each).__name__ for each in (images, labels))
        raise InputError(f"{loader} gave {kinds}, not tensors: images and labels; {FORMS}")
    if len(labels) == 0:
        raise InputError(f"{loader} gave a batch of no image")
    if len(images) != len(labels):
        raise InputError(f"{loader} gave {len(images)} images with {len(labels)} labels")
    labels = labels if labels.is_floating_point() else labels.long()
    return Batch(images, labels, _teacher_logits(said, kept_logits_NC, len(labels), loader))


def _teacher_logits(said: object, kept_NC: Tensor | None, num_images: int, loader: str) -> Tensor | None:
    if said is None:
        return None
    if not isinstance(said, Tensor):
        raise InputError(f"{loader} gave a {type(said).__name__} as what the teacher says; wanted is a tensor")
    if len(said) != num_images:
        raise InputError(f"{loader} gave teacher logits or numbers of {len(said)} samples with {num_images} labels")
    if said.is_floating_point():
        return said
    if kept_NC is None:
        return None  # numbers of samples, which somebody else may want
    if said.ndim != 1:
        raise InputError(f"{loader} gave {list(said.shape)} integers with a batch; a sample's number is one: [batch]")
    if not ((said >= 0) & (said < len(kept_NC))).all():
        numbers = f"{int(said.min())} to {int(said.max())}"
        raise InputError(f"{loader} gave sample numbers {numbers}; logits are kept of 0 to {len(kept_NC) - 1}")
    return kept_NC[said.to(kept_NC.device)]


def skip(batches: Iterator[Batch], num: int) -> Batch | None:
    """Take so many batches; the last of them.

    Raises:
        InputError: There are fewer.
    """
    last = None
    for number in range(num):
        last = next(batches, None)
        if last is None:
            raise InputError(f"train_loader gave {number} batches, the checkpoint is {num} into an epoch: not its data")
    return last
