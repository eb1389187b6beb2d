"""What a search knows beside its complete trials."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.search import observations
from harness.report.analysis.search.observations import observe, spread_places, value_by_rank
from harness.report.analysis.search.reading import finished_trials, read_search
from harness.report.results.sweep_results import Results
from harness.state.attempts.run_state import RunState
from harness.sweep.search.config import Dimension
from kd.config import FeatureConfig
from kd.files import write_record
from kd.records import EpochRecord, History
from tests.support.invented_search import GOOD, Make, best_of, hill, trial, trials_of

HISTORIES = {
    "a": [0.1, 0.5, 0.80], "b": [0.2, 0.6, 0.90], "c": [0.3, 0.7, 0.85], "d": [0.4, 0.8, 0.95], "low": [0.0, 0.3],
    "middle": [0.1, 0.65], "high": [0.5, 0.9], "new": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("middle", 0.875),  # halfway from the second to the third, both then and in the end
        ("low", 0.80),  # no better than the worst
        ("high", 0.95),
        ("new", None),
    ],
)
def test_a_pruned_trial_counts_as_those_that_stood_where_it_stood(name: str, value: float | None) -> None:
    complete = [trial(n, 0.5, 2.0, 0.9).model_copy(update={"run_id": run}) for n, run in enumerate("abcd")]
    pruned = trial(9, 0.5, 2.0, 0.1, "pruned").model_copy(update={"run_id": name})
    assert value_by_rank(pruned, complete, HISTORIES) == (None if value is None else pytest.approx(value))
    assert value_by_rank(pruned, complete[:3], HISTORIES) is None  # too few for a rank


@pytest.mark.parametrize("number", [1, 3, 5, 20])
def test_places_fill_the_space(number: int) -> None:
    places = spread_places(number, 1)[:, 0]
    assert len(set(places.round(6))) == number and places.min() >= 0 and places.max() < 1
    assert number < 5 or np.diff(np.sort(places)).max() < 2.7 / number
    assert spread_places(number, 0).shape == (number, 0)


def test_places_are_spread_over_a_square() -> None:
    counts, _, _ = np.histogram2d(*spread_places(160, 2).T, bins=4, range=((0, 1), (0, 1)))
    assert counts.min() >= 6 and counts.max() <= 14  # of 10 a cell


def baseline_of(results: Results) -> list[tuple[float, ...]]:
    found = observe(results, results.headline, (), "val_accuracy")
    return [(*place, value) for place, value in zip(found.places_PD.tolist(), found.values_P.tolist(), strict=True)]


def test_the_baseline_is_alpha_0_with_each_of_its_seeds(make: Make) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD)
    (first_alpha, first_t, first), (second_alpha, second_t, second) = baseline_of(results)
    assert (first_alpha, second_alpha, first, second) == (0.0, 0.0, 0.90, 0.91) and abs(first_t - second_t) > 0.3


def test_it_is_not_where_the_student_is_searched_too_or_alpha_does_not_reach_it(make: Make) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD)
    found = results.headline
    method, distill = found.method, found.method.distill
    assert distill is not None and len(observe(results, found, (), "val_accuracy").values_P) == 2
    others = [method._replace(space=method.space | change) for change in (
        {"student.optimizer.lr": Dimension(low=1e-4, high=0.1, log=True)},
        {"alpha": Dimension(low=0.2, high=1.0)},
        {"loss_kind": Dimension(values=("one", "other"))},
    )]  # fmt: skip
    others.append(method._replace(space={"temperature": method.space["temperature"]}))
    for more in ({"scale": 2.0}, {"features": (FeatureConfig(loss="rkd"),)}):  # more than the two terms
        others.append(method._replace(distill=distill.model_copy(update=more)))
    for other in others:
        assert not observe(results, found._replace(method=other), (), "val_accuracy").values_P.size
    alone = replace(results, alone=found)
    assert not observe(alone, found, (), "val_accuracy").values_P.size


def test_a_map_that_knows_what_was_pruned_does_not_praise_it(make: Make, tmp_path: Path) -> None:
    """The lower half of T was pruned throughout, where every trial stood below all others."""
    trials = [
        one if one.temperature > 20**0.5 else one.model_copy(update={"state": RunState.PRUNED, "value": 0.5})
        for one in trials_of(lambda a, t: 0.9 + 0.05 * t)
    ]
    results = make(trials, best_of(trials))
    for one in trials:
        losses = [(0.7, 0.7), (0.8, one.value)] if one.state == "complete" else [(0.5, 0.5)]
        epochs = tuple(
            EpochRecord(
                epoch=n, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1, val_accuracy=value or 0,
                seconds=1, images_per_s=1,
            )
            for n, (_, value) in enumerate(losses, 1)
        )  # fmt: skip
        run = results.trial_runs[results.plan.trial(one.params).id]
        write_record(results.folder / "runs" / run.id / "history.json", History(num_epochs=2, epochs=epochs))
        results.trial_runs[run.id] = replace(run, history=History(num_epochs=2, epochs=epochs))
    by_plan = {
        one.run_id: one.model_copy(update={"run_id": results.plan.trial(one.params).id}) for one in results.trials
    }
    told = results.headline.trials.model_copy(update={"trials": tuple(by_plan.values())})
    found = results.headline._replace(trials=told)
    complete = finished_trials(told.trials)
    seen = observe(results, found, complete, "val_accuracy")
    assert len(seen.values_P) == sum(one.state == "pruned" for one in trials)
    assert seen.values_P == pytest.approx(min(one.value or 1 for one in complete))
    reading = read_search(results, found)
    assert reading is not None and reading.num_beside == len(seen.values_P)


def test_histories_are_read_once_however_many_trials_were_pruned(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a pruned trial, a thousand trials took three seconds."""
    trials = [*trials_of(hill), *(trial(100 + n, 0.5, 2.0, 0.5, "pruned") for n in range(5))]
    results = make(trials, best_of(trials), GOOD)
    read, histories = [], observations._histories

    def counted(results: Results, metric: str) -> dict[str, list[float]]:
        read.append(metric)
        return histories(results, metric)

    monkeypatch.setattr(observations, "_histories", counted)
    observe(results, results.headline, finished_trials(trials), "val_accuracy")
    assert read == ["val_accuracy"]
