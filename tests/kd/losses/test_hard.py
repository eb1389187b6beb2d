"""The hard term, against torch's and against the same written out."""

import pytest
import torch
import torch.nn.functional as F

from kd.losses import DistillationLoss, label_cross_entropy

LOGITS_BC = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
LABELS_B = torch.tensor([0, 1, 2, 3, 0, 0])
WEIGHTS_C = torch.tensor([0.5, 1.0, 2.0, 4.0])
MIXED_BC = 0.7 * F.one_hot(LABELS_B, 4) + 0.3 * F.one_hot(LABELS_B.flip(0), 4)


@pytest.mark.parametrize("labels", [LABELS_B, MIXED_BC], ids=["labels", "mixed"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_without_weights_it_is_torchs_to_the_bit(labels, smoothing):
    expected = F.cross_entropy(LOGITS_BC, labels, label_smoothing=smoothing)
    assert torch.equal(label_cross_entropy(LOGITS_BC, labels, smoothing), expected)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_a_weight_is_how_often_an_image_counts(smoothing):
    # Twice the weights are the images 1, 2, 4 and 8 times, by class.
    often = LABELS_B.new_tensor([1, 2, 4, 8])[LABELS_B]
    repeated = F.cross_entropy(
        LOGITS_BC.repeat_interleave(often, 0),
        LABELS_B.repeat_interleave(often),
        label_smoothing=smoothing,
        reduction="sum",
    )
    assert label_cross_entropy(LOGITS_BC, LABELS_B, smoothing, WEIGHTS_C) == pytest.approx(repeated / 2 / len(LABELS_B))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_a_mixed_image_counts_as_both_its_labels(smoothing):
    own, other = (label_cross_entropy_of_each(labels, smoothing) for labels in (LABELS_B, LABELS_B.flip(0)))
    expected = (0.7 * own + 0.3 * other).mean()
    assert label_cross_entropy(LOGITS_BC, MIXED_BC, smoothing, WEIGHTS_C) == pytest.approx(expected.item())


def label_cross_entropy_of_each(labels, smoothing):
    """[B], each with its class's weight."""
    each = F.cross_entropy(LOGITS_BC, labels, label_smoothing=smoothing, reduction="none")
    return WEIGHTS_C[labels] * each


@pytest.mark.parametrize("labels", [LABELS_B, MIXED_BC], ids=["labels", "mixed"])
def test_parts_of_a_batch_add_up(labels):
    parts = [
        label_cross_entropy(logits, some, 0.1, WEIGHTS_C) * len(some) / len(labels)
        for logits, some in zip(LOGITS_BC.split(4), labels.split(4), strict=True)
    ]
    assert sum(parts) == pytest.approx(label_cross_entropy(LOGITS_BC, labels, 0.1, WEIGHTS_C).item())


def test_labels_as_weights_of_classes_give_the_same_as_labels():
    one_hot = F.one_hot(LABELS_B, 4).float()
    for smoothing in (0.0, 0.3):
        assert label_cross_entropy(LOGITS_BC, one_hot, smoothing, WEIGHTS_C) == pytest.approx(
            label_cross_entropy(LOGITS_BC, LABELS_B, smoothing, WEIGHTS_C).item()
        )


@pytest.mark.parametrize("loss", ["kd", "dkd", "hard", "dist"])
def test_class_weights_are_of_the_hard_term_alone(loss):
    teacher_BC = LOGITS_BC.flip(0)
    plain = DistillationLoss(2.0, 0.25, loss)(LOGITS_BC, teacher_BC, LABELS_B)
    weighed = DistillationLoss(2.0, 0.25, loss, class_weights=WEIGHTS_C)(LOGITS_BC, teacher_BC, LABELS_B)
    assert torch.equal(weighed.soft, plain.soft)
    assert torch.equal(weighed.hard, label_cross_entropy(LOGITS_BC, LABELS_B, 0.0, WEIGHTS_C))
    assert weighed.total == pytest.approx((0.25 * plain.soft + 0.75 * weighed.hard).item())


def test_a_loss_shows_its_class_weights_and_keeps_none_in_its_state():
    loss = DistillationLoss(class_weights=torch.tensor([1.5, 0.5]))
    assert "class_weights=[1.5, 0.5]" in repr(loss)
    assert loss.state_dict() == {}
    assert "class_weights" not in repr(DistillationLoss())
