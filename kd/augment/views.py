"""What a run sees of its training images. The teacher's logits are computed of the same."""

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property

import torch
from torch import Tensor

from kd.augment.mixing import Mixing, mix_images, mix_labels, mixing_of_view
from kd.augment.transforms import augment, view_table
from kd.config import AugmentConfig
from kd.data.images import MappedImages, Split
from kd.phases import VIEWS


class View:
    """One view of the training images, sample by sample the same in any batch. What it takes is made at first use.

    Args:
        number: Which view.
        train: The images and labels.
        config: What views change.
    """

    def __init__(self, number: int, train: Split, config: AugmentConfig) -> None:
        self.number = number
        self._train = train
        self._config = config

    @cached_property
    def _table(self) -> Tensor | None:
        if not self._config.changes_pixels:
            return None
        return view_table(self.number, len(self._train.labels_N)).to(self._train.labels_N.device)

    @cached_property
    def _mixing(self) -> Mixing | None:
        if not self._config.mixes:
            return None
        height, width = self._train.images_NCHW.shape[2:]
        mixing = mixing_of_view(self.number, len(self._train.labels_N), (height, width), self._config)
        return mixing.to(self._train.labels_N.device)

    def read_ahead(self, parts: Sequence[Tensor]) -> Iterator[Tensor]:
        """``parts``, one by one; while one is worked on, images of the next that are not in memory are being read."""
        for part, following in itertools.zip_longest(parts, parts[1:]):
            if following is not None:
                self.expect(following)
            yield part

    def expect(self, rows_B: Tensor) -> None:
        """Have the images of some samples read, where they are not in memory, while something else is computed."""
        if isinstance(self._train.images_NCHW, MappedImages):
            self._train.images_NCHW.expect(self._needed(rows_B))

    @VIEWS
    def images(self, rows_B: Tensor) -> Tensor:
        """The view [B, C, H, W] of some samples, uint8."""
        if self._mixing is None:
            return self._augmented(rows_B)
        mixing = self._mixing.of(rows_B)
        own, partners = self._augmented(self._needed(rows_B)).chunk(2)
        return mix_images(own, partners, mixing)

    @VIEWS
    def labels(self, rows_B: Tensor, num_classes: int) -> Tensor:
        """The labels [B] of some samples, int64; where images are mixed the weights [B, classes] of both labels."""
        labels_N = self._train.labels_N
        if self._mixing is None:
            return labels_N[rows_B]
        mixing = self._mixing.of(rows_B)
        return mix_labels(labels_N[rows_B], labels_N[mixing.partner_N], mixing.share_N, num_classes)

    def _needed(self, rows_B: Tensor) -> Tensor:
        """The samples that a view of some samples is made of."""
        return rows_B if self._mixing is None else torch.cat([rows_B, self._mixing.partner_N[rows_B]])

    def _augmented(self, rows_B: Tensor) -> Tensor:
        images_NCHW = self._train.images_NCHW
        if isinstance(images_NCHW, MappedImages):
            images_BCHW = images_NCHW[rows_B]
        else:  # by index_select, which copies whole images: ``images[rows]`` goes number by number
            images_BCHW = images_NCHW.index_select(0, rows_B)
        return images_BCHW if self._table is None else augment(images_BCHW, self._table[rows_B], self._config)
