"""What a student learns from inside its teacher, beside the teacher's logits: taps, learned layers, and the sum of it.

The learned layers (a regressor, a projector) are trained with the student by its optimizer and kept in the checkpoint.
They are no part of the student: not of its average, its size, or what is saved of it.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from kd.config import DistillConfig, FeatureConfig, TrainConfig
from kd.data.images import TrainingData
from kd.errors import InputError
from kd.evaluation.taps import FORMS, Place, Taps, last_linear, probe
from kd.losses import FEATURE_LOSSES
from kd.losses.features import pooled
from kd.losses.soft import at_least_float32
from kd.models import ImageModel
from kd.phases import LOSS
from kd.training.teacher.logits import OnlineTeacher, Teacher


class TappedStudent(nn.Module):
    """A student that gives its features with its logits: one module, so that ranks exchange all gradients at once.

    Args:
        model: The student.
        taps: Of its network.
        learned: For each tap what its features go through: a learned layer, or nothing.
        is_pooled: For each tap, whether they are pooled before.
    """

    def __init__(self, model: ImageModel, taps: Taps, learned: Sequence[nn.Module], is_pooled: Sequence[bool]) -> None:
        super().__init__()
        self.model = model
        self.learned = nn.ModuleList(learned)
        self._taps = taps
        self._is_pooled = is_pooled

    def forward(self, images_BCHW: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits and features of uint8 images, the features as they are compared with the teacher's, in float32."""
        with self._taps.listening():
            logits_BC = self.model(images_BCHW)
        found = self._taps.take(len(images_BCHW))
        features = []
        for feature, layer, is_pooled in zip(found, self.learned, self._is_pooled, strict=True):
            wide = at_least_float32(feature)
            features.append(layer(pooled(wide) if is_pooled else wide))
        return logits_BC, features


class _Features(NamedTuple):
    """Where features are taken, and their shape in an image."""

    side: str
    place: Place
    shape: tuple[int, ...]

    def __str__(self) -> str:
        return f"the {self.side} gives {list(self.shape)} at {self.place}"

    @property
    def form(self) -> str:
        return FORMS[len(self.shape) + 1]

    @property
    def channels(self) -> int:
        return self.shape[0] if self.form == "map" else self.shape[-1]


class FeatureLearning:
    """The term that features add to a training's loss.

    Args:
        configs: By their places in the sweep file, such as ``distill.features.0``, for messages.
        student: Trained; nothing of it is changed here, and no random number of the training is drawn.
        teacher: In evaluation mode.
        images_BCHW: Some images of the data, to see what both give.
        seed: Of the learned layers.

    Raises:
        InputError: A place is not there, or two features cannot be compared; one line that names both.
    """

    def __init__(
        self,
        configs: Mapping[str, FeatureConfig],
        student: ImageModel,
        teacher: ImageModel,
        images_BCHW: Tensor,
        seed: int,
    ) -> None:
        self._configs = list(configs.values())
        of_student = [_look(key, "student", each.student, student, images_BCHW) for key, each in configs.items()]
        of_teacher = [_look(key, "teacher", each.teacher, teacher, images_BCHW) for key, each in configs.items()]
        layers = []
        devices = [images_BCHW.device] if images_BCHW.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            for key, config, ours, theirs in zip(configs, self._configs, of_student, of_teacher, strict=True):
                _check_forms(key, config, ours, theirs)
                layers.append(_learned_layer(config, ours, theirs).to(images_BCHW.device))
        is_pooled = [FEATURE_LOSSES[config.loss].is_pooled for config in self._configs]
        taps, self._teacher = (
            Taps(net, [each.place for each in found])
            for net, found in ((student.net, of_student), (teacher.net, of_teacher))
        )
        self.student = TappedStudent(student, taps, layers, is_pooled)

    def listening(self) -> AbstractContextManager[None]:
        """Hear what the teacher makes of a batch meanwhile."""
        return self._teacher.listening()

    @LOSS
    def loss(self, student: Sequence[Tensor], num_first: int = 0) -> Tensor:
        """The weighted sum of all losses, after the teacher was heard.

        Args:
            student: Features as the tapped student gives them, of the images that the teacher was heard on.
            num_first: Leave so many of the images out, from the first on.
        """
        teacher = self._teacher.take(len(student[0]))
        terms = [
            config.factor * FEATURE_LOSSES[config.loss].compute(ours[num_first:], theirs[num_first:], **config.options)
            for config, ours, theirs in zip(self._configs, student, teacher, strict=True)
        ]
        return torch.stack(terms).sum()


def feature_learning(
    config: TrainConfig, data: TrainingData, student: ImageModel, teacher: Teacher | None
) -> FeatureLearning | None:
    """What a training learns from its teacher's features; None where it does not.

    Raises:
        InputError: As ``FeatureLearning``.
    """
    if config.distill is None or not config.distill.features:
        return None
    assert isinstance(teacher, OnlineTeacher), "features are learned from the teacher itself"
    (model,) = teacher.models
    labels_N = data.train.labels_N
    images_BCHW = data.train.images_NCHW[torch.arange(min(2, len(labels_N)), device=labels_N.device)]
    return FeatureLearning(named_features(config.distill), student, model, images_BCHW, config.seed)


def named_features(distill: DistillConfig) -> dict[str, FeatureConfig]:
    """By their places in the sweep file."""
    return {f"distill.features.{number}": config for number, config in enumerate(distill.features)}


def _look(key: str, side: str, path: str | None, model: ImageModel, images_BCHW: Tensor) -> _Features:
    """Find a place, and see what is there."""
    try:
        place = last_linear(model, images_BCHW) if path is None else Place(path)
        (features,) = probe(model, Taps(model.net, [place]), images_BCHW)
    except InputError as error:
        raise InputError(f"{key}.{side}: the {side} {error}; kd-sweep layers lists its modules") from error
    return _Features(side, place, tuple(features.shape[1:]))


def _check_forms(key: str, config: FeatureConfig, ours: _Features, theirs: _Features) -> None:
    """Refuse what cannot be compared."""
    forms = FEATURE_LOSSES[config.loss].forms
    wanted = None
    if forms == "maps" and not ours.form == theirs.form == "map":
        wanted = "maps [channels, height, width]"
    elif forms == "same" and ours.form != theirs.form:
        wanted = "features of one form, vectors, tokens or maps"
    elif forms == "same" and ours.form == "tokens" and ours.shape[0] != theirs.shape[0]:
        wanted = "equal numbers of tokens"
    if wanted is not None:
        raise InputError(
            f"{key}: {config.loss} compares {wanted}: {theirs}, {ours}; name other places (kd-sweep layers lists "
            "them), or take sp, rkd, pkt or pooled, which compare features of any form"
        )


def _learned_layer(config: FeatureConfig, ours: _Features, theirs: _Features) -> nn.Module:
    """From the student's channels to the teacher's, where the loss asks for it."""
    loss = FEATURE_LOSSES[config.loss]
    if not loss.learns:
        return nn.Identity()
    if ours.form == "map" and not loss.is_pooled:
        return nn.Conv2d(ours.channels, theirs.channels, 1)
    return nn.Linear(ours.channels, theirs.channels)
