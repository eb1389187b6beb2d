"""Who says what the teacher makes of a batch."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from kd.errors import InputError
from kd.losses import average_logits
from kd.models.image_model import logits_of
from kd.phases import TEACHER
from kd.trainer.batches import Batch

TeacherModel = nn.Module | Sequence[nn.Module] | Tensor | None
"""A teacher, or several; their kept logits [samples, classes]; or None, where every batch brings its own."""


class Teaching:
    """The teacher's logits of a batch: what came with it, or what the models say.

    Args:
        teacher_model: Models are moved to ``device``, and never trained.
        device: Where the student trains.

    Raises:
        InputError: Kept logits that are not floating, [samples, classes].
    """

    def __init__(self, teacher_model: TeacherModel, device: torch.device) -> None:
        self.kept_logits_NC = teacher_model if isinstance(teacher_model, Tensor) else None
        self._models: list[nn.Module] = []
        if isinstance(teacher_model, nn.Module):
            self._models = [teacher_model.to(device)]
        elif not isinstance(teacher_model, Tensor):
            self._models = [model.to(device) for model in teacher_model or ()]
        elif teacher_model.ndim != 2 or not teacher_model.is_floating_point():
            got = f"{teacher_model.dtype} {list(teacher_model.shape)}"
            raise InputError(f"kept teacher logits must be floating, [samples, classes], got {got}")

    def eval(self) -> None:
        """Put the models into evaluation mode."""
        for model in self._models:
            model.eval()

    @TEACHER
    @torch.no_grad()
    def logits(self, batch: Batch) -> Tensor:
        """Raw logits [batch, classes]; of several models their mean.

        Raises:
            InputError: Nobody says any.
        """
        if batch.teacher_BC is not None:
            return batch.teacher_BC
        if self._models:
            return average_logits([logits_of(model(batch.images)) for model in self._models])
        if self.kept_logits_NC is not None:
            raise InputError("kept teacher logits need each sample's number in the batch: (images, labels, numbers)")
        raise InputError("without a teacher_model each batch must bring its logits: (images, labels, teacher_logits)")
