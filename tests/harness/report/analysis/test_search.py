"""The search's reading against scipy, scikit-learn's answers on known ground, and advice rule by rule."""

import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from harness.report.analysis.search import (
    MAX_TRIALS_FOR_IMPORTANCE,
    MAX_TRIALS_FOR_SHAPE,
    MIN_TRIALS_FOR_MAP,
    Axis,
    SeedNoise,
    Surface,
    best_so_far,
    find_importances,
    find_seed_noise,
    finished_trials,
    fit_surface,
    outer_fence,
    read_search,
)
from harness.report.build import report_files
from harness.report.figures.search import MAX_SPOTS, history
from harness.report.figures.style import drawing_style
from harness.report.pages.run_sections import reading_part
from harness.report.results.reader import read_results
from harness.report.results.sweep_results import Results
from harness.report.study import find_findings
from harness.report.text import advice
from harness.report.text.advice import Advice, find_advice
from harness.report.text.language import LANGUAGES, MESSAGES, language
from harness.state.records import SweepRecord, TrialRecord, Trials, write_sweep_record
from harness.sweep.plan import Plan
from harness.sweep.schema import SearchConfig, Sweep
from kd.files import write_record
from kd.records import EpochRecord, History, Metrics, RunRecord, Scores
from tests.support.small_sweep import SMALL

CONFIG = SearchConfig(num_trials=24)


def trial(number: int, alpha: float, temperature: float, value: float | None, state: str = "complete") -> TrialRecord:
    return TrialRecord.model_validate(
        {
            "number": number, "run_id": f"search-{number:08d}-s1000", "alpha": alpha, "temperature": temperature,
            "state": state, "value": value,
        }
    )  # fmt: skip


def trials_of(value: Callable[[float, float], float], number: int = 24, seed: int = 0) -> list[TrialRecord]:
    """Trials all over the map; ``value`` takes alpha and the place of T on its log scale, both 0 to 1."""
    random = np.random.default_rng(seed)
    places = random.random((number, 2))
    return [trial(n, a, 20.0**t, value(a, t)) for n, (a, t) in enumerate(places.tolist())]


def hill(alpha: float, place: float) -> float:
    return 0.95 - 0.2 * (alpha - 0.6) ** 2 - 0.4 * (place - 0.5) ** 2


Make = Callable[..., Results]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Results of a sweep with these trials, its best chosen, and students with these val accuracies by seed."""

    def make(
        trials: Iterable[TrialRecord],
        best: int | None = None,
        students: dict[str, list[float]] | None = None,
        **search: Any,
    ) -> Results:
        seeds = max((len(values) for values in (students or {}).values()), default=2)
        content = SMALL | {"search": {"num_trials": 24} | search, "seeds": seeds}
        sweep = Sweep.model_validate(content)
        folder = tmp_path / "results" / "small"
        folder.mkdir(parents=True)
        write_sweep_record(folder, SweepRecord(sweep=sweep, origin="small.yaml", digest="0123456789abcdef"))
        trials = tuple(trials)
        write_record(folder / "trials.json", Trials(trials=trials, best=best))
        plan = Plan(sweep, "0123456789abcdef")
        chosen = next((t for t in trials if t.number == best), None)
        runs = {"baseline": plan.baselines, "compare1": plan.compares[0]}
        if chosen is not None:
            runs["distilled"] = plan.finals(plan.with_setting(chosen))
        for key, values in (students or {}).items():
            for run, value in zip(runs[key], values, strict=True):
                path = folder / "runs" / run.id
                path.mkdir(parents=True)
                write_record(path / "config.json", RunRecord(run_id=run.id, config=run.config))
                scores = Scores(num_images=100, accuracy=value, nll=1.0, confusion=[[1]])
                write_record(path / "metrics.json", Metrics(run_id=run.id, val=scores))
                epoch = EpochRecord(
                    epoch=1, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1 - value,
                    val_accuracy=value, seconds=1, images_per_s=1,
                )  # fmt: skip
                write_record(path / "history.json", History(num_epochs=1, epochs=(epoch,)))
        return read_results(folder)

    return make


def rules(results: Results) -> dict[str, Advice]:
    reading = read_search(results)
    assert reading is not None
    found = find_advice(results, reading)
    for one in found:
        for code in LANGUAGES:
            assert language(code)(one.message, **one.values)
    return {one.rule: one for one in found}


# What is reckoned


def test_seed_noise_is_the_pooled_deviation(make: Make) -> None:
    students = {"baseline": [0.90, 0.92, 0.91], "compare1": [0.95, 0.94, 0.99], "distilled": [0.97, 0.97, 0.96]}
    results = make([trial(0, 0.5, 2.0, 0.9)], 0, students)
    for metric in ("val_accuracy", "val_loss"):
        noise = find_seed_noise(results, metric)
        assert noise is not None and noise.degrees == 6
        pooled = np.mean([stats.tvar(values) for values in students.values()])
        assert noise.deviation == pytest.approx(math.sqrt(pooled))


def test_without_two_seeds_noise_is_not_known(make: Make) -> None:
    assert find_seed_noise(make([trial(0, 0.5, 2.0, 0.9)], 0, {"baseline": [0.9]}), "val_accuracy") is None


def test_best_so_far_skips_what_is_not_complete() -> None:
    trials = [
        trial(0, 0.5, 2.0, 0.99, "pruned"),
        trial(1, 0.5, 3.0, 0.90),
        trial(2, 0.5, 4.0, None, "failed"),
        trial(3, 0.5, 5.0, 0.80),
        trial(4, 0.5, 6.0, 0.95),
    ]
    assert best_so_far(trials, maximize=True) == (None, 0.90, 0.90, 0.90, 0.95)
    assert best_so_far(trials, maximize=False) == (None, 0.90, 0.90, 0.80, 0.80)


def test_equal_settings_share_a_run_and_count_once() -> None:
    one = trial(0, 0.5, 2.0, 0.9)
    again = trial(1, 0.5, 2.0, 0.9).model_copy(update={"run_id": one.run_id})
    lost = trial(2, 0.5, 3.0, float("nan"))
    assert [t.run_id for t in finished_trials([one, again, lost])] == [one.run_id]


def test_the_fence_is_tukeys() -> None:
    values = [0.90, 0.91, 0.92, 0.93, 0.94, 0.10]
    spread = stats.iqr(values)
    assert outer_fence(values, True) == pytest.approx(np.quantile(values, 0.25) - 3 * spread)
    assert outer_fence([-v for v in values], False) == pytest.approx(-outer_fence(values, True))


# The smoothed map


def peak(surface: Surface) -> tuple[float, float]:
    merit = surface.value_AT if surface.maximize else -surface.value_AT
    row, column = divmod(int(merit.argmax()), merit.shape[1])
    return float(surface.alphas_A[row]), float(Axis(1.0, 20.0, True).position(surface.temperatures_T[column]))


@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_the_region_lies_around_the_true_best(metric: str) -> None:
    sign = 1 if metric == "val_accuracy" else -1
    trials = trials_of(lambda a, t: sign * hill(a, t))
    config = CONFIG.model_copy(update={"metric": metric})
    surface = fit_surface(trials, config, SeedNoise(0.005, 8))
    assert surface is not None
    assert peak(surface) == pytest.approx((0.6, 0.5), abs=0.06)
    assert surface.tolerance >= 0.005
    (alpha_low, alpha_high), (t_low, t_high) = surface.region_ends() or ((1, 0), (1, 0))
    assert alpha_low < 0.6 < alpha_high and t_low < 20**0.5 < t_high
    assert 0.02 < surface.region_share < 0.5
    inside = [a for a, t in zip(*np.nonzero(surface.region_AT), strict=True) for a in [surface.alphas_A[a]]]
    truth = {(a, t): hill(a, t) for a in np.linspace(0, 1, 41) for t in np.linspace(0, 1, 41)}
    as_good = [a for (a, _), value in truth.items() if value >= 0.95 - surface.tolerance]
    assert min(inside) == pytest.approx(min(as_good), abs=0.1)
    assert max(inside) == pytest.approx(max(as_good), abs=0.1)


def test_noise_alone_is_a_flat_map() -> None:
    random = np.random.default_rng(1)
    surface = fit_surface(trials_of(lambda a, t: 0.9 + 0.01 * random.normal()), CONFIG, SeedNoise(0.01, 8))
    assert surface is not None
    assert surface.region_share > 0.9


def test_a_collapsed_training_does_not_bend_the_map() -> None:
    trials = trials_of(hill)
    surface = fit_surface([*trials, trial(99, 0.95, 1.1, 0.1)], CONFIG, SeedNoise(0.005, 8))
    assert surface is not None
    assert peak(surface) == pytest.approx((0.6, 0.5), abs=0.15)


def test_what_is_far_from_every_trial_is_not_known() -> None:
    corner = [trial(n, 0.05 * a, 1 + 0.1 * t, 0.8 + 0.02 * a) for n, (a, t) in enumerate(np.ndindex(4, 3))]
    surface = fit_surface(corner, CONFIG, SeedNoise(0.002, 8))
    assert surface is not None
    assert surface.known_AT[0, 0] and not surface.known_AT[-1, -1]
    assert not (surface.region_AT & ~surface.known_AT).any()


def test_few_trials_or_one_axis_give_no_map() -> None:
    trials = trials_of(hill, MIN_TRIALS_FOR_MAP)
    assert fit_surface(trials, CONFIG, None) is not None
    assert fit_surface(trials[1:], CONFIG, None) is None
    fixed = SearchConfig.model_validate({"space": {"alpha": {"low": 0.5, "high": 0.5}}})
    assert fit_surface(trials, fixed, None) is None
    assert find_importances(trials, fixed) == {}


def test_many_trials_are_smoothed_too_and_twice_alike() -> None:
    trials = trials_of(hill, MAX_TRIALS_FOR_SHAPE + 60)
    first, second = (fit_surface(trials, CONFIG, SeedNoise(0.005, 8)) for _ in range(2))
    assert first is not None and second is not None
    assert peak(first) == pytest.approx((0.6, 0.5), abs=0.06)
    assert np.array_equal(first.value_AT, second.value_AT)


def test_equal_values_are_a_flat_map_without_importances() -> None:
    trials = trials_of(lambda a, t: 0.9)
    surface = fit_surface(trials, CONFIG, None)
    assert surface is not None and surface.region_share > 0.9
    assert find_importances(trials, CONFIG) == {}


@pytest.mark.parametrize("sampler", ["tpe", "grid"])
def test_importance_goes_to_what_matters(sampler: str) -> None:
    config = CONFIG
    trials = trials_of(lambda a, t: 0.9 + 0.1 * t + 0.001 * a, 40)
    if sampler == "grid":
        values = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 4.0, 16.0]}}
        config = SearchConfig.model_validate({"sampler": "grid", "space": values})
        cells = np.ndindex(3, 3)
        trials = [trial(n, (0.1, 0.5, 0.9)[a], (1.0, 4.0, 16.0)[t], 0.9 + 0.01 * t) for n, (a, t) in enumerate(cells)]
    found = find_importances(trials, config)
    assert next(iter(found)) == "temperature"
    assert found["temperature"] > 0.9
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.thorough
def test_many_trials_are_ranked_by_evenly_spaced_ones() -> None:
    trials = trials_of(lambda a, t: 0.9 + 0.1 * a + 0.001 * t, 2 * MAX_TRIALS_FOR_IMPORTANCE)
    found = find_importances(trials, CONFIG)
    assert found == find_importances(trials[::2], CONFIG)
    assert found["alpha"] > 0.9


# Advice: each rule once met and once not

GOOD = {"baseline": [0.90, 0.91], "distilled": [0.950, 0.951], "compare1": [0.930, 0.932]}


def best_of(trials: list[TrialRecord]) -> int:
    return max((t for t in trials if t.state == "complete"), key=lambda t: t.value or 0).number


def test_a_good_search_is_settled(make: Make) -> None:
    trials = trials_of(hill)
    assert set(rules(make(trials, best_of(trials), GOOD))) == {"settled"}


@pytest.mark.parametrize("state", ["pruned", "failed"])
def test_no_complete_trial(make: Make, state: str) -> None:
    results = make([trial(n, 0.5, 2.0 + n, 0.5 if state == "pruned" else None, state) for n in range(24)])
    found = rules(results)
    assert set(found) == {"none-complete"}
    assert (found["none-complete"].change == "search.pruner=none") == (state == "pruned")
    assert found["none-complete"].values[state] == 24


def test_an_open_search_is_provisional(make: Make) -> None:
    trials = [*trials_of(hill, 4), trial(4, 0.5, 5.0, None, "running")]
    found = rules(make(trials))
    assert found["unfinished"].values == {"running": 1}
    assert "too-few" not in found


@pytest.mark.parametrize(("num_failed", "is_met"), [(4, False), (5, True)])
def test_many_failures(make: Make, num_failed: int, is_met: bool) -> None:
    trials = [
        t if n >= num_failed else t.model_copy(update={"state": "failed", "value": None})
        for n, t in enumerate(trials_of(hill, 25))
    ]
    assert advice.MAX_FAILED_SHARE == 0.2
    assert ("failed" in rules(make(trials, best_of(trials), GOOD))) == is_met


@pytest.mark.parametrize(("number", "is_met"), [(advice.MIN_ENDED - 1, True), (advice.MIN_ENDED, False)])
def test_too_few(make: Make, number: int, is_met: bool) -> None:
    trials = trials_of(hill, number)
    found = rules(make(trials, best_of(trials), GOOD, num_trials=number))
    assert ("too-few" in found) == is_met
    if is_met:
        assert found["too-few"].change == f"search.num_trials={advice.MIN_ENDED}"


@pytest.mark.parametrize("is_flat", [True, False])
def test_flat(make: Make, is_flat: bool) -> None:
    random = np.random.default_rng(2)
    trials = trials_of(lambda a, t: (0.9 if is_flat else hill(a, t)) + 0.004 * random.normal())
    found = rules(make(trials, best_of(trials), GOOD))
    assert ("flat" in found) == is_flat
    assert not any(rule.startswith("edge") for rule in found)


EDGES = [
    ("edge-temperature-high", "search.space.temperature.high=40", 0.5, 19.0),
    ("edge-temperature-low", "search.space.temperature.low=0.5", 0.5, 1.05),
    ("edge-alpha-high", "search.space.alpha.high=1", 0.89, 4.0),
    ("edge-alpha-low", "search.space.alpha.low=0", 0.11, 4.0),
]


@pytest.mark.parametrize(("rule", "change", "alpha", "temperature"), EDGES)
def test_the_edge_of_the_range(make: Make, rule: str, change: str, alpha: float, temperature: float) -> None:
    space = {"alpha": {"low": 0.1, "high": 0.9}, "temperature": {"low": 1.0, "high": 20.0, "log": True}}
    steep = [t.model_copy(update={"alpha": 0.1 + 0.8 * t.alpha}) for t in trials_of(lambda a, t: 0.8 + 0.1 * a * t)]
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
    found = rules(make([*trials_of(lambda a, t: 0.8 + 0.1 * t), trial(24, alpha, 4.0, 0.99)], 24, GOOD))
    assert {name for name in found if name.endswith("-teacher")} == ({rule} if rule else set())
    assert all(one.change is None for one in found.values())


def test_a_grid_gets_one_more_value(make: Make) -> None:
    space = {"alpha": {"values": [0.1, 0.5, 0.9]}, "temperature": {"values": [1.0, 4.0, 16.0]}}
    cells = [(a, t) for a in (0.1, 0.5, 0.9) for t in (1.0, 4.0, 16.0)]
    trials = [trial(n, a, t, 0.8 + 0.01 * t - (a - 0.5) ** 2) for n, (a, t) in enumerate(cells)]
    found = rules(make(trials, best_of(trials), GOOD, sampler="grid", num_trials=None, space=space))
    assert found["edge-temperature-high"].change == "search.space.temperature.values=[1,4,16,32]"
    assert found["too-few"].change is None


@pytest.mark.parametrize(("named", "is_met"), [([0.950, 0.953], True), ([0.930, 0.932], False)])
def test_a_named_setting_as_good_as_the_best(make: Make, named: list[float], is_met: bool) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD | {"compare1": named})
    assert ("named-as-good" in rules(results)) == is_met
    distilled, compare = results.arm("distilled"), results.arm("compare1")
    assert distilled is not None and compare is not None
    lead = advice.val_lead(distilled, compare)
    expected = stats.ttest_rel(GOOD["distilled"], named).confidence_interval()
    assert lead is not None and (lead.low, lead.high) == pytest.approx((expected.low, expected.high))


def test_every_rule_was_met() -> None:
    """The rules that messages know are those that this file meets."""
    messages = (MESSAGES / "en" / "search_reading.ftl").read_text(encoding="utf-8")
    known = set(re.findall(r"^advice-([\w-]+) =", messages, re.MULTILINE)) - {"heading"}
    text = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{rule}"' in text for rule in known), known


# The page


@pytest.mark.parametrize("code", list(LANGUAGES))
@pytest.mark.parametrize("metric", ["val_accuracy", "val_loss"])
def test_figures_show_every_trial(make: Make, tmp_path: Path, metric: str, code: str) -> None:
    trials = [
        *trials_of(hill, 12),
        trial(12, 0.1, 2.0, 0.5, "pruned"),
        trial(13, 0.2, 2.0, None, "failed"),
        trial(14, 0.3, 2.0, None, "running"),
        trial(15, 0.4, 2.0, 0.1 if metric == "val_accuracy" else 9.0),
    ]
    results = make(trials, metric=metric)
    found = find_findings(results, None, (), (), tmp_path)
    assert found.search is not None
    with drawing_style():
        part = reading_part(found.search, found.advice, language(code))
    assert len(part.figures) == 3
    assert part.num_outside == 1 + (metric == "val_accuracy")
    for drawing, _ in part.figures:
        assert drawing.svg.count('class="spot"') == len(trials)
        for state in ("complete", "pruned", "failed", "running"):
            assert language(code)(f"trials-{state}") in drawing.svg


def test_points_too_many_to_be_pointed_at_have_no_names(make: Make) -> None:
    reading = read_search(make(trials_of(hill, MAX_SPOTS + 1)))
    assert reading is not None
    with drawing_style():
        drawing = history(reading, language("en"))
    places = re.findall(r'<path d="M([^"]*)"[^>]* marker-mid=', drawing.svg)
    assert sum(len(path.split("L")) for path in places) > MAX_SPOTS - 10  # a mark or two stand alone
    assert 'class="spot"' not in drawing.svg


@pytest.mark.parametrize(
    "trials",
    [
        [],
        [trial(0, 0.5, 2.0, None, "running")],
        [trial(n, 0.5, 2.0 + n, 0.9, "pruned") for n in range(3)],
        [trial(n, 0.5, 2.0 + n, None, "failed") for n in range(3)],
        [trial(0, 0.5, 2.0, 0.9)],
    ],
)
def test_a_search_in_any_state_has_a_page(make: Make, tmp_path: Path, trials: list[TrialRecord]) -> None:
    results = make(trials)
    index = report_files(results.folder, tmp_path / "results" / ".data")["index.html"]
    assert 'id="search"' in index
    assert (language("en")("advice-heading") in index) == bool(trials)


@pytest.mark.thorough
def test_the_page_says_what_was_reckoned(make: Make, tmp_path: Path) -> None:
    trials = trials_of(hill)
    results = make(trials, best_of(trials), GOOD)
    reading = read_search(results)
    assert reading is not None and reading.noise is not None and reading.surface is not None
    index = report_files(results.folder, tmp_path / "results" / ".data")["index.html"]
    assert f"standard deviation of {100 * reading.noise.deviation:.2f} points" in index
    assert f"That is {100 * reading.surface.region_share:.0f} % of the searched map" in index
    assert language("en")("advice-settled") in index
    assert f"{100 * reading.importances['temperature']:.0f} %" in index
