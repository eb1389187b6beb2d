"""Weights of classes and balanced epochs, as functions and in trainings."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kd.config import AugmentConfig, DistillConfig, ModelTraining, OptimizerConfig, run_id
from kd.data.images import Split, TrainingData
from kd.errors import InterruptedTrainingError
from kd.losses import FEATURE_LOSSES, label_cross_entropy
from kd.records import EpochRecord
from kd.training.batches.balance import balanced_order, class_weights, sample_order
from kd.training.loop import Training
from tests.kd.run_lab import MIXED, Memory, history, results, stop_at
from tests.kd.training.test_stacked import CLOSE, SameInEveryView, assert_same, together

COUNTS = (17, 6, 2, 1)
LABELS_N = torch.arange(4).repeat_interleave(torch.tensor(COUNTS))


def test_balanced_weights_make_every_class_weigh_alike():
    weights_C = class_weights("balanced", LABELS_N, 4)
    assert (weights_C * torch.tensor(COUNTS)).tolist() == pytest.approx([26 / 4] * 4)


def test_sqrt_weights_go_half_the_way():
    weights_C = class_weights("sqrt", LABELS_N, 4)
    assert (weights_C[3] / weights_C[0]).item() == pytest.approx(17**0.5)


@pytest.mark.parametrize("kind", ["balanced", "sqrt"])
def test_weights_are_1_on_average_over_the_images(kind):
    assert class_weights(kind, LABELS_N, 4)[LABELS_N].mean() == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["balanced", "sqrt"])
def test_of_classes_of_one_size_every_weight_is_1(kind):
    assert class_weights(kind, torch.arange(100).repeat(3), 100).tolist() == pytest.approx([1.0] * 100)


def test_a_class_without_an_image_does_not_make_weights_infinite():
    assert class_weights("balanced", torch.tensor([0, 0, 1]), 3).isfinite().all()


@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=12), epoch=st.integers(0, 5), seed=st.integers(0, 9))
def test_a_balanced_epoch_draws_as_many_of_each_class_and_as_many_as_there_are(counts, epoch, seed):
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    order = balanced_order(seed, epoch, labels)
    drawn = labels[order].bincount(minlength=len(counts))
    assert len(order) == sum(counts)
    assert drawn.max() - drawn.min() <= 1
    for label in range(len(counts)):  # none a second time before each was drawn once
        times = order.bincount(minlength=len(labels))[labels == label]
        assert times.max() - times.min() <= 1


def test_a_large_class_shows_other_samples_in_another_epoch():
    def seen(epoch):
        order = balanced_order(0, epoch, LABELS_N)
        return set(order[LABELS_N[order] == 0].tolist())

    assert seen(0) != seen(1)
    assert set.union(*(seen(epoch) for epoch in range(30))) == set(range(17))


def test_the_order_depends_on_seed_and_epoch_alone():
    first = balanced_order(3, 2, LABELS_N)
    balanced_order(4, 1, LABELS_N)
    assert torch.equal(balanced_order(3, 2, LABELS_N), first)
    assert not torch.equal(balanced_order(4, 2, LABELS_N), first)


def test_without_sampling_every_image_comes_once():
    plain = ModelTraining(model="mnist_mlp", epochs=1)
    assert sorted(sample_order(plain, 0, 0, LABELS_N).tolist()) == list(range(26))


# In trainings.


def imbalanced():
    """26 random images of four classes to train on, 7 for val, and a teacher's logits."""
    random = torch.Generator().manual_seed(0)

    def split(labels_N):
        images = torch.randint(0, 256, (len(labels_N), 1, 28, 28), generator=random, dtype=torch.uint8)
        return Split(images, labels_N)

    data = TrainingData(split(LABELS_N), split(torch.tensor([0, 0, 0, 0, 1, 2, 3])), list("abcd"))
    return data, torch.randn(26, 4, generator=random).half()


def trained(config, hooks=None):
    data, teacher_NC = imbalanced()
    training = Training(config, data, hooks or Memory(), SameInEveryView(teacher_NC) if config.distill else None)
    training.run()
    return training


SGD = OptimizerConfig(name="sgd", lr=0.01)
WAYS = {
    "weights": {"training": {"class_weights": "balanced"}},
    "sqrt-smoothed-mixed": {
        "training": {"class_weights": "sqrt", "label_smoothing": 0.1},
        "augment": AugmentConfig(mixup=0.8, cutmix=1.0, num_views=2),
    },
    "sampling": {"training": {"sampling": "balanced"}},
    "both": {"training": {"sampling": "balanced", "class_weights": "balanced"}},
}


def configured(taught, way, distilled, **changes):
    training = {"epochs": 3, "batch_size": 8, "optimizer": SGD} | WAYS[way].get("training", {})
    changes = {"augment": WAYS[way].get("augment", AugmentConfig()), "training": training} | changes
    return (taught.distilled if distilled else taught.config)(**changes)


@pytest.mark.parametrize("distilled", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_training_cut_at_any_step_ends_with_the_same_bits(taught, way, distilled):
    whole = trained(configured(taught, way, distilled))
    for cut in (1, 4, 6, 11):
        hooks = Memory(stop_at=cut)
        with pytest.raises(InterruptedTrainingError):
            trained(configured(taught, way, distilled), hooks)
        resumed = trained(configured(taught, way, distilled), Memory(hooks.state))
        ours, others = resumed.state.model.state_dict(), whole.state.model.state_dict()
        assert all(torch.equal(ours[name], others[name]) for name in others)


@pytest.mark.parametrize("seeds", [(0, 0, 0), (0, 1, 2)], ids=["trials", "seeds"])
@pytest.mark.parametrize("distilled", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_pack_comes_to_what_each_comes_to_alone(taught, way, distilled, seeds):
    settings = ((0.0, 1.0), (0.4, 4.0), (1.0, 2.0))
    configs = [
        configured(
            taught,
            way,
            distilled,
            seed=seed,
            **({"distill": DistillConfig(alpha=a, temperature=t)} if distilled else {}),
        )
        for seed, (a, t) in zip(seeds, settings, strict=True)
    ]
    data, teacher_NC = imbalanced()
    packed = [
        Training(config, data, Memory(), SameInEveryView(teacher_NC) if config.distill else None) for config in configs
    ]
    assert together(packed) == [None] * 3
    for one, config in zip(packed, configs, strict=True):
        assert_same(one, trained(config))


def test_weights_and_sampling_change_what_is_trained(taught):
    plain = taught.config(training={"epochs": 3, "batch_size": 8, "optimizer": SGD})
    weights = [trained(plain).state.model.state_dict()]
    weights += [trained(configured(taught, way, False)).state.model.state_dict() for way in ("weights", "sampling")]
    first = [torch.cat([each.flatten() for each in one.values()]) for one in weights]
    assert (first[0] - first[1]).norm() > CLOSE * first[0].norm()
    assert (first[0] - first[2]).norm() > CLOSE * first[0].norm()
    assert (first[1] - first[2]).norm() > CLOSE * first[0].norm()


def test_a_balanced_draw_counts_no_answers_which_are_counted_once_an_epoch(taught):
    assert trained(configured(taught, "weights", False)).answers is not None
    assert trained(configured(taught, "sampling", False)).answers is None


def test_the_first_step_of_a_weighted_training_is_the_weighted_loss(taught):
    training = trained(
        configured(
            taught,
            "weights",
            False,
            training={"epochs": 1, "batch_size": 26, "optimizer": SGD, "class_weights": "balanced"},
        )
    )
    data, _ = imbalanced()
    torch.manual_seed(0)
    fresh = Training(taught.config(training={"epochs": 1, "batch_size": 26, "optimizer": SGD}), data, Memory())
    logits = fresh.state.model(data.train.images_NCHW)
    expected = label_cross_entropy(logits, LABELS_N, 0.0, class_weights("balanced", LABELS_N, 4))
    assert training.history.epochs[0].hard_loss == pytest.approx(expected.item(), rel=1e-4)


def test_alpha_1_leaves_the_hard_term_and_so_its_weights_without_effect(taught):
    alone = {"epochs": 2, "batch_size": 8, "optimizer": SGD}
    one, other = (
        trained(taught.distilled(alpha=1.0, training=alone | more)).state.model.state_dict()
        for more in ({}, {"class_weights": "balanced"})
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_balanced_accuracy_on_val_is_written_where_its_classes_differ_much_in_size(taught):
    last = trained(configured(taught, "weights", False)).history.epochs[-1]
    assert last.val_balanced_accuracy is not None
    logits_NC = trained(configured(taught, "weights", False)).val_logits
    right = (logits_NC.argmax(1) == torch.tensor([0, 0, 0, 0, 1, 2, 3])).double()
    by_class = [right[:4].mean(), right[4], right[5], right[6]]
    assert last.val_balanced_accuracy == pytest.approx(float(np.mean(by_class)))
    assert last.value("val_balanced_accuracy") == last.val_balanced_accuracy


def test_where_classes_differ_little_in_size_a_history_is_what_it_was(taught):
    data, _ = imbalanced()
    little = data._replace(val=Split(data.val.images_NCHW, torch.tensor([0, 0, 0, 1, 1, 2, 3])))
    training = Training(taught.config(training={"epochs": 1, "batch_size": 8, "optimizer": SGD}), little, Memory())
    training.run()
    [epoch] = training.history.epochs
    assert epoch.val_balanced_accuracy is None and "balanced" not in epoch.model_dump_json()


def test_of_classes_of_one_size_nothing_is_written_twice(lab):
    config = lab.config(training={"epochs": 1})
    lab.execute(config)
    [epoch] = history(lab, config).epochs
    assert isinstance(epoch, EpochRecord)
    assert epoch.value("val_balanced_accuracy") == epoch.val_accuracy
    assert "val_balanced_accuracy" not in (lab.paths.run(run_id(config)) / "history.json").read_text()


def test_on_disk_too_a_balanced_run_is_resumed_bit_for_bit(lab, tmp_path):
    training = {"class_weights": "sqrt", "sampling": "balanced", "accumulation_steps": 2, "ema_decay": 0.9}
    config = lab.distilled(augment=MIXED, training=training)
    lab.execute(config)
    expected = results(lab.paths.run(run_id(config)))
    other = lab.elsewhere(tmp_path / "again")
    for path in (other.paths.run(run_id(config)) / name for name in ("metrics.json", "history.json")):
        path.unlink()
    with pytest.raises(InterruptedTrainingError):
        other.execute(config, stop_at(5))
    other.execute(config)
    assert results(other.paths.run(run_id(config))) == expected


@pytest.mark.parametrize("name", FEATURE_LOSSES)
def test_an_image_that_is_drawn_twice_into_a_batch_leaves_gradients_finite(name):
    loss, twice = FEATURE_LOSSES[name], torch.tensor([0, 1, 1, 2, 1])
    student = torch.randn(3, 4, 2, 2, generator=torch.Generator().manual_seed(0))[twice].requires_grad_()
    loss.compute(student, student.detach() + 1).backward()
    assert student.grad.isfinite().all()
