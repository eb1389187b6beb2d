"""What controls leave of a teacher, and what they take away."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from kd.training.teacher.controls import SmoothedLabels, mean_label_probability, shuffled

NUM_CLASSES = 7


LOGITS_NC = 3 * torch.randn(500, NUM_CLASSES, generator=torch.Generator().manual_seed(0))
LABELS_N = torch.arange(500) % NUM_CLASSES


class KeptLogits:
    """Logits of some views."""

    def __init__(self, *views: Tensor) -> None:
        self._views = views
        self.num_views = len(views)

    def __call__(self, view: int) -> Tensor:
        return self._views[view]


def test_the_label_keeps_its_logit_and_the_others_keep_theirs_among_them():
    dealt_NC = shuffled(LOGITS_NC, LABELS_N, torch.arange(500), epoch=3)
    assert torch.equal(dealt_NC.sort(dim=1).values, LOGITS_NC.sort(dim=1).values)
    assert torch.equal(dealt_NC.gather(1, LABELS_N[:, None]), LOGITS_NC.gather(1, LABELS_N[:, None]))
    assert (dealt_NC != LOGITS_NC).any(dim=1).float().mean() > 0.99


def test_the_deal_is_of_the_sample_and_the_epoch_and_not_of_the_batch():
    rows = torch.tensor([410, 3, 77])
    alone = shuffled(LOGITS_NC[rows], LABELS_N[rows], rows, epoch=2)
    assert torch.equal(alone, shuffled(LOGITS_NC, LABELS_N, torch.arange(500), epoch=2)[rows])
    assert not torch.equal(alone, shuffled(LOGITS_NC[rows], LABELS_N[rows], rows, epoch=1))
    assert not torch.equal(alone, shuffled(LOGITS_NC[rows], LABELS_N[rows], rows + 1, epoch=2))


def test_every_other_class_is_dealt_each_logit_equally_often():
    samples = torch.arange(60_000)
    logits_NC = torch.arange(NUM_CLASSES).float().repeat(len(samples), 1)
    dealt_NC = shuffled(logits_NC, torch.full_like(samples, 2), samples, epoch=0)
    others = [0, 1, 3, 4, 5, 6]
    counts = torch.stack([(dealt_NC[:, others] == value).sum(0) for value in others]).float()
    # 10,000 of each are expected, with a standard deviation of 91.
    assert (counts - 10_000).abs().max() < 5 * 91
    # Nor does one place say what lies in another.
    pairs = torch.stack([((dealt_NC[:, 0] == 0) & (dealt_NC[:, 1] == value)).sum() for value in others[1:]]).float()
    assert (pairs - 2_000).abs().max() < 5 * 44


def test_two_classes_have_nothing_to_deal():
    logits = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    assert torch.equal(shuffled(logits, torch.tensor([0, 1]), torch.arange(2), epoch=0), logits)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_smoothed_labels_are_as_soft_as_the_teacher_is_on_average(temperature):
    views = LOGITS_NC, LOGITS_NC.flip(0)
    probability = mean_label_probability(KeptLogits(*views), LABELS_N, temperature)
    expected = torch.cat([F.softmax(view / temperature, 1).gather(1, LABELS_N[:, None]) for view in views]).mean()
    assert probability == pytest.approx(float(expected), abs=1e-6)
    teacher = SmoothedLabels(LABELS_N, NUM_CLASSES, probability, temperature)
    rows = torch.arange(9)
    softmax = F.softmax(teacher.of(None, 0)(rows, None) / temperature, dim=1)
    own = F.one_hot(LABELS_N[rows], NUM_CLASSES).bool()
    assert softmax[own] == pytest.approx(probability, abs=1e-6)
    assert softmax[~own] == pytest.approx((1 - probability) / (NUM_CLASSES - 1), abs=1e-6)


def test_a_teacher_that_is_never_in_doubt_leaves_finite_labels():
    sure = SmoothedLabels(torch.tensor([1]), 3, 1.0, 1.0).of(None, 0)(torch.tensor([0]), None)
    assert sure.isfinite().all() and sure.argmax() == 1


def test_where_classes_are_drawn_alike_the_mean_is_over_classes():
    labels = torch.tensor([0] * 9 + [1])
    logits = torch.where(labels[:, None] == torch.tensor([0, 1]), 2.0, 0.0)
    logits[9] = 0.0  # of the small class it is not sure at all
    plain, balanced = (
        mean_label_probability(KeptLogits(logits), labels, 1.0, is_balanced=each) for each in (False, True)
    )
    sure = 1 / (1 + math.exp(-2))
    assert plain == pytest.approx(0.9 * sure + 0.1 * 0.5)
    assert balanced == pytest.approx((sure + 0.5) / 2)
