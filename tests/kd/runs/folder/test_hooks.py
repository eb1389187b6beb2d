"""What a training keeps in its run's folder survives damage and cuts, and prunes the run."""

import shutil
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from kd.config import run_id
from kd.errors import InterruptedTrainingError
from kd.files import read_record, write_record
from kd.records import History, Pruning
from kd.runs.folder import hooks as folder_hooks
from kd.runs.folder.context import UNATTENDED, RunContext
from tests.kd.run_lab import CPU, KilledError, results, stop_at, tree


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


def test_after_an_epoch_a_checkpoint_is_due_sooner_than_within_one(tmp_path, monkeypatch):
    clock = SimpleNamespace(seconds=100.0, monotonic=lambda: clock.seconds)
    monkeypatch.setattr(folder_hooks, "time", clock)
    monkeypatch.setattr(folder_hooks, "EPOCH_INTERVAL_S", 0.25)
    hooks = folder_hooks.FolderHooks(tmp_path, CPU, UNATTENDED)
    assert [hooks.should_save(after_epoch=True), hooks.should_save(after_epoch=False)] == [True, False], "the first"
    hooks.save(1, {})
    for clock.seconds, is_due in ((100.2, [False, False]), (100.3, [True, False]), (160.1, [True, True])):
        assert [hooks.should_save(after_epoch=True), hooks.should_save(after_epoch=False)] == is_due


def test_killed_after_epochs_too_short_for_a_checkpoint_a_run_ends_as_undisturbed(lab, monkeypatch):
    config = lab.distilled()
    folder = lab.paths.run(run_id(config))
    lab.execute(config)
    expected = results(folder)
    shutil.rmtree(folder)
    monkeypatch.setattr(folder_hooks, "EPOCH_INTERVAL_S", 60.0)

    def killed_at(number: int) -> RunContext:
        looks = count()

        def should_stop() -> bool:
            if next(looks) == number:
                raise KilledError
            return False

        return RunContext(should_stop=should_stop)

    with pytest.raises(KilledError):
        lab.execute(config, killed_at(8))
    assert len(read_record(folder / "history.json", History).epochs) == 1, "of two"
    with pytest.raises(KilledError):
        lab.execute(config, killed_at(4))
    assert len(read_record(folder / "history.json", History).epochs) == 2, "gone on, it keeps every epoch"
    started = []
    lab.execute(config, RunContext(started=lambda *done: started.append(done)))
    assert started == [(2, 6)]
    assert results(folder) == expected
