"""What a run sees of its training images. The teacher's logits are computed of the same."""

import itertools
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from kd.augment import augment, view_table
from kd.config import AugmentConfig
from kd.data import MappedImages, Split
from kd.mixing import mix_images, mix_labels, mixing_of_view


class View:
    """One view of the training images, sample by sample the same in any batch.

    Args:
        number: Which view.
        train: The images and labels.
        config: What views change.
    """

    def __init__(self, number: int, train: Split, config: AugmentConfig) -> None:
        self.number = number
        self._train = train
        self._config = config
        num_samples, device = len(train.labels_N), train.labels_N.device
        self._table = view_table(number, num_samples).to(device) if config.changes_pixels else None
        self._mixing = None
        if config.mixes:
            height, width = train.images_NCHW.shape[2:]
            self._mixing = mixing_of_view(number, num_samples, (height, width), config).to(device)

    def read_ahead(self, parts: Sequence[Tensor]) -> Iterator[Tensor]:
        """``parts``, one by one; while one is worked on, images of the next that are not in memory are being read."""
        images = self._train.images_NCHW
        for part, following in itertools.zip_longest(parts, parts[1:]):
            if isinstance(images, MappedImages) and following is not None:
                images.expect(self._needed(following))
            yield part

    def images(self, rows_B: Tensor) -> Tensor:
        """The view [B, C, H, W] of some samples, uint8."""
        if self._mixing is None:
            return self._augmented(rows_B)
        mixing = self._mixing.of(rows_B)
        own, partners = self._augmented(self._needed(rows_B)).chunk(2)
        return mix_images(own, partners, mixing)

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
        images_BCHW = self._train.images_NCHW[rows_B]
        return images_BCHW if self._table is None else augment(images_BCHW, self._table[rows_B], self._config)
