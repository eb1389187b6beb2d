"""Whether the seeds are enough: the reasons one by one, and what the rule makes of studies whose true gain is known."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.seeds import GAINS, NUM_TEST, Luck, Outcome, Pairs, by_val, carry_out, draw, estimate, share, simulate
from harness.controller.enough import FEW_PAIRS, find_evidence, half_width, look
from harness.report.analysis.chance import intervals
from harness.report.analysis.chance.intervals import spread_of
from harness.sweep.sections.seeds import SeedsConfig

NUM_STUDIES = 1500
ALLOWED = 6.2  # per cent: 5, and two standard errors of so many studies


def differences(gain: float, seeds: float, images: float, shape: tuple[int, int] = (3, 400)) -> NDArray[np.float64]:
    """Pairs and images of which the mean moves by so much each, in points; with exactly that mean and spread."""
    number, num_images = shape
    of_pairs = np.linspace(-1, 1, number)
    of_images = np.where(np.arange(num_images) % 2, 1.0, -1.0)
    of_pairs, of_images = of_pairs / of_pairs.std(ddof=1), of_images / of_images.std(ddof=1)
    return (gain + seeds * of_pairs[:, None] + images * np.sqrt(num_images) * of_images[None]) / 100


@pytest.mark.parametrize("number", [3, 6, 20])
@pytest.mark.parametrize("num_images", [1, 200])
def test_the_interval_is_that_of_the_report(number: int, num_images: int) -> None:
    random = np.random.default_rng(0)
    values = random.normal(0.01, 0.1, (number, num_images)) + random.normal(0, 0.01, (number, 1))
    rule = SeedsConfig(min=3, max=20)
    found = find_evidence(values)
    spread = spread_of(values, rule.widening(number, number))
    assert found.gain == pytest.approx(spread.mean)
    assert half_width(rule, number, found, num_images) == pytest.approx(intervals.half_width(spread))


def test_both_know_how_few_pairs_are_few() -> None:
    assert FEW_PAIRS == intervals.FEW_SEEDS


@pytest.mark.parametrize(
    ("rule", "gain", "seeds", "images", "why"),
    [
        ({"half_width": 5}, 0, 0.3, 0.5, "half_width"),
        ({"half_width": 0.5}, 0, 0.3, 0.1, None),
        ({}, 9, 0.3, 0.5, "zero"),
        ({}, -9, 0.3, 0.5, "zero"),
        ({"margin": 8}, 0, 0.3, 0.5, "margin"),
        ({"margin": 1}, 0, 0.3, 0.1, None),
        ({}, 0, 0.001, 1.0, "images"),
        ({}, 0, 1.0, 1.0, None),
        ({"half_width": 2.0}, 0, 0.15, 1.0, None),  # as wide as images leave it, and in reach with all seeds
    ],
)
def test_each_reason(rule: dict[str, Any], gain: float, seeds: float, images: float, why: str | None) -> None:
    config = SeedsConfig.model_validate({"min": 3, "max": 20} | rule)
    found = look(config, 3, find_evidence(differences(gain, seeds, images)), num_test=400)
    assert found.enough == why
    assert found.gain == pytest.approx(gain / 100)


def test_at_the_maximum_there_is_always_a_reason() -> None:
    rule = SeedsConfig(min=3, max=20)
    assert look(rule, 20, find_evidence(differences(0, 1, 0.001, (20, 400))), 400).enough == "max"
    assert look(rule, 3, None, 400).enough == "failed"


@pytest.mark.parametrize(("num_val", "why"), [(50, "images"), (500, "margin")])
def test_pairs_that_all_agree_are_no_certainty_of_the_images(num_val: int, why: str) -> None:
    """No image differs, in any pair, as with alpha 0: of 50 val images 6 % may still differ."""
    rule = SeedsConfig(min=3, max=20, margin=1)
    found = look(rule, 3, find_evidence(np.zeros((3, num_val))), 1000)
    assert (found.gain, found.enough) == (0.0, why)
    assert found.half_width == pytest.approx(1 - 0.05 ** (1 / num_val))


def test_one_image_and_two_pairs() -> None:
    found = look(SeedsConfig(min=2, max=4), 2, find_evidence(np.array([[1.0], [0.0]])), 1)
    assert found.low == -1.0
    assert found.high == 1.0
    assert found.enough is None


def test_a_pair_that_failed_widens_the_interval() -> None:
    rule = SeedsConfig(min=3, max=20)
    whole, without = (look(rule, 12, find_evidence(differences(0, 0.5, 0.1, (number, 400))), 400) for number in (12, 9))
    assert without.half_width > whole.half_width


@pytest.mark.parametrize("gain", GAINS)
@pytest.mark.parametrize(
    "rule", [{}, {"margin": 1.0}, {"half_width": 0.5}, {"margin": 1.0, "half_width": 0.8, "min": 5}], ids=str
)
@pytest.mark.parametrize("luck", [Luck(0.5, 0.25), Luck(1.0, 0.2), Luck(0.5, 0.25, shared=0.5)], ids=str)
@pytest.mark.thorough
def test_no_more_than_one_verdict_of_twenty_is_wrong(gain: float, rule: dict[str, Any], luck: Luck) -> None:
    """Nor one interval of twenty, whatever made the seeds enough; a true gain of 1 point is at the margin."""
    found = simulate(SeedsConfig.model_validate({"min": 3, "max": 20} | rule), gain, luck, NUM_STUDIES)
    assert share(found, lambda one: one.is_wrong) <= ALLOWED
    assert share(found, lambda one: one.is_missed) <= ALLOWED
    for word in ("gain", "loss", "equivalent"):
        if gain == (0.0 if word != "equivalent" else 1.0):
            assert share(found, lambda one, word=word: one.verdict == word) <= ALLOWED


def clear_on_test(rule: SeedsConfig, number: int, pairs: Pairs) -> str | None:
    """What nobody may do: stop where the interval on test itself leaves out zero."""
    found = estimate(rule, number, pairs)
    return "zero" if not found.low <= 0 <= found.high else None


@pytest.mark.thorough
def test_the_intervals_would_stand_even_a_rule_that_looks_at_test() -> None:
    rule, luck = SeedsConfig(min=3, max=20), Luck(1.0, 0.05, 0.05)
    found = simulate(rule, 0.0, luck, NUM_STUDIES, stop=clear_on_test)
    assert share(found, lambda one: one.is_wrong) <= ALLOWED
    careless = _simulate_careless(rule, luck)
    assert share(careless, lambda one: one.is_wrong) > 9


def _simulate_careless(rule: SeedsConfig, luck: Luck) -> list[Outcome]:
    """The same with the plain 95 % interval at every look."""
    random, plain = np.random.default_rng(0), SeedsConfig(min=20)
    ends = []
    for _ in range(NUM_STUDIES):
        pairs = draw(0.0, luck, rule.most, random)
        numbers = [number for number in rule.looks if clear_on_test(plain, number, pairs)]
        number = numbers[0] if numbers else rule.most
        ends.append(carry_out(SeedsConfig(min=number), 0.0, pairs))
    return ends


@pytest.mark.thorough
def test_where_images_leave_more_than_seeds_the_rule_saves_seeds() -> None:
    found = simulate(SeedsConfig(min=3, max=20), 0.0, Luck(0.5, 1.0), 300)
    assert np.mean([one.num_seeds for one in found]) < 10
    assert share(found, lambda one: one.why == "images") > 80


def test_a_rule_judges_no_study_by_what_it_has_not_trained() -> None:
    random, rule = np.random.default_rng(1), SeedsConfig(min=3, max=20)
    pairs = draw(0.3, Luck(0.5, 0.25), 20, random)
    changed = Pairs(*(values.copy() for values in pairs))
    for values in changed:
        values[6:] = 0.5
    judge = partial(by_val, rule)
    assert [judge(number, pairs) for number in (3, 6)] == [judge(number, changed) for number in (3, 6)]
    assert pairs.test_SN.shape == (20, NUM_TEST)
