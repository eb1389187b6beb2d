"""Advice on a search, rule by rule."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.search.reading import read_search
from harness.report.results.sweep_results import Results
from harness.report.study import Study
from harness.report.text.findings import advice
from harness.report.text.findings.advice import Advice, find_advice
from harness.report.text.language import LANGUAGES, MESSAGES, language
from harness.state.attempts.run_state import RunState
from harness.sweep.reading.overrides import parse_overrides
from harness.sweep.search.config import Dimension
from kd.config import DistillConfig
from kd.records import Scores
from tests.support.invented_search import GOOD, Make, best_of, hill, trial, trials_of

LEAST = 2 * advice.MIN_A_DIMENSION  # of alpha and T
EDGES = [
    ("edge-high", "search.space.temperature.high=40", 0.5, 19.0),
    ("edge-low", "search.space.temperature.low=0.5", 0.5, 1.05),
    ("edge-high", "search.space.alpha.high=1", 0.89, 4.0),
    ("edge-low", "search.space.alpha.low=0", 0.11, 4.0),
]


def say(one: Advice) -> str:
    return language("en")(one.message, **one.values)


def rules(results: Results) -> dict[str, Advice]:
    reading = read_search(results, results.headline)
    assert reading is not None
    found = find_advice(results, reading)
    for one in found:
        for code in LANGUAGES:
            assert language(code)(one.message, **one.values)
    return {one.rule: one for one in found}


def test_a_good_search_is_settled(make: Make) -> None:
    trials = trials_of(hill)
    found = rules(make(trials, best_of(trials), GOOD))
    assert set(found) == {"settled", "named-worse"}
    assert found["settled"].values == {"mapped": "yes"}


def test_that_the_best_stands_out_takes_an_effect_of_every_dimension(make: Make) -> None:
    """Between "hardly matters" and "stands out" lies what nobody can tell."""
    trials = trials_of(lambda a, t: 0.95 - 0.2 * (a - 0.6) ** 2 - 0.002 * np.sin(40 * t))
    results = make(trials, best_of(trials), {"distilled": [0.950, 0.9503], "compare1": [0.93, 0.9302]})
    reading = read_search(results, results.headline)
    assert reading is not None and reading.effective == {"alpha"}
    (settled,) = (
        one for one in find_advice(results, replace(reading, flat=frozenset(), best=None)) if one.rule == "settled"
    )
    assert settled.values == {"mapped": "untold"} and "cannot be told" in say(settled)


def test_of_a_search_whose_trials_were_nearly_all_pruned_nothing_is_said_of_the_noise(make: Make) -> None:
    trials = trials_of(hill)
    pruned = [t if n < 5 else t.model_copy(update={"state": RunState.PRUNED}) for n, t in enumerate(trials)]
    found = rules(make(pruned, best_of(pruned), GOOD))
    assert found["too-few"].values == {"number": 5, "least": LEAST, "each": advice.MIN_A_DIMENSION}
    assert found["too-few"].change == f"search.num_trials={24 + LEAST - 5}"
    assert "settled" not in found


def test_a_search_that_tried_few_settings_again_and_again_cannot_be_mapped(make: Make) -> None:
    few = trials_of(hill, 5)
    again = [few[n % 5].model_copy(update={"number": n}) for n in range(24)]
    found = rules(make(again, best_of(again), GOOD))
    assert found["settled"].values == {"mapped": "no"}


def test_where_the_teacher_failed_no_trial_was_trained(make: Make) -> None:
    trials = [trial(n, 0.5, 2.0 + n, None, "not started") for n in range(24)]
    results = make(trials)
    teacher = replace(results.teachers[0], state=RunState.FAILED)
    arms = tuple(replace(a, runs=(teacher,)) if a.key == "teacher" else a for a in results.arms)
    baselines = replace(arms[1], runs=tuple(replace(run, state=RunState.COMPLETE) for run in arms[1].runs))
    failed = replace(results, teachers=(teacher,), arms=(arms[0], baselines, *arms[2:]))
    assert failed.standing.state == "failed"
    assert set(rules(failed)) == {"none-trained"}


@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_a_search_whose_trials_all_tie_is_not_settled(make: Make, metric: str) -> None:
    trials = trials_of(lambda a, t: 0.9)
    found = rules(make([trials[0].model_copy(update={"alpha": 0.895}), *trials[1:]], 0, GOOD, metric=metric))
    assert "tied" in found and not {"settled", "tied-some", "edge-high"} & set(found)
    assert "all 24 complete trials have the same" in say(found["tied"]) and "Trial 0 was chosen" in say(found["tied"])
    assert found["tied"].change == (None if metric == "val_loss" else "search.metric=val_loss")


def test_a_search_among_guesses_is_told_to_look_at_the_training(make: Make) -> None:
    trials = trials_of(lambda a, t: 0.5)
    results = make(trials, 0, GOOD)
    guess = Scores(num_images=40, accuracy=0.5, nll=0.7, confusion=[[20, 0], [20, 0]])
    runs: Any = {
        one.run_id: SimpleNamespace(
            id=one.run_id, failure=None, state=RunState.COMPLETE, metrics=SimpleNamespace(val=guess)
        )
        for one in trials
    }
    found = rules(replace(results, trial_runs=runs))
    assert "tied-guessing" in found and not {"settled", "tied"} & set(found)
    assert say(found["tied-guessing"]).startswith("The search had nothing to choose from: all 24 complete trials do no")


def test_that_the_best_trials_tie_is_a_remark(make: Make) -> None:
    trials = trials_of(hill)
    best = max(trial.value or 0 for trial in trials)
    trials[3] = trials[3].model_copy(update={"value": best})
    found = rules(make(trials, best_of(trials), GOOD))
    assert set(found) >= {"settled", "tied-some"}
    assert say(found["tied-some"]).startswith("2 of 24 complete trials share the best val accuracy, ")


@pytest.mark.parametrize("state", ["pruned", "failed"])
def test_no_complete_trial(make: Make, state: str) -> None:
    results = make([trial(n, 0.5, 2.0 + n, 0.5 if state == "pruned" else None, state) for n in range(24)])
    found = rules(results)
    assert set(found) == {"none-complete"}
    assert (found["none-complete"].change == "search.pruner=none") == (state == "pruned")
    assert found["none-complete"].values[state] == 24
    text = say(found["none-complete"])
    assert ("Without pruning" in text) == (state == "pruned") and ("Missing results" in text) == (state == "failed")
    assert "  " not in text and not text.endswith(" ")


def test_an_open_search_is_provisional(make: Make) -> None:
    trials = [*trials_of(hill, 4), trial(4, 0.5, 5.0, None, "running")]
    found = rules(make(trials))
    assert found["unfinished"].values == {"open": 1}
    assert "too-few" not in found


@pytest.mark.parametrize(("num_failed", "is_met"), [(4, False), (5, True)])
def test_many_failures(make: Make, num_failed: int, is_met: bool) -> None:
    trials = [
        t if n >= num_failed else t.model_copy(update={"state": RunState.FAILED, "value": None})
        for n, t in enumerate(trials_of(hill, 25))
    ]
    assert advice.MAX_FAILED_SHARE == 0.2
    assert ("failed" in rules(make(trials, best_of(trials), GOOD))) == is_met


@pytest.mark.parametrize(("number", "is_met"), [(LEAST - 1, True), (LEAST, False)])
def test_too_few(make: Make, number: int, is_met: bool) -> None:
    trials = trials_of(hill, number)
    found = rules(make(trials, best_of(trials), GOOD, num_trials=number))
    assert ("too-few" in found) == is_met
    if is_met:
        assert found["too-few"].change == f"search.num_trials={LEAST}"


def test_one_dimension_that_hardly_matters_is_named_alone(make: Make) -> None:
    trials = trials_of(lambda a, t: 0.9 - 0.2 * (t - 0.5) ** 2)
    taught = {key: values for key, values in GOOD.items() if key != "baseline"}  # at alpha 0 T has no effect
    found = rules(make(trials, best_of(trials), taught))
    assert say(found["flat-some"]).startswith("α hardly matters here")
    assert "flat" not in found


def test_few_trials_that_look_alike_are_no_finding(make: Make) -> None:
    trials = trials_of(lambda a, t: 0.9 - 0.2 * (t - 0.5) ** 2, 12)
    found = rules(make(trials, best_of(trials), GOOD, num_trials=12))
    assert "too-few" in found and not {"flat", "flat-some"} & set(found)


def wide_advice(study: Study, low: float, **changes: float | str) -> dict[str, Advice]:
    """Advice where the best trial of a wide search lies elsewhere, and every dimension matters."""
    found = study.results.methods[1]
    reading = read_search(study.results, found)
    assert reading is not None and reading.best is not None
    space = reading.space | {"student.optimizer.lr": Dimension(low=low, high=0.1, log=low > 0)}
    method = found.method._replace(space=space)
    params = reading.best.params | {"student.optimizer.lr": 0.05, "alpha": 0.5, "temperature": 5.0} | changes
    best = reading.best.model_copy(update={"params": params})
    config = reading.config.model_copy(update={"space": space})
    moved = replace(reading, found=found._replace(method=method), best=best, flat=frozenset(), config=config)
    return {one.rule: one for one in find_advice(study.results, moved)}


def test_any_range_of_numbers_can_be_widened(several: Study) -> None:
    lower = wide_advice(several, 1e-4, **{"student.optimizer.lr": 1.1e-4})
    assert lower["edge-low"].change == "search.space.student.optimizer.lr.low=5e-05"
    assert "optimizer.lr, 0.00011, lies within 5 % of the range’s lower end 0.0001 (on the log scale)" in say(
        lower["edge-low"]
    )
    upper = wide_advice(several, 1e-3, **{"student.optimizer.lr": 0.0999})
    assert upper["edge-high"].change == "search.space.student.optimizer.lr.high=0.2"
    assert not [rule for rule in wide_advice(several, 1e-4) if rule.startswith("edge")]


def test_a_range_that_ends_where_its_quantity_does_is_not_widened(several: Study) -> None:
    assert not [rule for rule in wide_advice(several, 0.0, **{"student.optimizer.lr": 1e-4}) if "edge" in rule]


def test_a_method_s_own_range_is_widened_where_it_stands(several: Study) -> None:
    found = several.results.methods[1]
    reading = read_search(several.results, found)
    assert reading is not None and reading.best is not None
    best = reading.best.model_copy(update={"params": reading.best.params | {"temperature": 19.9, "alpha": 0.5}})
    shared = reading.config.model_copy(update={"space": {"alpha": Dimension(low=0.0, high=1.0)}})
    moved = replace(reading, best=best, flat=frozenset(), config=shared)
    advised = {one.rule: one for one in find_advice(several.results, moved)}
    assert advised["edge-high"].change is None


def test_the_baseline_s_search_knows_no_named_setting_and_no_teacher(several: Study) -> None:
    alone = several.results.alone
    assert alone is not None
    reading = read_search(several.results, alone)
    assert reading is not None
    found = find_advice(several.results, replace(reading, flat=frozenset(reading.varied)))
    flat = next(one for one in found if one.rule == "flat")
    assert say(flat).endswith("More trials will not help.")


@pytest.mark.parametrize("is_flat", [True, False])
def test_flat(make: Make, is_flat: bool) -> None:
    random = np.random.default_rng(2)
    trials = trials_of(lambda a, t: (0.9 if is_flat else hill(a, t)) + 0.004 * random.normal())
    found = rules(make(trials, best_of(trials), GOOD))
    assert ("flat" in found) == is_flat
    assert not any(rule.startswith("edge") for rule in found)


@pytest.mark.parametrize(("rule", "change", "alpha", "temperature"), EDGES)
def test_the_edge_of_the_range(make: Make, rule: str, change: str, alpha: float, temperature: float) -> None:
    space = {"alpha": {"low": 0.1, "high": 0.9}, "temperature": {"low": 1.0, "high": 20.0, "log": True}}
    steep = [
        trial(t.number, 0.1 + 0.8 * t.setting.alpha, t.setting.temperature, t.value)
        for t in trials_of(lambda a, t: 0.8 + 0.1 * a * t)
    ]
    edge = trial(24, alpha, temperature, 0.99)
    found = rules(make([*steep, edge], 24, GOOD, space=space))
    assert found[rule].change == change
    assert len([name for name in found if name.startswith("edge")]) == 1


def test_a_little_inside_is_no_edge(make: Make) -> None:
    inside = float(20 ** (1 - 1.2 * advice.EDGE_SHARE))
    found = rules(make([*trials_of(lambda a, t: 0.8 + 0.1 * t), trial(24, 0.5, inside, 0.99)], 24, GOOD))
    assert not any(rule.startswith("edge") for rule in found)


@pytest.mark.parametrize(("alpha", "rule"), [(0.99, "all-teacher"), (0.01, "no-teacher"), (0.9, None)])
def test_alpha_ends_by_its_nature(make: Make, alpha: float, rule: str | None) -> None:
    found = rules(
        make([*trials_of(lambda a, t: 0.8 + 0.1 * t - 0.1 * abs(a - alpha)), trial(24, alpha, 4.0, 0.99)], 24, GOOD)
    )
    assert {name for name in found if name.endswith("-teacher")} == ({rule} if rule else set())
    assert all(one.change is None for one in found.values())


def test_a_grid_gets_one_more_value(make: Make) -> None:
    space = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 4.0, 16.0]}}
    cells = [(a, t) for a in (0.1, 0.5, 0.9) for t in (1.0, 4.0, 16.0)]
    trials = [trial(n, a, t, 0.8 + 0.01 * t - (a - 0.5) ** 2) for n, (a, t) in enumerate(cells)]
    found = rules(make(trials, best_of(trials), GOOD, sampler="grid", num_trials=None, space=space))
    assert found["edge-high"].change == "search.space.temperature.values=[1,4,16,32]"
    assert "too-few" not in found, "there is no further cell to try"


def test_a_grid_of_which_cells_are_left_has_no_number_to_raise(make: Make) -> None:
    space = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 4.0, 16.0]}}
    trials = [trial(n, 0.5, t, 0.8 + 0.01 * t) for n, t in enumerate((1.0, 4.0, 16.0))]
    found = rules(make(trials, best_of(trials), GOOD, sampler="grid", num_trials=None, space=space))
    assert found["too-few"].change is None


def test_of_listed_values_the_last_but_one_is_no_end(make: Make) -> None:
    """On a scale that a value far away stretches, it lies near the end, and the end itself was tried."""
    space = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 1.1, 1000.0]}}
    cells = [(a, t) for a in (0.1, 0.5, 0.9) for t in (1.0, 1.1, 1000.0)]
    trials = [
        trial(n, a, t, 0.9 - (t - 1.1) ** 2 / 1e6 - (a - 0.5) ** 2 + (t == 1.1) / 9) for n, (a, t) in enumerate(cells)
    ]
    found = rules(make(trials, best_of(trials), GOOD, sampler="grid", num_trials=None, space=space))
    assert not {name for name in found if name.startswith("edge")}


@pytest.mark.parametrize(
    ("named", "rule", "difference"),
    [
        ([0.930, 0.932], "named-worse", "+1.95"),
        ([0.950, 0.953], "named-few-seeds", "−0.10"),
        ([0.976, 0.978], "named-better", "−2.65"),
    ],
)
def test_a_named_setting_beside_the_best(make: Make, named: list[float], rule: str, difference: str) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD | {"compare1": named})
    found = rules(results)
    assert {name for name in found if name.startswith("named")} == {rule}
    assert found[rule].values["difference"] == difference
    assert ("settled" in found) == (rule == "named-worse")
    changes = {"named-better": "search=null distill.alpha=0.9 distill.temperature=4", "named-few-seeds": "seeds=5"}
    assert found[rule].change == changes.get(rule)
    distilled, compare = results.arm("distilled"), results.arm("compare1")
    assert distilled is not None and compare is not None
    lead = advice.val_lead(distilled, compare)
    expected = stats.ttest_rel(GOOD["distilled"], named).confidence_interval()
    assert lead is not None and lead.num_seeds == 2
    assert (lead.estimate.low, lead.estimate.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(
    ("setting", "own"),
    [
        (DistillConfig(alpha=0.98901099, temperature=4, scale=9.1), DistillConfig()),
        (DistillConfig(loss="dist", gamma=2), DistillConfig(loss="dkd", beta=4, warmup_epochs=5)),
        (DistillConfig(loss="acme.losses:soft", options={"name": "it's", "on": True}), DistillConfig()),
        (DistillConfig(features=({"loss": "rkd", "weight": 2},)), DistillConfig(scale=2)),
        (DistillConfig(), DistillConfig(features=({"loss": "rkd"},))),
    ],
)
def test_a_named_setting_is_said_whole(setting: DistillConfig, own: DistillConfig) -> None:
    """What is pasted behind SET trains that setting, its loss and its digits included."""
    content = own.model_dump(mode="json")
    for (_, *keys), value in parse_overrides(advice._as_distill(setting, own)):
        content[".".join(keys)] = value
    assert DistillConfig.model_validate(content) == setting


def test_several_seeds_that_cannot_tell(make: Make) -> None:
    trials = trials_of(hill)
    students = {
        "baseline": [0.9] * 4,
        "distilled": [0.950, 0.951, 0.949, 0.952],
        "compare1": [0.951, 0.949, 0.95, 0.953],
    }
    assert "named-untold" in rules(make(trials, best_of(trials), students))


def test_one_seed_is_not_said_to_settle_anything(make: Make) -> None:
    trials = trials_of(hill)
    found = rules(make(trials, best_of(trials), {key: values[:1] for key, values in GOOD.items()}))
    assert set(found) == {"named-unknown"}


def test_every_rule_was_met() -> None:
    """The rules that messages know are those that this file meets."""
    messages = (MESSAGES / "en" / "search_reading.ftl").read_text(encoding="utf-8")
    known = set(re.findall(r"^advice-([\w-]+) =", messages, re.MULTILINE)) - {"heading"}
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{rule}"' in text for rule in known), known
