"""Teachers that say less than the sweep's own, so that their students tell what the rest was worth.

A teacher's answer has two parts: how sure it is of the label, and how it divides the rest among the other classes. A
control keeps the first and takes away the second. What its students gain comes of softness alone; what the distilled
ones gain beyond that, of what the teacher knows about the other classes.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from kd.augment.views import View
from kd.config import DistillConfig
from kd.data.images import TrainingData
from kd.phases import TEACHER
from kd.training.teacher.logits import BatchLogits, Teacher, TeacherLogits

LEAST_REST = 1e-6  # a teacher with nothing left for the other classes would need an infinite logit
_FACTORS = (-0x40A7B892E31B1A47, -0x6B2FB644ECCEEE15)  # of splitmix64's finalizer, as signed numbers


def controlled(teacher: Teacher, distill: DistillConfig, data: TrainingData, *, is_balanced: bool = False) -> Teacher:
    """The teacher itself or, of a control, what is left of it.

    Args:
        teacher: The sweep's.
        distill: Names the control, if it is one.
        data: Whose training images it is asked about.
        is_balanced: Whether every class is drawn equally often.
    """
    labels_N = data.train.labels_N
    if distill.control == "shuffled_dark":
        return ShuffledDark(teacher, labels_N)
    if distill.control == "smoothed_labels":
        assert isinstance(teacher, TeacherLogits), "how sure a teacher is on average is known of kept logits"
        probability = mean_label_probability(teacher, labels_N, distill.temperature, is_balanced=is_balanced)
        return SmoothedLabels(labels_N, len(data.class_names), probability, distill.temperature)
    return teacher


class ShuffledDark:
    """The teacher's logits with those of the other classes dealt out anew among them, sample by sample.

    The softmax keeps its value at the label and its entropy at every temperature. The deal is drawn for each sample
    and epoch, the same in every batch and run: over the epochs every other class has the same share. One deal for all
    epochs would be something to learn by heart, wrong instead of silent ("dark knowledge with permuted predictions",
    arXiv:1805.04770, which leaves the largest logit in place instead of the label's).
    """

    def __init__(self, teacher: Teacher, labels_N: Tensor) -> None:
        self._teacher = teacher
        self._labels_N = labels_N

    def of(self, view: View, epoch: int) -> BatchLogits:
        """What is left of the teacher in an epoch."""
        says = self._teacher.of(view, epoch)

        def logits(rows_B: Tensor, images_BCHW: Tensor) -> Tensor:
            return shuffled(says(rows_B, images_BCHW), self._labels_N[rows_B], rows_B, epoch)

        return logits


class SmoothedLabels:
    """No teacher at all: labels, smoothed as much as the teacher is on average (Tf-KD's, arXiv:1909.11723).

    Args:
        labels_N: Of the samples.
        num_classes: How many there are.
        probability: Of the label, at the loss's temperature.
        temperature: That one.
    """

    def __init__(self, labels_N: Tensor, num_classes: int, probability: float, temperature: float) -> None:
        sure = min(max(probability, LEAST_REST), 1 - LEAST_REST)
        self._labels_N = labels_N
        self._num_classes = num_classes
        # Above the other classes' logits, which are 0: the softmax at this temperature comes out as asked.
        self._label_logit = temperature * math.log(sure * (num_classes - 1) / (1 - sure))

    def of(self, view: View, epoch: int) -> BatchLogits:
        """The same in every view."""
        return lambda rows_B, images_BCHW: self._label_logit * F.one_hot(self._labels_N[rows_B], self._num_classes)


@TEACHER
def mean_label_probability(
    teacher: TeacherLogits, labels_N: Tensor, temperature: float, *, is_balanced: bool = False
) -> float:
    """What the teacher's softmax at a temperature gives to the label, over all samples and kept views.

    Args:
        teacher: Its kept logits.
        labels_N: Of the samples.
        temperature: Of the softmax.
        is_balanced: The mean over classes instead of samples.
    """
    views = [_label_probabilities(teacher(view), labels_N, temperature) for view in range(teacher.num_views)]
    means_N = torch.stack(views).mean(dim=0)
    if not is_balanced:
        return float(means_N.mean())
    weights_N = 1.0 / torch.bincount(labels_N)[labels_N]
    return float((means_N * weights_N).sum() / weights_N.sum())


def _label_probabilities(logits_NC: Tensor, labels_N: Tensor, temperature: float) -> Tensor:
    softmax_NC = F.softmax(logits_NC.double() / temperature, dim=1)
    return softmax_NC.gather(1, labels_N[:, None])[:, 0]


def shuffled(logits_BC: Tensor, labels_B: Tensor, samples_B: Tensor, epoch: int) -> Tensor:
    """The logits, those of the classes that are not the label in another order.

    Args:
        logits_BC: The teacher's.
        labels_B: The classes whose logit stays.
        samples_B: Positions among the training images, which with the epoch decide the order.
        epoch: From 0.
    """
    classes_C = torch.arange(logits_BC.shape[1], device=logits_BC.device)
    numbers_B1 = _scattered(_scattered(samples_B + 1) + epoch)[:, None]
    # A sort puts the label last, whatever was drawn for it; the others stand before it in their own order, or dealt.
    is_label_BC = classes_C == labels_B[:, None]
    own_BC = torch.where(is_label_BC, len(classes_C), classes_C).argsort(dim=1)
    drawn_BC = _scattered(numbers_B1 + classes_C)
    dealt_BC = torch.where(is_label_BC, torch.iinfo(torch.int64).max, drawn_BC).argsort(dim=1)
    return torch.empty_like(logits_BC).scatter(1, own_BC, logits_BC.gather(1, dealt_BC))


def _scattered(numbers: Tensor) -> Tensor:
    """Each int64 as another, near ones far apart: splitmix64's finalizer, exact on every device."""
    for shift, factor in zip((30, 27), _FACTORS, strict=True):
        numbers = (numbers ^ _shifted(numbers, shift)) * factor
    return numbers ^ _shifted(numbers, 31)


def _shifted(numbers: Tensor, places: int) -> Tensor:
    """To the right, zeros moving in, which torch's own shift does not do with negative numbers."""
    return (numbers >> places) & ((1 << (64 - places)) - 1)
