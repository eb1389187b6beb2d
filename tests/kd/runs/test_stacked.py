"""Runs trained together: results of their own, from their own checkpoints, or alone."""

from itertools import count
from typing import Any

import pytest
import torch

from kd.config import TrainConfig, run_id
from kd.errors import InterruptedTrainingError
from kd.files import read_record, write_record
from kd.records import Metrics, Pruning
from kd.runs.folder.context import RunContext
from kd.runs.stacked import execute_together
from kd.training.checkpoint import load_checkpoint
from kd.training.stacked import Pack
from tests.kd.run_lab import CPU


class KilledError(BaseException):
    """As SIGKILL: no checkpoint is written on the way out."""


def add_all(lab: Any, configs: list[TrainConfig]) -> list[str]:
    for config in configs:
        lab.add(config)
    return [run_id(config) for config in configs]


def execute_all(lab: Any, names: list[str], **controls: RunContext) -> dict[str, Metrics | Exception]:
    return dict(execute_together({name: controls.get(name, RunContext()) for name in names}, lab.paths, CPU))


def stop_from(look: int) -> RunContext:
    """Asks to stop from its n-th look on, counted from 0."""
    looks = count()
    return RunContext(should_stop=lambda: next(looks) >= look)


def folders_of(lab: Any, names: list[str], *files: str) -> list[bytes]:
    return [(lab.paths.run(name) / file).read_bytes() for name in names for file in files]


def test_every_run_has_results_of_its_own(lab: Any, tmp_path: Any) -> None:
    other = lab.elsewhere(tmp_path / "alone")
    configs = [lab.distilled(alpha=alpha, seed=seed) for alpha, seed in ((0.2, 0), (0.8, 1), (1.0, 1))]
    names = add_all(lab, configs)
    outcomes = execute_all(lab, names)
    for config, name in zip(configs, names, strict=True):
        metrics, alone = outcomes[name], other.execute(config)
        assert isinstance(metrics, Metrics)
        assert metrics.val.accuracy == pytest.approx(alone.val.accuracy, abs=1 / 30 + 1e-9)
        assert metrics.val.nll == pytest.approx(alone.val.nll, rel=1e-4)
        assert metrics.size == alone.size
        files = {path.relative_to(lab.paths.run(name)) for path in lab.paths.run(name).rglob("*")}
        assert files == {path.relative_to(other.paths.run(name)) for path in other.paths.run(name).rglob("*")}
        assert read_record(lab.paths.run(name) / "metrics.json", Metrics) == metrics


def test_a_run_without_company_comes_to_its_own_bytes(lab: Any, tmp_path: Any) -> None:
    config = lab.distilled()
    names = add_all(lab, [config])
    execute_all(lab, names)
    other = lab.elsewhere(tmp_path / "alone")
    other.execute(config)
    files = ("metrics.json", "model/model.safetensors", "predictions.npz", "steps.npz")
    assert folders_of(lab, names, *files) == folders_of(other, names, *files)


def test_a_checkpoint_holds_nothing_of_the_neighbours(lab: Any) -> None:
    configs = [lab.distilled(alpha=alpha) for alpha in (0.1, 0.4, 0.6, 0.9)]
    names = add_all(lab, configs)
    outcomes = execute_all(lab, names, **dict.fromkeys(names, stop_from(20)))
    assert all(isinstance(outcome, InterruptedTrainingError) for outcome in outcomes.values())
    states = [load_checkpoint(lab.paths.run(name) / "checkpoint", CPU) for name in names]
    assert [state["step"] for state in states if state] == [5, 5, 5, 5]
    alone = lab.distilled(alpha=0.5)
    with pytest.raises(InterruptedTrainingError):
        lab.execute(alone, stop_from(5))
    sizes = [
        max(path.stat().st_size for path in (lab.paths.run(name) / "checkpoint").iterdir())
        for name in (*names, run_id(alone))
    ]
    assert max(sizes) < 1.01 * min(sizes)
    outcomes = execute_all(lab, names)
    assert all(isinstance(outcome, Metrics) for outcome in outcomes.values())


@pytest.mark.parametrize("look", [0, 7, 14, 26])
def test_killed_together_they_go_on_from_their_checkpoints(lab: Any, tmp_path: Any, look: int) -> None:
    configs = [lab.distilled(alpha=alpha) for alpha in (0.2, 0.5, 0.8)]
    names = add_all(lab, configs)
    looks = count()

    def die() -> bool:
        if next(looks) == look:
            raise KilledError
        return False

    with pytest.raises(KilledError):
        execute_all(lab, names, **dict.fromkeys(names, RunContext(should_stop=die)))
    outcomes = execute_all(lab, names)
    other = lab.elsewhere(tmp_path / "alone")
    for config, name in zip(configs, names, strict=True):
        assert outcomes[name].val.nll == pytest.approx(other.execute(config).val.nll, rel=1e-4)


def test_those_cut_at_different_steps_train_apart(lab: Any) -> None:
    configs = [lab.distilled(alpha=alpha) for alpha in (0.2, 0.5, 0.8, 0.9)]
    names = add_all(lab, configs)
    for config in configs[:2]:
        with pytest.raises(InterruptedTrainingError):
            lab.execute(config, stop_from(4))
    outcomes = execute_all(lab, names)
    assert list(outcomes) == [*names[2:], *names[:2]]
    assert all(isinstance(outcome, Metrics) for outcome in outcomes.values())


def test_only_the_pruned_one_is_pruned(lab: Any) -> None:
    configs = [lab.distilled(alpha=alpha, role="search") for alpha in (0.2, 0.5, 0.8)]
    names = add_all(lab, configs)
    write_record(lab.paths.run(names[1]) / "pruning.json", Pruning(metric="val_accuracy", thresholds={1: 1.01}))
    outcomes = execute_all(lab, names)
    assert [outcomes[name].status for name in names] == ["complete", "pruned", "complete"]
    assert next(iter(outcomes)) == names[1]


def assert_alone(lab: Any, other: Any, configs: list[TrainConfig]) -> None:
    """Executed together, they come to the bytes that they come to alone."""
    names = add_all(lab, configs)
    outcomes = execute_all(lab, names)
    assert [type(outcome) for outcome in outcomes.values()] == [Metrics] * len(names)
    for config in configs:
        other.execute(config)
    files = ("metrics.json", "model/model.safetensors", "predictions.npz", "steps.npz")
    assert folders_of(lab, names, *files) == folders_of(other, names, *files)


def test_a_model_with_dropout_goes_alone(lab: Any, tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    configs = [lab.distilled(alpha=alpha, training={"model": "users_nets:dropout_net"}) for alpha in (0.2, 0.5)]
    assert_alone(lab, lab.elsewhere(tmp_path / "alone"), configs)
    assert "alone from their checkpoints go on" in caplog.text
    assert "random" in caplog.text


def test_a_model_that_keeps_numbers_of_its_own_goes_alone(lab: Any, tmp_path: Any, caplog: Any) -> None:
    configs = [lab.distilled(seed=seed, training={"model": "users_nets:secretive_net"}) for seed in (0, 1)]
    assert_alone(lab, lab.elsewhere(tmp_path / "alone"), configs)
    assert "does not give the logits that it gives alone" in caplog.text


@pytest.mark.parametrize("step", [0, 4])
def test_where_memory_runs_out_they_go_on_alone(lab: Any, tmp_path: Any, monkeypatch: Any, step: int) -> None:
    real, steps = Pack.train_step, count()

    def train_step(pack: Pack, batches: Any) -> None:
        if next(steps) == step:
            raise torch.OutOfMemoryError("CUDA out of memory")
        real(pack, batches)

    monkeypatch.setattr(Pack, "train_step", train_step)
    configs = [lab.distilled(alpha=alpha) for alpha in (0.2, 0.5)]
    if step == 0:
        assert_alone(lab, lab.elsewhere(tmp_path / "alone"), configs)
    else:
        outcomes = execute_all(lab, add_all(lab, configs))
        assert all(isinstance(outcome, Metrics) for outcome in outcomes.values())


def test_one_that_cannot_begin_fails_alone(lab: Any) -> None:
    configs = [lab.distilled(alpha=alpha) for alpha in (0.2, 0.5, 0.8)]
    names = add_all(lab, configs)
    (lab.paths.run(names[1]) / "checkpoint").mkdir()
    (lab.paths.run(names[1]) / "checkpoint" / "step-000000001-0123456789abcdef.pt").mkdir()
    outcomes = execute_all(lab, names)
    assert [type(outcomes[name]) for name in names] == [Metrics, IsADirectoryError, Metrics]


@pytest.mark.parametrize(("most", "is_stacked"), [(0, False), (1e12, True)])
def test_a_model_that_fills_a_gpu_goes_alone(lab: Any, monkeypatch: Any, most: float, is_stacked: bool) -> None:
    monkeypatch.setattr("kd.training.stacked.MOST_MACS", most)
    built = []
    monkeypatch.setattr("kd.training.stacked.Pack", lambda trainings: built.append(1) or Pack(trainings))
    names = add_all(lab, [lab.distilled(alpha=alpha) for alpha in (0.2, 0.5)])
    outcomes = dict(execute_together(dict.fromkeys(names, RunContext()), lab.paths, CPU, if_it_pays=True))
    assert all(isinstance(outcome, Metrics) for outcome in outcomes.values())
    assert bool(built) == is_stacked
