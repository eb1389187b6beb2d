"""The floor: what a patient person would write by hand for one search, and no more.

Images as tensors in memory, gathered row by row and not number by number, the teacher's logits kept, channels last,
fused Adam; no per-image Python, no evaluation, no records.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from bench.tutorials import BATCH_SIZE


class Floor:
    """A student in training.

    Args:
        net: The student.
        pixels: Float images [N, C, H, W].
        labels: Classes [N].
        logits: The teacher's [N, classes].
    """

    def __init__(self, net: nn.Module, pixels: Tensor, labels: Tensor, logits: Tensor) -> None:
        self._net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._pixels, self._labels, self._logits = pixels, labels, logits
        self._optimizer = torch.optim.Adam(net.parameters(), lr=0.001, fused=True)

    def train(self, epochs: int, alpha: float, temperature: float) -> None:
        """Distil."""
        self._net.train()
        for _ in range(epochs):
            for batch in torch.randperm(len(self._labels)).split(BATCH_SIZE):
                self._optimizer.zero_grad()
                outputs = self._net(self._pixels.index_select(0, batch))
                soft = F.kl_div(
                    F.log_softmax(outputs / temperature, dim=1),
                    F.log_softmax(self._logits[batch] / temperature, dim=1),
                    reduction="batchmean",
                    log_target=True,
                )
                loss = alpha * temperature**2 * soft + (1 - alpha) * F.cross_entropy(outputs, self._labels[batch])
                loss.backward()
                self._optimizer.step()


def train_teacher(net: nn.Module, pixels: Tensor, labels: Tensor, epochs: int) -> None:
    """On labels alone, by the same means."""
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001, fused=True)
    for _ in range(epochs):
        for batch in torch.randperm(len(labels)).split(BATCH_SIZE):
            optimizer.zero_grad()
            F.cross_entropy(net(pixels.index_select(0, batch)), labels[batch]).backward()
            optimizer.step()


def kept_logits(net: nn.Module, pixels: Tensor) -> Tensor:
    """Of every image: [N, classes]."""
    with torch.no_grad():
        return torch.cat([net(part) for part in pixels.split(1000)])
