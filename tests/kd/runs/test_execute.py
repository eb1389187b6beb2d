"""A run is carried out once, by its owner alone, whatever else the process does."""

import shutil
from itertools import count

import pytest
import torch

from kd.config import run_id
from kd.errors import FencedError, InputError, InterruptedTrainingError
from kd.runs.folder.context import RunContext
from tests.kd.run_lab import results, stop_at, tree


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


def test_a_finished_run_writes_nothing_when_executed_again(lab):
    config = lab.distilled()
    metrics = lab.execute(config)
    before = tree(lab.paths.sweep)

    def touched(*_):
        raise AssertionError("a finished run needs none of this")

    assert lab.execute(config, RunContext(touched, touched, touched)) == metrics
    assert tree(lab.paths.sweep) == before


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


def test_a_model_that_does_not_exist_is_one_line_and_nothing_is_written(lab):
    config = lab.config(training={"model": "no_such_package:model"})
    with pytest.raises(InputError, match="cannot import no_such_package:model"):
        lab.execute(config)
    assert [path.name for path in lab.paths.run(run_id(config)).iterdir()] == ["config.json"]
