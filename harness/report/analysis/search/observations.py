"""What a search knows beside its complete trials: the baseline, which is alpha 0, and the trials that were pruned."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.analysis.search.axes import Axis, choices, numeric_axes, places_of
from harness.report.results.sweep_results import MethodResult, Results, RunResult
from harness.state.attempts.run_state import RunState
from harness.state.files.records import TrialRecord
from harness.sweep.search.config import Value
from harness.sweep.search.searchable import STUDENT

FEWEST_FOR_RANK = 4  # complete trials; of fewer a rank says little

Floats = NDArray[np.float64]


class Observations(NamedTuple):
    """Places in the searched space [P, D], as ``places_of`` lays them out, and the search's value there [P]."""

    places_PD: Floats
    values_P: Floats


def observe(results: Results, found: MethodResult, complete: Sequence[TrialRecord], metric: str) -> Observations:
    """Everything but the complete trials themselves.

    Args:
        results: The sweep.
        found: The method, or the student alone.
        complete: Its trials, as ``finished_trials`` gives them.
        metric: By which is searched.
    """
    axes, lists = numeric_axes(found.method.space), choices(found.method.space)
    pruned = [trial for trial in found.trials.trials if trial.state == RunState.PRUNED]
    histories = _histories(results, metric) if pruned else {}
    values = {trial.run_id: value_by_rank(trial, complete, histories) for trial in pruned}
    known = {trial.run_id: trial for trial in pruned if values[trial.run_id] is not None}  # equal settings share a run
    parts = [_baseline(results, found, axes, lists, metric)]
    if known:
        parts.append(
            Observations(
                places_of(list(known.values()), axes, lists), np.array([values[name] for name in known], float)
            )
        )
    return Observations(
        np.vstack([part.places_PD for part in parts]), np.concatenate([part.values_P for part in parts])
    )


def value_by_rank(
    trial: TrialRecord, complete: Sequence[TrialRecord], histories: Mapping[str, Sequence[float]]
) -> float | None:
    """What a pruned trial would have come to: what those came to that stood where it stood when it was stopped.

    Between two of them it is interpolated. Beyond the worst it is the worst one's value, a bound from above, since
    nobody knows how much worse it would have become. Its own last value would be too low: the others rose after it.

    Args:
        trial: The pruned one.
        complete: The complete ones.
        histories: The metric after each epoch, by run.

    Returns:
        None where fewer than ``FEWEST_FOR_RANK`` were trained that far.
    """
    epochs = len(histories.get(trial.run_id, ()))
    others = [histories[one.run_id] for one in complete if len(histories.get(one.run_id, ())) > epochs]
    if not epochs or len(others) < FEWEST_FOR_RANK:
        return None
    then, finally_ = (np.sort([history[place] for history in others]) for place in (epochs - 1, -1))
    return float(np.interp(histories[trial.run_id][-1], then, finally_))


def spread_places(number: int, num_columns: int) -> Floats:
    """Places [number, columns] that fill the space evenly, the same every time.

    References:
        Roberts, The unreasonable effectiveness of quasirandom sequences, 2018.
    """
    base = 2.0
    for _ in range(30):  # the one root above 1 of x^(d+1) = x + 1
        base = (1 + base) ** (1 / (num_columns + 1))
    steps = base ** -np.arange(1, num_columns + 1)
    return np.asarray(np.mod(0.5 + np.arange(1, number + 1)[:, None] * steps, 1.0))


def _baseline(
    results: Results, found: MethodResult, axes: Mapping[str, Axis], lists: Mapping[str, tuple[Value, ...]], metric: str
) -> Observations:
    """The baseline's runs, each a training at alpha 0, where nothing else that was searched has an effect.

    Each stands at another value of T and of the loss's options, so that together they say that these do nothing
    there, and weigh as many trainings as they are. None where alpha 0 is not searched, or is not the baseline: the
    student itself was searched too, or its loss has more than the two terms that alpha weighs.
    """
    space, distill = found.method.space, found.method.distill
    num_columns = len(axes) + sum(map(len, lists.values()))
    none = Observations(np.empty((0, num_columns)), np.empty(0))
    is_alone = distill is None or any(name.startswith(f"{STUDENT}.") for name in space) or results.alone is not None
    if is_alone or lists or "alpha" not in axes or axes["alpha"].low > 0:
        return none
    assert distill is not None
    if distill.features or distill.scale != 1:
        return none
    arm = results.arm("baseline")
    complete = [run for run in (arm.runs if arm else ()) if run.state == RunState.COMPLETE]
    values = [values[-1] for values in (_values(run, metric) for run in complete) if values]
    places = np.empty((len(values), num_columns))
    column = list(axes).index("alpha")
    places[:, column] = axes["alpha"].position(0.0)
    others = [index for index in range(num_columns) if index != column]
    places[:, others] = spread_places(len(values), len(others))
    return Observations(places, np.array(values, float))


def _histories(results: Results, metric: str) -> dict[str, list[float]]:
    return {run_id: _values(run, metric) for run_id, run in results.trial_runs.items()}


def _values(run: RunResult, metric: str) -> list[float]:
    """The metric after each epoch; none where one of them is no number."""
    values = [float(getattr(epoch, metric)) for epoch in (run.history.epochs if run.history else ())]
    return values if np.isfinite(values).all() else []
