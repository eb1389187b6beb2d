"""A search's space as Optuna's distributions."""

from collections.abc import Iterable, Mapping

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from harness.state.attempts.run_state import RunState
from harness.state.files.records import TrialRecord, Trials
from harness.sweep.search.config import Dimension, SearchConfig
from harness.sweep.search.params import with_params
from kd.config import DistillConfig

optuna.logging.set_verbosity(optuna.logging.ERROR)  # no word of new studies, nor of what would make them faster


def study_of(config: SearchConfig, space: Mapping[str, Dimension], records: Iterable[TrialRecord]) -> optuna.Study:
    """A study in memory of the complete trials, for Optuna's own analyses."""
    study = optuna.create_study(direction="maximize" if config.maximize else "minimize")
    for record in records:
        if record.state == RunState.COMPLETE and record.value is not None:
            trial = optuna.trial.create_trial(
                params=record.params, distributions=distributions(space), value=record.value
            )
            study.add_trial(trial)
    return study


def with_settings(trials: Trials, distill: DistillConfig | None) -> Trials:
    """With the alpha and the temperature that each trial's run has, searched or not; a student alone has none."""
    if distill is None:
        return trials

    def with_setting(record: TrialRecord) -> TrialRecord:
        loss = with_params(distill, record.params)
        return record.model_copy(update={"alpha": loss.alpha, "temperature": loss.temperature})

    return trials.model_copy(update={"trials": tuple(map(with_setting, trials.trials))})


def distributions(space: Mapping[str, Dimension]) -> dict[str, BaseDistribution]:
    """What a trial is asked for, by name and in this order, which decides what a random sampler draws."""
    return {name: _distribution(dimension) for name, dimension in space.items()}


def _distribution(dimension: Dimension) -> BaseDistribution:
    if dimension.values is not None:
        return CategoricalDistribution(dimension.values)
    low, high = dimension.range
    if dimension.is_int:
        return IntDistribution(int(low), int(high), log=dimension.log)
    return FloatDistribution(low, high, log=dimension.log)
