"""Training learns, survives whatever cuts it, and comes to the same bits."""

import shutil
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from kd.augment.mixing import mix_images, mixing_of_view
from kd.augment.transforms import augment, epoch_order, view_table
from kd.config import (
    AugmentConfig,
    OptimizerConfig,
    TestConfig,
    run_id,
)
from kd.data.images import open_training
from kd.errors import InputError, InterruptedTrainingError, NonFiniteLossError
from kd.files import read_record, sha256_of_weights
from kd.models import build_model
from kd.models.files import load_model
from kd.records import History
from kd.runs.folder.context import RunContext
from kd.scores import score
from kd.training.checkpoint import load_checkpoint
from tests.kd.run_lab import CPU, MIXED, STEPS, KilledError, history, kill_at, results, same_weights, stop_at, weights


def without_times(history: History) -> list[dict]:
    return [epoch.model_dump(exclude={"seconds", "images_per_s"}) for epoch in history.epochs]


# Learning.


def test_a_student_learns_to_read_digits(lab):
    config = lab.config(
        data=lab.data.model_copy(update={"max_train": 800, "max_test": None}),
        training={"epochs": 8, "optimizer": OptimizerConfig(lr=3e-3)},
    )
    metrics = lab.execute(config)
    assert metrics.status == "complete"
    assert metrics.val.num_images == 200
    assert metrics.val.accuracy > 0.8
    history = read_record(lab.paths.run(run_id(config)) / "history.json", History)
    assert history.epochs[-1].train_loss < history.epochs[0].train_loss / 2
    test = lab.execute(TestConfig(data=config.data, models=(run_id(config),)))
    assert test.test[run_id(config)].num_images == 1500
    assert test.test[run_id(config)].accuracy > 0.8


@pytest.mark.parametrize("views", [AugmentConfig(), AugmentConfig(shift=2, num_views=2)], ids=["plain", "shifted"])
def test_the_run_is_the_textbook_loop(lab, views):
    # The same training written out, without any of the program's loop, loss or checkpoint code.
    config = lab.distilled(alpha=0.3, temperature=4.0, augment=views)
    lab.execute(config)
    data = open_training(config.data, lab.paths.data, CPU)
    torch.manual_seed(config.seed)
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    losses = []
    for epoch in range(3):
        total, view = 0.0, epoch % 2 if views.changes_pixels else 0
        images = augment(data.train.images_NCHW, view_table(view, 90), views)
        teacher = torch.from_numpy(np.load(lab.paths.logits(config.logits) / f"view-{view:04d}.npy")).float()
        for batch in torch.split(epoch_order(config.seed, epoch, 90), 32):
            logits = model(images[batch])
            p = F.softmax(teacher[batch] / 4, 1)
            soft = 16 * (p * (p.log() - F.log_softmax(logits / 4, 1))).sum(1).mean()
            loss = 0.3 * soft + 0.7 * F.cross_entropy(logits, data.train.labels_N[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        losses.append(total / 90)
    for name, expected in model.net.state_dict().items():
        torch.testing.assert_close(weights(lab, config)[name], expected, rtol=1e-3, atol=1e-5)
    history = read_record(lab.paths.run(run_id(config)) / "history.json", History)
    assert [epoch.train_loss for epoch in history.epochs] == pytest.approx(losses, rel=1e-4)


@pytest.mark.parametrize("distilled", [False, True])
def test_mixed_images_are_learned_with_mixed_labels(lab, distilled):
    # Written out in float64, each label's cross-entropy by itself.
    training = {"label_smoothing": 0.1, "optimizer": OptimizerConfig(name="sgd", lr=0.1)}
    make = partial(lab.distilled, alpha=0.4, temperature=3.0) if distilled else lab.config
    config = make(augment=MIXED, training=training)
    lab.execute(config)
    data = open_training(config.data, lab.paths.data, CPU)
    labels_N, num = data.train.labels_N, 90
    torch.manual_seed(config.seed)
    model = build_model("mnist_mlp", 10, (1, 28, 28))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)

    def smoothed(log_q, labels):
        return -0.9 * log_q.gather(1, labels[:, None])[:, 0] - 0.1 * log_q.mean(1)

    losses, accuracies = [], []
    for epoch in range(3):
        view, total, right = epoch % 2, 0.0, 0
        images = augment(data.train.images_NCHW, view_table(view, num), MIXED)
        mixing = mixing_of_view(view, num, (28, 28), MIXED)
        images = mix_images(images, images[mixing.partner_N], mixing)
        partner_labels_N, share_N = labels_N[mixing.partner_N], mixing.share_N.double()
        for batch in torch.split(epoch_order(config.seed, epoch, num), 32):
            logits = model(images[batch])
            log_q = F.log_softmax(logits.double(), 1)
            share = share_N[batch]
            own, other = smoothed(log_q, labels_N[batch]), smoothed(log_q, partner_labels_N[batch])
            loss = (share * own + (1 - share) * other).mean()
            if distilled:
                teacher = np.load(lab.paths.logits(config.logits) / f"view-{view:04d}.npy")[batch]
                p = F.softmax(torch.from_numpy(teacher).double() / 3, 1)
                soft = 9 * (p * (p.log() - F.log_softmax(logits.double() / 3, 1))).sum(1).mean()
                loss = 0.4 * soft + 0.6 * loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
            larger = torch.where(share > 0.5, labels_N[batch], partner_labels_N[batch])
            right += (logits.argmax(1) == larger).sum().item()
        losses.append(total / num)
        accuracies.append(right / num)
    for name, expected in model.net.state_dict().items():
        torch.testing.assert_close(weights(lab, config)[name], expected, rtol=1e-3, atol=1e-5)
    history = read_record(lab.paths.run(run_id(config)) / "history.json", History)
    assert [epoch.train_loss for epoch in history.epochs] == pytest.approx(losses, rel=1e-4)
    assert [epoch.train_accuracy for epoch in history.epochs] == pytest.approx(accuracies)


def test_history_and_metrics_tell_what_happened(lab):
    config = lab.distilled(alpha=0.25)
    metrics = lab.execute(config)
    folder = lab.paths.run(run_id(config))
    history = read_record(folder / "history.json", History)
    assert [epoch.epoch for epoch in history.epochs] == [1, 2, 3]
    assert history.num_epochs == metrics.epochs == 3
    for epoch in history.epochs:
        assert epoch.train_loss == pytest.approx(0.25 * epoch.soft_loss + 0.75 * epoch.hard_loss, rel=1e-6)
        assert epoch.images_per_s == pytest.approx(90 / epoch.seconds)
    assert history.epochs[-1].val_accuracy == metrics.val.accuracy
    assert history.epochs[-1].val_loss == metrics.val.nll
    steps = np.load(folder / "steps.npz", allow_pickle=False)
    in_batches = np.array([32, 32, 26] * 3) / 90
    for name in ("train_loss", "soft_loss", "hard_loss", "train_accuracy"):
        by_epoch = (steps[name] * in_batches).reshape(3, 3).sum(1)
        assert by_epoch == pytest.approx([getattr(epoch, name) for epoch in history.epochs], rel=1e-5)
    assert steps["lr"] == pytest.approx([config.training.optimizer.lr] * 9)
    data = open_training(config.data, lab.paths.data, CPU)
    model = load_model(folder / "model", CPU).eval()
    with torch.no_grad():
        logits = model(data.val.images_NCHW).numpy()
    predictions = np.load(folder / "predictions.npz", allow_pickle=False)
    np.testing.assert_array_equal(predictions["val"], logits)
    np.testing.assert_array_equal(predictions["labels"], data.val.labels_N.numpy())
    assert score(logits, data.val.labels_N.numpy()) == metrics.val
    assert not (folder / "checkpoint").exists()


def test_a_baseline_measures_no_soft_loss(lab):
    config = lab.config()
    lab.execute(config)
    history = read_record(lab.paths.run(run_id(config)) / "history.json", History)
    assert [epoch.soft_loss for epoch in history.epochs] == [None] * 3
    assert all(epoch.train_loss == epoch.hard_loss for epoch in history.epochs)


def test_a_search_run_keeps_its_score_and_no_weights(lab):
    config = lab.distilled(role="search")
    metrics = lab.execute(config)
    folder = lab.paths.run(run_id(config))
    assert metrics.weights_sha256 is None
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "history.json", "metrics.json"]


# Interruption.


def test_stopped_at_every_step_and_resumed_the_results_are_the_same_bytes(lab, recipe):
    lab.execute(recipe)
    folder = lab.paths.run(run_id(recipe))
    expected, history = results(folder), without_times(read_record(folder / "history.json", History))
    for look in range(STEPS):
        shutil.rmtree(folder)
        with pytest.raises(InterruptedTrainingError, match=f"after step {look}, in epoch {look // 3 + 1}"):
            lab.execute(recipe, stop_at(look))
        assert not (folder / "metrics.json").exists()
        state = load_checkpoint(folder / "checkpoint", CPU)
        assert state["step"] == look
        started = []
        lab.execute(recipe, RunContext(started=lambda *done, started=started: started.append(done)))
        assert started == [(look // 3, look)]
        assert results(folder) == expected
        assert without_times(read_record(folder / "history.json", History)) == history


def test_killed_at_every_step_and_resumed_the_results_are_the_same_bytes(lab, recipe):
    lab.execute(recipe)
    folder = lab.paths.run(run_id(recipe))
    expected = results(folder)
    for look in range(STEPS):
        shutil.rmtree(folder)
        with pytest.raises(KilledError):
            lab.execute(recipe, kill_at(look))
        lab.execute(recipe)
        assert results(folder) == expected


def test_stopped_after_each_single_step_the_results_are_the_same_bytes(lab, recipe):
    lab.execute(recipe)
    folder = lab.paths.run(run_id(recipe))
    expected = results(folder)
    shutil.rmtree(folder)
    for _ in range(STEPS - 1):
        with pytest.raises(InterruptedTrainingError):
            lab.execute(recipe, stop_at(1))
    lab.execute(recipe)
    assert results(folder) == expected


# Fencing.


# The loss terms.


def test_alpha_0_is_the_baseline_bit_for_bit(lab):
    baseline, distilled = lab.config(), lab.distilled(alpha=0.0)
    one, other = lab.execute(baseline), lab.execute(distilled)
    assert same_weights(weights(lab, baseline), weights(lab, distilled))
    assert one.val == other.val
    history = read_record(lab.paths.run(run_id(distilled)) / "history.json", History)
    assert all(epoch.soft_loss > 0 for epoch in history.epochs)


def test_the_teacher_changes_a_student_with_alpha(lab):
    baseline, distilled = lab.config(), lab.distilled(alpha=0.5)
    lab.execute(baseline)
    lab.execute(distilled)
    assert not same_weights(weights(lab, baseline), weights(lab, distilled))


def test_seeds_differ(lab):
    one, other = lab.config(seed=0), lab.config(seed=1)
    lab.execute(one)
    lab.execute(other)
    assert not same_weights(weights(lab, one), weights(lab, other))


@pytest.mark.parametrize("optimizer", [OptimizerConfig(name="sgd", lr=1e38), OptimizerConfig(name="adam", lr=1e30)])
@pytest.mark.parametrize("distilled", [False, True])
def test_a_loss_that_is_no_number_ends_the_run_as_such(lab, optimizer, distilled):
    make = lab.distilled if distilled else lab.config
    config = make(training={"optimizer": optimizer})
    with pytest.raises(NonFiniteLossError, match=r"the training loss is (nan|inf) in epoch 1"):
        lab.execute(config)
    folder = lab.paths.run(run_id(config))
    assert sorted(path.name for path in folder.iterdir()) == ["config.json"]


def test_weights_broken_by_the_very_last_step_do_not_count_as_a_result(lab):
    # One step an epoch: the loss is measured before the step that breaks the weights.
    training = {"epochs": 1, "batch_size": 90, "optimizer": OptimizerConfig(name="sgd", lr=1e38)}
    config = lab.config(training=training)
    with pytest.raises(NonFiniteLossError, match="val logits are not finite after epoch 1"):
        lab.execute(config)
    assert not (lab.paths.run(run_id(config)) / "metrics.json").exists()


# Pruning.


# The test images.


def from_checkpoint(lab, **changes):
    folder = lab.paths.run(run_id(lab.teacher())) / "model"
    training = {"model": "mnist_cnn", "checkpoint": str(folder), "checkpoint_sha256": sha256_of_weights(folder)}
    return lab.config(role="teacher", training=training | changes)


def test_a_checkpoint_without_epochs_is_the_model_itself(lab):
    config = from_checkpoint(lab, epochs=0)
    metrics = lab.execute(config)
    teacher = lab.execute(lab.teacher())
    assert (metrics.epochs, metrics.status) == (0, "complete")
    assert (metrics.val, metrics.size, metrics.weights_sha256) == (teacher.val, teacher.size, teacher.weights_sha256)
    assert history(lab, config).epochs == ()


def test_a_checkpoint_is_where_training_starts(lab):
    tuned = lab.execute(from_checkpoint(lab, epochs=1, optimizer=OptimizerConfig(lr=1e-5)))
    assert tuned.val.nll == pytest.approx(lab.execute(lab.teacher()).val.nll, rel=0.05)
    assert tuned.weights_sha256 != lab.execute(lab.teacher()).weights_sha256


def test_a_checkpoint_that_changed_is_refused_and_nothing_is_written(lab):
    config = from_checkpoint(lab, epochs=0, checkpoint_sha256="0" * 64)
    with pytest.raises(InputError, match="the weights changed since the sweep was started"):
        lab.execute(config)
    assert [path.name for path in lab.paths.run(run_id(config)).iterdir()] == ["config.json"]
