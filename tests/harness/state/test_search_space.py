"""The space of a search in Optuna's words, and a study of what was found in it."""

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution

from harness.state.records import TrialRecord
from harness.state.search_space import distributions, study_of
from harness.sweep.schema import SearchConfig


def trial(number: int, state: str, value: float | None) -> TrialRecord:
    return TrialRecord.model_validate(
        {"number": number, "run_id": "x", "alpha": 0.5, "temperature": 2.0, "state": state, "value": value}
    )


def test_ranges_and_values() -> None:
    space = {"alpha": {"low": 0.1, "high": 0.9}, "temperature": {"low": 1, "high": 20, "log": True}}
    config = SearchConfig.model_validate({"num_trials": 3, "space": space})
    assert distributions(config) == {
        "alpha": FloatDistribution(0.1, 0.9),
        "temperature": FloatDistribution(1, 20, log=True),
    }
    listed = SearchConfig.model_validate({"num_trials": 3, "space": space | {"alpha": {"values": [0.5, 0.9]}}})
    assert distributions(listed)["alpha"] == CategoricalDistribution((0.5, 0.9))


@pytest.mark.parametrize(("metric", "best"), [("val_accuracy", 0.9), ("val_loss", 0.7)])
def test_the_study_is_of_complete_trials_alone(metric: str, best: float) -> None:
    records = [trial(0, "complete", 0.9), trial(1, "complete", 0.7), trial(2, "pruned", 0.1), trial(3, "failed", None)]
    study = study_of(SearchConfig.model_validate({"num_trials": 4, "metric": metric}), records)
    assert [found.value for found in study.trials] == [0.9, 0.7]
    assert study.best_value == best
