"""The gradients of a step, against the same step written out: in parts, and by every loss."""

import pytest
import torch
import torch.nn.functional as F

from kd.augment.transforms import epoch_order
from kd.config import (
    AugmentConfig,
    DistillConfig,
    OptimizerConfig,
)
from kd.data.images import open_training
from kd.losses import DistillationLoss
from kd.runs.train import open_teacher, open_unlabeled_stream
from kd.training.distributed import ProcessGroup, synchronized
from kd.training.loop import Training
from kd.training.teacher.logits import TeacherLogits
from tests.kd.run_lab import CPU, MIXED, Memory, by_hand, difference, history, run, same_weights

SGD = OptimizerConfig(name="sgd", lr=0.1)


@pytest.mark.parametrize("parts", [2, 3, 32])
@pytest.mark.parametrize("loss", [None, "kd", "dkd"])
def test_accumulated_gradients_are_those_of_the_whole_batch(lab, parts, loss):
    # The last batch of an epoch has 26 images: parts of unequal size, and fewer than 32 of them.
    def config(accumulation_steps):
        training = {"accumulation_steps": accumulation_steps, "optimizer": SGD}
        if loss is None:
            return lab.config(training=training)
        return lab.distilled(distill=DistillConfig(loss=loss), training=training)

    whole, accumulated = run(lab, config(1)), run(lab, config(parts))
    assert difference(whole, accumulated) < 1e-5
    for one, other in zip(history(lab, config(1)).epochs, history(lab, config(parts)).epochs, strict=True):
        assert other.train_loss == pytest.approx(one.train_loss, rel=1e-4)
        assert other.train_accuracy == one.train_accuracy


@pytest.mark.parametrize("num_steps", [2, 3, 4, 8])
@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("ratio", [None, 0.7])
def test_ranks_that_wait_for_each_others_passes_make_as_many(lab, num_steps, size, ratio):
    training = {"model": "plain_conv", "accumulation_steps": num_steps}
    config = lab.config(training=training) if ratio is None else lab.with_unlabeled(ratio, training=training)
    data = open_training(config.data, lab.paths.data, CPU)
    teacher = open_teacher(config, lab.paths, CPU)
    unlabeled = open_unlabeled_stream(config, lab.paths, CPU, data, teacher)
    gradients = Training(config, data, Memory(), teacher, unlabeled=unlabeled).gradients
    synchronized(gradients.state.model, torch.device("cuda"), ProcessGroup(0, size))
    for batch_size in range(1, 33):
        of_ranks = []
        for rank in range(size):
            gradients.process_group = ProcessGroup(rank, size)
            of_ranks.append(gradients.parts(torch.arange(batch_size)))
        assert len({len(parts) for parts in of_ranks}) == 1, "idle ranks too"
        every = [part for parts in of_ranks for part in parts]
        assert torch.cat([part.rows_B for part in every]).equal(torch.arange(batch_size))
        assert sum(part.share for part in every) == pytest.approx(1)
        assert all(len(part.rows_B) or not part.draw.size for part in every), "no unlabelled image beside none"
        assert sum(part.draw.size for part in every) == (0 if unlabeled is None else unlabeled.draw(0).size)


def test_label_smoothing_is_torchs(lab):
    config = lab.config(training={"optimizer": SGD, "label_smoothing": 0.2})

    def step(model, optimizer, images, labels, number):
        F.cross_entropy(model(images), labels, label_smoothing=0.2).backward()
        optimizer.step()

    assert difference(run(lab, config), by_hand(lab, config, step).net.state_dict()) < 1e-6


def test_alpha_0_with_label_smoothing_is_the_smoothed_baseline(lab):
    training = {"optimizer": SGD, "label_smoothing": 0.2}
    assert difference(
        run(lab, lab.config(training=training)), run(lab, lab.distilled(alpha=0.0, training=training))
    ) == pytest.approx(0)


@pytest.mark.parametrize("loss", ["soft_ce", "kd_zscore", "dkd", "dist", "nkd", "hard"])
def test_the_loss_of_the_configuration_is_the_one_that_trains(lab, loss):
    config = lab.distilled(distill=DistillConfig(loss=loss, alpha=0.6, temperature=3), training={"optimizer": SGD})
    teacher_NC = TeacherLogits(lab.paths.logits(config.logits), CPU)(0)
    data = open_training(config.data, lab.paths.data, CPU)
    compute, soft = DistillationLoss(3, 0.6, loss), []

    def step(model, optimizer, images, labels, number):
        rows = torch.split(epoch_order(config.seed, number // 3, 90), 32)[number % 3]
        assert torch.equal(labels, data.train.labels_N[rows])
        parts = compute(model(images), teacher_NC[rows], labels)
        parts.total.backward()
        optimizer.step()
        soft.append(parts.soft.item() * len(rows))

    trained = run(lab, config)
    assert difference(trained, by_hand(lab, config, step).net.state_dict()) < 1e-5
    recorded = [epoch.soft_loss for epoch in history(lab, config).epochs]
    assert recorded == pytest.approx([sum(soft[k : k + 3]) / 90 for k in (0, 3, 6)], rel=1e-5)


@pytest.mark.parametrize("views", [AugmentConfig(), MIXED], ids=["plain", "mixed"])
@pytest.mark.parametrize(("alpha", "same"), [(1.0, True), (0.9, False)])
def test_alpha_1_ignores_the_labels(lab, alpha, same, views):
    # With mixed views and a temperature of 1 this is function matching.
    config = lab.distilled(alpha=alpha, temperature=1.0, augment=views)
    data = open_training(lab.data, lab.paths.data, CPU)
    relabelled = data._replace(train=data.train._replace(labels_N=(data.train.labels_N + 1) % 10))
    trained = []
    for labelled in (data, relabelled):
        training = Training(config, labelled, Memory(), TeacherLogits(lab.paths.logits(config.logits), CPU))
        assert training.run() is True
        trained.append(training.model.state_dict())
    assert same_weights(*trained) is same
