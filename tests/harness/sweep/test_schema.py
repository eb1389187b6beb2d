"""What a sweep file leaves open, and what it says in full."""

import pytest
import yaml

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from harness.sweep.search.config import SearchConfig
from kd.config import OptimizerConfig
from tests.support.root import ROOT
from tests.support.sweep_files import CNN, MINIMAL, several

SWEEPS = sorted((ROOT / "sweeps").glob("*.yaml"))


def test_defaults(write_sweep):
    sweep = load_sweep(write_sweep(MINIMAL))
    assert (sweep.distill.alpha, sweep.distill.temperature, sweep.seeds) == (0.5, 2.0, 5)
    assert sweep.search == SearchConfig()
    assert sweep.search.num_trials == 20
    assert sweep.student.optimizer == OptimizerConfig(name="adam", lr=1e-3)


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_a_sweep_survives_the_round_trip(path):
    sweep = load_sweep(path)
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep


def test_a_grid_runs_every_cell_unless_told_otherwise(write_sweep):
    alphas, temperatures = [k / 10 for k in range(6)], [1, 2, 4, 8, 16]
    space = {"alpha": {"values": alphas}, "temperature": {"values": temperatures}}
    text = MINIMAL + yaml.safe_dump({"search": {"sampler": "grid", "space": space}})
    sweep = load_sweep(write_sweep(text))
    assert sweep.search.num_trials is None
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
    assert load_sweep(write_sweep(text), "search.num_trials=8").search.num_trials == 8


def test_equal_teachers_have_seeds_of_their_own(write_sweep):
    alone = Plan(load_sweep(write_sweep(MINIMAL)), "0" * 16)
    plan = several(write_sweep, CNN, CNN, "{model: mnist_cnn, epochs: 3}", CNN)
    assert [run.config.seed for run in plan.teachers] == [0, 1, 0, 2]
    assert plan.teachers[0] == alone.teachers[0]
    assert len({run.id for run in plan.teachers}) == 4


def test_one_teacher_is_written_as_it_was_before_there_could_be_more(write_sweep):
    content = load_sweep(write_sweep(MINIMAL)).model_dump(mode="json")
    assert "teachers" not in content
    sweep = several(write_sweep, CNN, CNN).sweep
    assert "teacher" not in sweep.model_dump(mode="json")
    assert Sweep.model_validate_json(sweep.model_dump_json()) == sweep
