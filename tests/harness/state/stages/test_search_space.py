"""The space of a search in Optuna's words, and a study of what was found in it."""

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from harness.state.files.records import TrialRecord, Trials
from harness.state.stages.search_space import distributions, study_of, with_settings
from harness.sweep.search.config import SearchConfig
from kd.config import DistillConfig


def trial(number: int, state: str, value: float | None) -> TrialRecord:
    return TrialRecord.model_validate(
        {"number": number, "run_id": "x", "alpha": 0.5, "temperature": 2.0, "state": state, "value": value}
    )


def test_ranges_and_values() -> None:
    space = {"alpha": {"low": 0.1, "high": 0.9}, "temperature": {"low": 1, "high": 20, "log": True}}
    config = SearchConfig.model_validate({"num_trials": 3, "space": space})
    assert distributions(config.dimensions) == {
        "alpha": FloatDistribution(0.1, 0.9),
        "temperature": FloatDistribution(1, 20, log=True),
    }
    listed = SearchConfig.model_validate({"num_trials": 3, "space": space | {"alpha": {"values": [0.5, 0.9]}}})
    assert distributions(listed.dimensions)["alpha"] == CategoricalDistribution((0.5, 0.9))


def test_every_kind_of_dimension_in_the_order_of_the_space() -> None:
    space = {
        "alpha": None,
        "temperature": None,
        "student.batch_size": {"low": 16, "high": 64, "log": True, "int": True},
    }
    space |= {"student.optimizer.name": {"values": ["sgd", "adam"]}}
    config = SearchConfig.model_validate({"num_trials": 3, "space": space})
    assert list(distributions(config.dimensions).items()) == [
        ("student.batch_size", IntDistribution(16, 64, log=True)),
        ("student.optimizer.name", CategoricalDistribution(("sgd", "adam"))),
    ]


def test_a_trial_gets_the_setting_of_its_run() -> None:
    asked = [{"alpha": 0.25}, {"temperature": 4}, {"student.optimizer.lr": 0.1}]
    records = [TrialRecord(number=n, run_id="x", params=params) for n, params in enumerate(asked)]
    found = with_settings(Trials(trials=tuple(records), best=1), DistillConfig(alpha=0.5, temperature=2.0))
    assert [(record.alpha, record.temperature) for record in found.trials] == [(0.25, 2.0), (0.5, 4.0), (0.5, 2.0)]
    assert [record.params for record in found.trials] == asked
    assert found.best == 1


@pytest.mark.parametrize(("metric", "best"), [("val_accuracy", 0.9), ("val_loss", 0.7)])
def test_the_study_is_of_complete_trials_alone(metric: str, best: float) -> None:
    records = [trial(0, "complete", 0.9), trial(1, "complete", 0.7), trial(2, "pruned", 0.1), trial(3, "failed", None)]
    config = SearchConfig.model_validate({"num_trials": 4, "metric": metric})
    study = study_of(config, config.dimensions, records)
    assert [found.value for found in study.trials] == [0.9, 0.7]
    assert study.best_value == best
