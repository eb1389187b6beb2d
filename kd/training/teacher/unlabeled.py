"""Images without labels that stand beside a batch's labelled ones, and teach by the teacher's word alone.

They are a stream of their own: passes over all of them, each in an order that the seed decides, one after the other
with no regard to epochs. What a step takes of it follows from how many labelled images were seen before, so nothing
has to be kept for a training that was cut. The n-th pass sees view n, as epoch n of the labelled images does.

Shape suffixes: B labelled images, U unlabelled ones, C classes.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from kd.augment.transforms import unlabeled_order
from kd.augment.views import View
from kd.config import TrainConfig
from kd.data.images import MappedImages, Split
from kd.losses import LossParts
from kd.training.teacher.logits import Teacher


class Draw(NamedTuple):
    """Some of them: samples [U], and the number of the view that each is seen in [U], which stays on the CPU."""

    rows_U: Tensor
    views_U: Tensor

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.rows_U)

    def parts(self, number: int) -> list["Draw"]:
        """Divided into so many parts of nearly the same size; some may be empty."""
        return [Draw(*each) for each in zip(*(torch.tensor_split(one, number) for one in self), strict=True)]


NOTHING = Draw(torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long))


class UnlabeledStream:
    """What each step of a training takes of them.

    Args:
        config: The training; ``config.unlabeled`` is set.
        images: All of them.
        teacher: Who knows their logits.
        num_labelled: Labelled images of an epoch.
    """

    def __init__(self, config: TrainConfig, images: Split, teacher: Teacher, num_labelled: int) -> None:
        assert config.unlabeled is not None, "the training has unlabelled images"
        self._config = config
        self._unlabeled = config.unlabeled
        self._images = images
        self._teacher = teacher
        self._num_images = len(images.labels_N)
        self._num_labelled = num_labelled
        self._num_passes = self._unlabeled.num_passes(config.training.epochs * num_labelled, self._num_images)
        self._order = lru_cache(maxsize=2)(self._order_of_pass)
        self._view = lru_cache(maxsize=2)(self._view_of_number)

    def draw(self, step: int) -> Draw:
        """What a step, counted over all epochs, has beside its labelled images."""
        first, last = (self._unlabeled.num_drawn(number) for number in self._labelled_before(step, step + 1))
        rows, views = [], []
        for number in range(first // self._num_images, -(-last // self._num_images)):
            start = number * self._num_images
            rows.append(self._order(number)[max(first - start, 0) : last - start])
            views.append(torch.full((len(rows[-1]),), self._config.augment.view_of_pass(number, self._num_passes)))
        return Draw(torch.cat(rows), torch.cat(views)) if rows else NOTHING

    def num_drawn(self, epochs: int) -> int:
        """How many were seen in so many epochs."""
        return self._unlabeled.num_drawn(epochs * self._num_labelled)

    def images(self, draw: Draw) -> Tensor:
        """Those of a draw [U, C, H, W], in their views."""
        return torch.cat([self._view(view).images(rows) for view, rows in _by_view(draw)])

    def expect(self, step: int) -> None:
        """Have what a step takes read meanwhile, where it is not in memory."""
        if isinstance(self._images.images_NCHW, MappedImages):
            for view, rows in _by_view(self.draw(step)):
                self._view(view).expect(rows)

    def teacher_logits(self, draw: Draw, images_UCHW: Tensor) -> Tensor:
        """What the teacher says of a draw [U, classes]."""
        parts, start = [], 0
        for view, rows in _by_view(draw):
            says = self._teacher.of(self._view(view), view)  # no control, whose word would depend on the epoch
            parts.append(says(rows, images_UCHW[start : start + len(rows)]))
            start += len(rows)
        return torch.cat(parts)

    def _labelled_before(self, *steps: int) -> Iterator[int]:
        """How many labelled images were seen before each step."""
        batch_size = self._config.training.batch_size
        steps_per_epoch = -(-self._num_labelled // batch_size)
        for step in steps:
            epoch, in_epoch = divmod(step, steps_per_epoch)
            yield epoch * self._num_labelled + in_epoch * batch_size

    def _order_of_pass(self, number: int) -> Tensor:
        return unlabeled_order(self._config.seed, number, self._num_images).to(self._images.labels_N.device)

    def _view_of_number(self, number: int) -> View:
        return View(number, self._images, self._config.augment)


def _by_view(draw: Draw) -> Iterator[tuple[int, Tensor]]:
    """The samples of each view, in order: a step near a pass's end has those of two."""
    views, sizes = torch.unique_consecutive(draw.views_U, return_counts=True)
    yield from zip(views.tolist(), torch.split(draw.rows_U, sizes.tolist()), strict=True)


def pooled(labelled: LossParts, num_labelled: int, unlabeled: LossParts, num_unlabeled: int) -> Tensor:
    """The mean total over all images, of the means over the labelled and over the unlabelled ones."""
    total: Tensor = labelled.total * num_labelled + unlabeled.total * num_unlabeled
    return total / (num_labelled + num_unlabeled)
