"""Plain loops that ours are held against: what a patient person writes for a GPU, and the documents' own step."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kd.data.images import Split

MEAN, STD = 127.5, 63.75


class PlainLoop:
    """Distillation with all images on the GPU: channels last, fused Adam, bfloat16; no evaluation, no records.

    Args:
        net: The student, from float images to logits.
        images: uint8 images and classes, on the device.
        logits: The teacher's [N, classes]; the teacher itself where there are none.
        teacher: Computed in every step instead.
        batch_size: Images of a step.
        is_plain: As the documents have it: float32, and torch's own layout.
    """

    def __init__(
        self,
        net: nn.Module,
        images: Split,
        batch_size: int,
        logits: Tensor | None = None,
        teacher: nn.Module | None = None,
        is_plain: bool = False,
    ) -> None:
        device = images.labels_N.device
        self._layout = torch.contiguous_format if is_plain else torch.channels_last
        self._net = net.to(device, memory_format=self._layout).train()  # type: ignore[call-overload]
        self._teacher = None if teacher is None else teacher.to(device, memory_format=self._layout).eval()  # type: ignore[call-overload]
        self._images, self._logits, self._batch_size = images, logits, batch_size
        self._optimizer = torch.optim.Adam(net.parameters(), lr=0.001, fused=not is_plain)
        self._autocast = lambda: torch.autocast(
            device.type, torch.bfloat16, enabled=not is_plain and device.type == "cuda"
        )

    def epoch(self) -> None:
        """All images once, but a last batch that is not whole."""
        order = torch.randperm(len(self._images.labels_N), device=self._images.labels_N.device)
        self.take([batch for batch in order.split(self._batch_size) if len(batch) == self._batch_size])

    def take(self, batches: list[Tensor]) -> None:
        """A step a batch."""
        for rows_B in batches:
            pixels = (self._images.images_NCHW[rows_B].float() - MEAN) / STD
            pixels = pixels.contiguous(memory_format=self._layout)
            with self._autocast():
                outputs = self._net(pixels)
            self._optimizer.zero_grad(set_to_none=True)
            self._loss(outputs.float(), self._teacher_logits(rows_B, pixels), self._images.labels_N[rows_B]).backward()
            self._optimizer.step()

    def _teacher_logits(self, rows_B: Tensor, pixels: Tensor) -> Tensor:
        if self._teacher is None:
            assert self._logits is not None
            return self._logits[rows_B].float()
        with torch.no_grad(), self._autocast():
            logits_BC: Tensor = self._teacher(pixels).float()
        return logits_BC

    @staticmethod
    def _loss(outputs: Tensor, teacher: Tensor, labels: Tensor, temperature: float = 4.0, alpha: float = 0.5) -> Tensor:
        soft = F.kl_div(
            F.log_softmax(outputs / temperature, dim=1), F.softmax(teacher / temperature, dim=1), reduction="batchmean"
        )
        return alpha * temperature**2 * soft + (1 - alpha) * F.cross_entropy(outputs, labels)
