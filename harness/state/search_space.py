"""A search's space as Optuna's distributions."""

from collections.abc import Iterable

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution

from harness.state.records import TrialRecord
from harness.state.run_state import RunState
from harness.sweep.schema import Dimension, SearchConfig


def study_of(config: SearchConfig, records: Iterable[TrialRecord]) -> optuna.Study:
    """A study in memory of the complete trials, for Optuna's own analyses."""
    study = optuna.create_study(direction="maximize" if config.metric == "val_accuracy" else "minimize")
    for record in records:
        if record.state == RunState.COMPLETE and record.value is not None:
            params = {"alpha": record.alpha, "temperature": record.temperature}
            trial = optuna.trial.create_trial(params=params, distributions=distributions(config), value=record.value)
            study.add_trial(trial)
    return study


def distributions(config: SearchConfig) -> dict[str, BaseDistribution]:
    """What a trial is asked for, by name."""
    return {"alpha": _distribution(config.space.alpha), "temperature": _distribution(config.space.temperature)}


def _distribution(dimension: Dimension) -> BaseDistribution:
    if dimension.values is not None:
        return CategoricalDistribution(dimension.values)
    low, high = dimension.ends
    return FloatDistribution(low, high, log=dimension.log)
