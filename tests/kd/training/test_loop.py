"""What each option of a training does, against the same training written out."""

import copy
import logging
import shutil
from itertools import count

import pytest
import torch
import torch.nn.functional as F

from kd.augment.transforms import epoch_order
from kd.config import (
    AugmentConfig,
    DistillConfig,
    OptimizerConfig,
    ScheduleConfig,
    run_id,
)
from kd.data.images import open_training
from kd.errors import InterruptedTrainingError, NonFiniteLossError
from kd.losses import DistillationLoss
from kd.models import ImageModel
from kd.runs.folder.context import RunContext
from kd.training.loop import Training
from kd.training.teacher.logits import TeacherLogits
from tests.kd.run_lab import CPU, MIXED, by_hand, difference, history, same_weights, weights


def run(lab, config):
    """Execute; gives the final weights."""
    lab.execute(config)
    return weights(lab, config)


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


def test_a_smoothed_teacher_is_warned_about(lab, caplog):
    with caplog.at_level(logging.WARNING, "kd"):
        lab.execute(lab.config(training={"label_smoothing": 0.1, "epochs": 1}))
    assert caplog.messages == []
    with caplog.at_level(logging.WARNING, "kd"):
        lab.execute(lab.config(role="teacher", training={"label_smoothing": 0.1, "epochs": 1}))
    assert "teacher.label_smoothing is 0.1" in caplog.messages[0]


@pytest.mark.parametrize("largest", [0.05, 1e6])
def test_gradients_are_clipped_to_a_norm(lab, largest):
    config = lab.config(training={"optimizer": SGD, "clip_grad_norm": largest})

    def step(model, optimizer, images, labels, number):
        F.cross_entropy(model(images), labels).backward()
        norm = torch.cat([parameter.grad.flatten() for parameter in model.parameters()]).norm()
        for parameter in model.parameters():
            parameter.grad *= min(1.0, largest / norm.item())
        optimizer.step()

    assert difference(run(lab, config), by_hand(lab, config, step).net.state_dict()) < 1e-5


def test_precision_narrows_training_and_never_evaluation(lab):
    model = ImageModel(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 3)))
    images = torch.randint(0, 256, (4, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    exact = model.eval()(images)
    model.precision = "bf16"
    assert torch.equal(model(images), exact)
    narrow = model.train()(images)
    assert narrow.dtype is torch.float32
    assert torch.equal(narrow, narrow.bfloat16().float())
    assert not torch.equal(narrow, exact)
    for precision in ("fp32", "auto"):  # auto: a CPU computes in float32
        model.precision = precision
        assert torch.equal(model(images), exact)
    wide, narrowed = lab.config(), lab.config(training={"precision": "bf16"})
    assert 0 < difference(run(lab, wide), run(lab, narrowed)) < 0.1


@pytest.mark.parametrize(
    "training",
    [
        {"optimizer": OptimizerConfig(name="sgd", lr=0.1, nesterov=True)},
        {"optimizer": OptimizerConfig(name="sgd", lr=0.1, weight_decay=0.1)},
        {"optimizer": SGD, "schedule": ScheduleConfig(name="step", milestones=(1,))},
        {"optimizer": SGD, "schedule": ScheduleConfig(name="one_cycle")},
    ],
)
def test_options_of_optimizer_and_schedule_reach_the_run(lab, training):
    assert difference(run(lab, lab.config(training={"optimizer": SGD})), run(lab, lab.config(training=training))) > 1e-4


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
    assert difference(trained, by_hand(lab, config, step).net.state_dict()) < 1e-6
    recorded = [epoch.soft_loss for epoch in history(lab, config).epochs]
    assert recorded == pytest.approx([sum(soft[k : k + 3]) / 90 for k in (0, 3, 6)], rel=1e-5)


def test_an_accumulated_batch_still_ends_at_a_loss_that_is_no_number(lab):
    training = {"optimizer": OptimizerConfig(name="sgd", lr=1e38), "accumulation_steps": 2, "clip_grad_norm": 1e30}
    with pytest.raises(NonFiniteLossError):
        lab.execute(lab.config(training=training))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of torch's compiler about itself
def test_a_compiled_model_trains_as_the_plain_one_and_resumes_to_the_same_bits(lab):
    if shutil.which("g++") is None:
        pytest.skip("torch.compile needs a C++ compiler")
    plain, compiled = (lab.config(training={"optimizer": SGD, "compile": value}) for value in (False, True))
    expected = run(lab, compiled)
    assert difference(run(lab, plain), expected) < 1e-4
    shutil.rmtree(lab.paths.run(run_id(compiled)))
    looks = count()
    with pytest.raises(InterruptedTrainingError):
        lab.execute(compiled, RunContext(should_stop=lambda: next(looks) == 4))
    assert difference(run(lab, compiled), expected) == 0


def test_auto_compiles_nothing_without_a_figure_and_says_so(lab, caplog):
    plain, auto = (lab.config(training={"optimizer": SGD, "compile": value}) for value in (False, "auto"))
    with caplog.at_level("INFO", logger="kd"):
        assert difference(run(lab, plain), run(lab, auto)) == 0
    said = [record.getMessage() for record in caplog.records if record.getMessage().startswith("compile")]
    assert said == ["compile: auto, off: only what was measured on a card is compiled"]


# Starting from a checkpoint.


# Several teachers.


class Memory:
    """A keeper that keeps nothing."""

    def load(self):
        return None

    def save(self, step, state):
        pass

    def record(self, history):
        pass

    def should_stop(self):
        return False

    def should_save(self):
        return False

    def should_prune(self, history):
        return False


class Cut(Memory):
    """Stops after the first step, and gives the checkpoint back as it was told to change it."""

    state = None

    def load(self):
        return self.state

    def save(self, step, state):
        self.state = copy.deepcopy(state)

    def should_stop(self):
        self.asked = getattr(self, "asked", 0) + 1
        return self.asked == 2


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
def test_a_checkpoint_in_another_memory_layout_goes_on_to_the_same_bits(lab, optimizer):
    """Such as one of a program that did not know channels last; fused optimizers would go wrong without a word."""
    config = lab.config(training={"model": "mnist_cnn", "optimizer": {"name": optimizer, "lr": 1e-3}})
    data = open_training(lab.data, lab.paths.data, CPU)
    whole = Training(config, data, Memory())
    whole.run()
    hooks = Cut()
    with pytest.raises(InterruptedTrainingError):
        Training(config, data, hooks).run()
    for values in hooks.state["optimizer"]["state"].values():
        values |= {name: value.contiguous() for name, value in values.items() if value is not None}
    resumed = Training(config, data, hooks)
    resumed.run()
    for mine, theirs in zip(resumed.model.parameters(), whole.model.parameters(), strict=True):
        assert torch.equal(mine, theirs)


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
