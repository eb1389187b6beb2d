"""The images a run may see, as uint8 tensors.

Train, val and test are disjoint (``kd.data.division``). Only ``open_test`` reaches the test images, and the test run,
the export and the reading of corrupted test images alone call it. What is small beside the free memory is loaded; the
rest stays in the memory-mapped store, and a batch is copied when it is asked for. Both give the same numbers.
"""

import logging
import os
import weakref
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kd.config import StoredData, UnlabeledImages
from kd.data.decoded.arrays import load_array
from kd.data.division.splits import open_division
from kd.data.division.unlabeled import choose_unlabeled
from kd.errors import InputError
from kd.phases import DATA

log = logging.getLogger(__name__)


SHARE_OF_MEMORY = 0.25  # of what is free, for one part's images: several runs share a machine, and models want theirs
_MEMINFO = Path("/proc/meminfo")
_OWN_CGROUP, _CGROUPS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


class MappedImages:
    """Images [N, C, H, W] that stay on disk; indexed like a tensor's first axis, each index copies to ``device``.

    Args:
        stored_NCHW: The memory-mapped split.
        positions_N: Which of its images, in order.
        device: Where copies go.
    """

    def __init__(
        self,
        stored_NCHW: np.memmap[Any, np.dtype[np.uint8]],
        positions_N: NDArray[np.int64],
        device: torch.device,
    ) -> None:
        self._stored_NCHW = stored_NCHW
        assert stored_NCHW.filename is not None
        self._descriptor = os.open(stored_NCHW.filename, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)
        self._positions_N = positions_N
        self.device = device
        self.shape = torch.Size((len(positions_N), *stored_NCHW.shape[1:]))

    def __len__(self) -> int:
        return len(self._positions_N)

    def __getitem__(self, index: Tensor | slice) -> Tensor:
        rows = index.cpu().numpy() if isinstance(index, Tensor) else index
        return torch.from_numpy(self._stored_NCHW[self._positions_N[rows]]).to(self.device)

    def expect(self, rows_B: Tensor) -> None:
        """Have the operating system read these images while something else is computed.

        It takes the place of worker processes: a batch that is in the page cache is copied as fast as memory allows.
        """
        if not hasattr(os, "posix_fadvise"):  # macOS
            return
        size = self._stored_NCHW[0].nbytes
        for position in self._positions_N[rows_B.cpu().numpy()].tolist():
            start = self._stored_NCHW.offset + position * size
            os.posix_fadvise(self._descriptor, start, size, os.POSIX_FADV_WILLNEED)


Images = Tensor | MappedImages
"""[N, C, H, W] uint8, to take batches from: ``images[rows]`` or ``images[start:end]``."""


class Split(NamedTuple):
    """Labelled images: [N, C, H, W] uint8 and [N] int64. Row i is sample i, for seeds and logits."""

    images_NCHW: Images
    labels_N: Tensor


class TrainingData(NamedTuple):
    """What training and search may use."""

    train: Split
    val: Split
    class_names: list[str]

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        channels, height, width = self.train.images_NCHW.shape[1:]
        return channels, height, width


def in_batches(images_NCHW: Images, size: int) -> Iterator[Tensor]:
    """Consecutive batches of ``size`` images; the last may hold fewer."""
    return (images_NCHW[start : start + size] for start in range(0, len(images_NCHW), size))


@lru_cache(maxsize=1)
@DATA
def open_training(data: StoredData, root: Path, device: torch.device) -> TrainingData:
    """Train and val of the store under ``root``, for ``device``; the runs of one job share them.

    Raises:
        FileNotFoundError: The store is not there; ``kd.data.decoded.store.prepare`` makes it.
    """
    division, store, labels = open_division(data, root)
    folder = root / data.digest
    return TrainingData(
        train=_open_split(folder, "train", labels["train"], division.train, device),
        val=_open_split(folder, division.val_split, labels[division.val_split], division.val, device),
        class_names=store.class_names,
    )


@lru_cache(maxsize=1)
@DATA
def open_unlabeled(data: StoredData, images: UnlabeledImages, root: Path, device: torch.device) -> Split:
    """Images without labels, for ``device``; the label of each is -1. The runs of one job share them.

    Raises:
        FileNotFoundError: Their store, or that of the labelled images, is not there.
        InputError: One of them is in val or test, or none is left.
    """
    part = choose_unlabeled(data, images, root)
    num_stored = len(load_array(part.folder / f"{part.split}_images.npy", "r"))
    return _open_split(part.folder, part.split, np.full(num_stored, -1, np.int64), part.positions, device)


def open_test(data: StoredData, root: Path, device: torch.device) -> Split:
    """The test images. For the test run, an export that val has not refused, and what is made of them corrupted."""
    division, _, labels = open_division(data, root)
    split = division.test_split
    return _open_split(root / data.digest, split, labels[split], division.test, device)


def open_extra_test(digest: str, root: Path, device: torch.device) -> Split:
    """The images of another test set (``kd.data.extra_test_sets``).

    Raises:
        InputError: Its store is gone.
    """
    folder = root / digest
    try:
        labels_N = load_array(folder / "test_labels.npy")
        return _open_split(folder, "test", labels_N, np.arange(len(labels_N)), device)
    except FileNotFoundError as error:
        raise InputError(
            f"extra_tests: the decoded images {folder} are gone; the same command makes them again from their source"
        ) from error


def _open_split(
    folder: Path, split: str, labels_N: NDArray[np.int64], positions_N: NDArray[np.int64], device: torch.device
) -> Split:
    stored = load_array(folder / f"{split}_images.npy", "r")
    labels = torch.from_numpy(labels_N[positions_N]).to(device)
    num_bytes = len(positions_N) * stored[0].nbytes
    budget = int(SHARE_OF_MEMORY * free_memory(device))
    fits = num_bytes <= budget
    log.info(
        "%s: %d images of %s, %.2f GiB, %s %.2f GiB: %s",
        folder.name,
        len(positions_N),
        split,
        num_bytes / 2**30,
        "within" if fits else "above",
        budget / 2**30,
        "loaded" if fits else "read from disk batch by batch",
    )
    assert isinstance(stored, np.memmap)
    images = MappedImages(stored, positions_N, device)
    return Split(images[:] if fits else images, labels)


def free_memory(device: torch.device) -> int:
    """Bytes that may still be taken: of this machine or its container and, for a GPU, of the GPU too."""
    free = min(_free_host_memory(), _container_limit())
    if device.type == "cuda":
        free = min(free, torch.cuda.mem_get_info(device)[0])
    return free


def _free_host_memory() -> int:
    """What Linux calls available, which counts the file cache; elsewhere half of what there is."""
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _container_limit() -> int:
    """The smallest limit that a control group sets to this process: of a container, or of a cluster's job."""
    limits = [2**62]
    own = _OWN_CGROUP.read_text() if _OWN_CGROUP.exists() else ""
    inner = own.rpartition("0::/")[2].strip()  # version 2 writes one line, 0::/PATH
    for path in (_CGROUPS / inner / "memory.max", _CGROUPS / "memory.max", _CGROUPS / "memory/memory.limit_in_bytes"):
        if path.is_file() and (text := path.read_text().strip()).isdigit():
            limits.append(int(text))
    return min(limits)
