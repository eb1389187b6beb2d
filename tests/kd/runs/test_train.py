"""Training learns, survives whatever cuts it, and comes to the same bits."""

import copy
import shutil
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from kd.augment.mixing import mix_images, mixing_of_view
from kd.augment.transforms import augment, epoch_order, view_table
from kd.config import AugmentConfig, OptimizerConfig, RandAugmentConfig, TestConfig, run_id
from kd.data.images import open_test, open_training
from kd.errors import FencedError, InputError, InterruptedTrainingError, NonFiniteLossError
from kd.files import read_record, write_record
from kd.models import build_model
from kd.models.files import load_model
from kd.records import History, Pruning, SplitSize, StoreIndex
from kd.runs.context import UNATTENDED, RunContext
from kd.scores import score
from kd.training.checkpoint import load_checkpoint
from kd.training.loop import Training
from kd.training.teacher import TeacherLogits

CPU = torch.device("cpu")
MIXED = AugmentConfig(shift=1, rand_augment=RandAugmentConfig(), mixup=0.8, cutmix=1.0, num_views=2)
STEPS = 9  # of a lab run: 3 epochs of 90 images in batches of 32
RESULTS = ("metrics.json", "predictions.npz", "steps.npz", "model/model.safetensors", "model/config.json")


class KilledError(BaseException):
    """As SIGKILL: no checkpoint is written on the way out."""


def stop_at(look):
    """A control that asks to stop at its n-th look, counted from 0."""
    looks = count()
    return RunContext(should_stop=lambda: next(looks) == look)


def kill_at(look):
    """A control that ends the attempt at its n-th look without a checkpoint."""
    looks = count()

    def should_stop():
        if next(looks) == look:
            raise KilledError
        return False

    return RunContext(should_stop=should_stop)


def results(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in RESULTS}


def weights(lab, config):
    return load_file(lab.paths.run(run_id(config)) / "model" / "model.safetensors")


def same_weights(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def without_times(history: History) -> list[dict]:
    return [epoch.model_dump(exclude={"seconds", "images_per_s"}) for epoch in history.epochs]


def tree(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file with its content, inode and time of change."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


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


def test_another_run_in_the_same_process_changes_nothing(lab, recipe):
    lab.execute(recipe)
    folder = lab.paths.run(run_id(recipe))
    expected = results(folder)
    shutil.rmtree(folder)
    with pytest.raises(InterruptedTrainingError):
        lab.execute(recipe, stop_at(4))
    lab.execute(lab.config(seed=77))
    torch.manual_seed(5)
    lab.execute(recipe)
    assert results(folder) == expected


def damage(path: Path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("num_damaged", [1, 2])
def test_damaged_checkpoints_cost_time_and_change_nothing(lab, recipe, num_damaged):
    lab.execute(recipe)
    folder = lab.paths.run(run_id(recipe))
    expected = results(folder)
    shutil.rmtree(folder)
    with pytest.raises(InterruptedTrainingError):
        lab.execute(recipe, stop_at(8))
    checkpoints = sorted((folder / "checkpoint").iterdir(), reverse=True)
    assert [path.name[:14] for path in checkpoints] == ["step-000000008", "step-000000006"]
    for path in checkpoints[:num_damaged]:
        damage(path)
    started = []
    with pytest.warns(UserWarning, match="is damaged and was passed over"):
        lab.execute(recipe, RunContext(started=lambda *done: started.append(done)))
    assert started == [[(2, 6)], [(0, 0)]][num_damaged - 1]
    assert results(folder) == expected


def test_stopped_again_after_damage_the_new_checkpoint_is_the_one_that_counts(lab):
    config = lab.config()
    folder = lab.paths.run(run_id(config))
    with pytest.raises(InterruptedTrainingError):
        lab.execute(config, stop_at(8))
    for path in (folder / "checkpoint").iterdir():
        damage(path)
    with (
        pytest.warns(UserWarning, match="is damaged"),
        pytest.raises(InterruptedTrainingError, match="after step 5"),
    ):
        lab.execute(config, stop_at(5))
    with pytest.raises(InterruptedTrainingError, match="after step 5"):
        lab.execute(config, stop_at(0))


@pytest.mark.parametrize("name", RESULTS[1:])
def test_killed_while_the_results_are_written(lab, monkeypatch, name):
    config = lab.distilled()
    lab.execute(config)
    folder = lab.paths.run(run_id(config))
    expected = results(folder)
    shutil.rmtree(folder)
    real = Path.replace

    def cut(self, target):
        if target == folder / name:
            raise KilledError
        return real(self, target)

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(Path, "replace", cut)
        lab.execute(config)
    assert not (folder / "metrics.json").exists()
    lab.execute(config)
    assert results(folder) == expected


def test_a_finished_run_writes_nothing_when_executed_again(lab):
    config = lab.distilled()
    metrics = lab.execute(config)
    before = tree(lab.paths.sweep)

    def touched(*_):
        raise AssertionError("a finished run needs none of this")

    assert lab.execute(config, RunContext(touched, touched, touched)) == metrics
    assert tree(lab.paths.sweep) == before


# Fencing.


@pytest.mark.parametrize("passes", range(9))
def test_a_fenced_attempt_publishes_nothing_from_then_on(lab, passes):
    # Guarded are: checkpoint and history after each of 3 epochs, history again, metrics.
    config = lab.config()
    lab.add(config)
    folder = lab.paths.run(run_id(config))
    calls, seen = count(), []

    def guard():
        if next(calls) >= passes:
            seen.append(tree(folder))
            raise FencedError("attempt 2 owns the run")

    if passes == 8:
        assert lab.execute(config, RunContext(guard=guard)).status == "complete"
        return
    with pytest.raises(FencedError):
        lab.execute(config, RunContext(guard=guard))
    assert len(seen) == 1
    assert tree(folder) == seen[0]
    assert "metrics.json" not in seen[0]


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


@pytest.mark.parametrize(
    ("metric", "thresholds", "epochs"),
    [
        ("val_accuracy", {1: 1.01}, 1),
        ("val_accuracy", {1: 0.0, 2: 1.01}, 2),
        ("val_accuracy", {1: 0.0, 2: 0.0}, 3),
        ("val_loss", {2: 0.0}, 2),
        ("val_loss", {1: 100.0, 2: 100.0}, 3),
    ],
)
def test_thresholds_end_a_run_after_their_epoch(lab, metric, thresholds, epochs):
    config = lab.distilled(role="search")
    folder = lab.add(config)
    write_record(folder / "pruning.json", Pruning(metric=metric, thresholds=thresholds))
    metrics = lab.execute(config)
    assert metrics.epochs == epochs
    assert metrics.status == ("complete" if epochs == 3 else "pruned")
    assert len(read_record(folder / "history.json", History).epochs) == epochs
    assert metrics.val is not None


def test_a_pruned_run_interrupted_anywhere_is_pruned_the_same(lab):
    config = lab.distilled(role="search")
    folder = lab.paths.run(run_id(config))

    def start_over():
        shutil.rmtree(folder, ignore_errors=True)
        lab.add(config)
        write_record(folder / "pruning.json", Pruning(metric="val_accuracy", thresholds={2: 1.01}))

    start_over()
    lab.execute(config)
    expected = (folder / "metrics.json").read_bytes()
    for look in range(6):
        start_over()
        with pytest.raises(InterruptedTrainingError):
            lab.execute(config, stop_at(look))
        lab.execute(config)
        assert (folder / "metrics.json").read_bytes() == expected


@pytest.mark.parametrize("passes", [4, 6, 7])
def test_a_run_cut_between_its_last_epoch_and_its_metrics_trains_no_further(lab, passes):
    # Cut after the checkpoint of epoch 2 with pruning at 2, or of epoch 3, before what follows it.
    config = lab.distilled(role="search")
    folder = lab.add(config)
    if passes == 4:
        write_record(folder / "pruning.json", Pruning(metric="val_accuracy", thresholds={2: 1.01}))
    calls = count()

    def guard():
        if next(calls) >= passes:
            raise KilledError

    with pytest.raises(KilledError):
        lab.execute(config, RunContext(guard=guard))
    cut = tree(folder)
    assert "metrics.json" not in cut
    looks = []
    metrics = lab.execute(config, RunContext(should_stop=lambda: looks.append(1) or False))
    assert looks == []  # not one more step
    assert metrics.status == ("pruned" if passes == 4 else "complete")
    resumed = (folder / "metrics.json").read_bytes()
    shutil.rmtree(folder)
    lab.add(config)
    if passes == 4:
        write_record(folder / "pruning.json", Pruning(metric="val_accuracy", thresholds={2: 1.01}))
    lab.execute(config)
    assert (folder / "metrics.json").read_bytes() == resumed


# The test images.


def blind(lab, tmp_path, how):
    """The lab on a copy of the store in which the test images are noise, or gone."""
    root = tmp_path / "blind"
    digest = lab.data.digest
    shutil.copytree(lab.paths.data / digest, root / digest)
    train_file, test_file = root / digest / "train_images.npy", root / digest / "test_images.npy"
    if how == "gone":
        test_file.unlink()
        return type(lab)(lab.paths._replace(data=root), lab.data)
    file = test_file if test_file.exists() else train_file
    images = np.load(file)
    test_images = open_test(lab.data, lab.paths.data, CPU).images_NCHW.numpy()
    keys = {image.tobytes() for image in test_images}
    is_test = np.array([image.tobytes() in keys for image in images])
    assert is_test.sum() >= len(keys)
    images[is_test] = np.random.default_rng(0).integers(0, 256, images[is_test].shape, dtype=np.uint8)
    np.save(file, images)
    return type(lab)(lab.paths._replace(data=root), lab.data)


def with_own_test_split(lab, tmp_path):
    """The lab on a store that holds a test split of its own."""
    source, root = lab.paths.data / lab.data.digest, tmp_path / "own"
    folder = root / "own-test-split"
    folder.mkdir(parents=True)
    images, labels = np.load(source / "train_images.npy"), np.load(source / "train_labels.npy")
    parts = {"train": np.arange(0, 5000, 10), "test": np.arange(5, 5000, 10)}
    for part, rows in parts.items():
        np.save(folder / f"{part}_images.npy", images[rows])
        np.save(folder / f"{part}_labels.npy", labels[rows])
    index = StoreIndex(
        source="own",
        digest="own-test-split",
        class_names=list("0123456789"),
        splits={part: SplitSize(num_images=500, shape=(1, 28, 28)) for part in parts},
    )
    write_record(folder / "index.json", index)
    data = lab.data.model_copy(update={"digest": "own-test-split", "max_test": None})
    return type(lab)(lab.paths._replace(data=root, sweep=tmp_path / "own-sweep"), data)


@pytest.mark.parametrize(("split", "how"), [("divided", "noise"), ("own", "noise"), ("own", "gone")])
def test_no_training_or_search_run_reads_a_test_image(lab, tmp_path, split, how):
    # Every byte that training and search write is the same on a store without its test images.
    if split == "own":
        lab = with_own_test_split(lab, tmp_path)
    else:
        lab = type(lab)(lab.paths._replace(sweep=tmp_path / "again"), lab.data.model_copy(update={"max_test": None}))
    blinded = blind(lab, tmp_path, how)
    blinded = type(lab)(blinded.paths._replace(sweep=tmp_path / "blind-sweep"), lab.data)
    teacher, logits = lab.teacher(), lab.logits_config(AugmentConfig())
    chain = [teacher, logits, lab.config(), lab.distilled(role="search"), lab.distilled()]
    written = []
    for place in (lab, blinded):
        for config in chain:
            place.execute(config)
        written.append(
            {
                str(path.relative_to(place.paths.sweep)): path.read_bytes()
                for path in place.paths.sweep.rglob("*")
                if path.is_file() and path.name != "history.json"
            }
        )
    assert written[0] == written[1]
    assert any(name.startswith("runs/search-") and name.endswith("metrics.json") for name in written[0])
    # The blinding is real: the test run sees it.
    test = TestConfig(data=lab.data, models=(run_id(lab.config()),))
    seen = lab.execute(test)
    if how == "gone":
        with pytest.raises(FileNotFoundError, match="test_images"):
            blinded.execute(test)
    else:
        assert blinded.execute(test) != seen


def test_the_test_run_scores_each_model_on_the_test_images(lab):
    models = (run_id(lab.teacher()), run_id(lab.config()))
    lab.execute(lab.config())
    config = TestConfig(data=lab.data, models=models)
    metrics = lab.execute(config)
    test = open_test(lab.data, lab.paths.data, CPU)
    predictions = np.load(lab.paths.run(run_id(config)) / "predictions.npz", allow_pickle=False)
    assert sorted(predictions) == sorted(["labels", *models])
    np.testing.assert_array_equal(predictions["labels"], test.labels_N.numpy())
    for name in models:
        model = load_model(lab.paths.run(name) / "model", CPU).eval()
        with torch.no_grad():
            logits = model(test.images_NCHW).numpy()
        np.testing.assert_array_equal(predictions[name], logits)
        assert metrics.test[name] == score(logits, test.labels_N.numpy())
    assert metrics.val is None


def test_a_stopped_test_run_starts_again_and_ends_the_same(lab):
    config = TestConfig(data=lab.data, models=(run_id(lab.teacher()),))
    with pytest.raises(InterruptedTrainingError):
        lab.execute(config, stop_at(0))
    folder = lab.paths.run(run_id(config))
    assert [path.name for path in folder.iterdir()] == ["config.json"]
    assert lab.execute(config, UNATTENDED).test.keys() == {run_id(lab.teacher())}


def test_a_model_that_does_not_exist_is_one_line_and_nothing_is_written(lab):
    config = lab.config(training={"model": "no_such_package:model"})
    with pytest.raises(InputError, match="cannot import no_such_package:model"):
        lab.execute(config)
    assert [path.name for path in lab.paths.run(run_id(config)).iterdir()] == ["config.json"]
