"""The rule by which seeds are added: what a sweep file may say, and when is looked."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from harness.sweep.sections.seeds import TOTAL_LEVEL, SeedCount, SeedsConfig, seed_rule
from harness.sweep.totals import stage_limits, stage_totals
from tests.support.sweep_files import MINIMAL, refusal
from tests.support.sweep_lab import MINI


@given(st.integers(2, 300), st.integers(0, 700))
def test_looks_grow_to_the_maximum_and_spend_five_per_cent(least: int, more: int) -> None:
    rule = SeedsConfig(min=least, max=least + more)
    assert rule.looks[0] == least
    assert rule.looks[-1] == least + more
    assert all(before < after for before, after in pairwise(rule.looks))
    assert sum(rule.level(number) for number in rule.looks) == pytest.approx(TOTAL_LEVEL)
    assert len(rule.looks) <= 10
    assert all(rule.widening(number, number) >= 1 for number in rule.looks)


def test_an_interval_of_seeds_alone_is_that_of_the_looks_level() -> None:
    rule = SeedsConfig(min=3, max=20)
    ratio = t.isf(0.02 / 2, 19) / t.isf(0.025, 19)
    assert rule.widening(20, 20) == pytest.approx(ratio**2)
    assert rule.widening(20, 15) > rule.widening(20, 20)
    assert rule.widening(20, 1) == 1.0
    assert seed_rule(5).widening(5, 5) == SeedsConfig(min=5, margin=1).widening(5, 5) == 1.0


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("0", "seeds: Input should be greater than or equal to 1, got 0"),
        ("[3]", "seeds: a whole number is wanted"),
        ("{min: 3, maxx: 2}", "seeds.maxx: unknown key (did you mean max?); allowed: min, max, half_width, mar"),
        ("{min: 5, max: 3}", "seeds: max must be at least min, which is 5, got 3"),
        ("{min: 1, max: 3}", "seeds: min must be at least 2 where seeds are added"),
        ("{half_width: 0.5}", "seeds: half_width needs a max above min"),
        ("{max: 20, margin: 0}", "seeds.margin: Input should be greater than 0, got 0"),
        ("{max: .inf}", "seeds.max: Input should be a finite number, got inf"),
        ("{max: 2000}", "seeds.max: Input should be less than or equal to 1000, got 2000"),
        (
            "{max: 20}\nsearch: {seed: 12}",
            "search.seed: must not be one of the final seeds 0 to 19, got 12",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(write_sweep: Callable[[str], Path], given: str, line: str) -> None:
    path = write_sweep(f"{MINIMAL}seeds: {given}\n")
    assert refusal(path).startswith(f"{path}: {line}")


def test_a_number_in_the_file_is_the_least_where_set_gives_a_rule(write_sweep: Callable[[str], Path]) -> None:
    path = write_sweep(f"{MINIMAL}seeds: 5\n")
    assert load_sweep(path, "seeds.max=20").seeds == SeedsConfig(min=5, max=20)
    assert load_sweep(path, "seeds.margin=1").seeds == SeedsConfig(min=5, margin=1)
    assert load_sweep(path).seeds == 5


def test_a_number_is_written_as_it_was() -> None:
    assert Sweep.model_validate(MINI).model_dump(mode="json")["seeds"] == 2
    ruled = Sweep.model_validate(MINI | {"seeds": {"min": 3, "max": 9}}).model_dump(mode="json")
    assert Sweep.model_validate(ruled).seed_rule == SeedsConfig(min=3, max=9)


def test_totals_are_of_the_seeds_there_are_and_limits_of_all() -> None:
    sweep = Sweep.model_validate(MINI | {"seeds": {"min": 3, "max": 20}, "compare": [{"alpha": 0.9, "temperature": 4}]})
    plan = Plan(sweep, "digest")
    wanted = ("baseline", "compare", "final")
    assert [stage_totals(plan)[stage] for stage in wanted] == [3, 3, 3]
    assert [stage_limits(plan)[stage] for stage in wanted] == [20, 20, 20]
    more = plan.with_seeds(SeedCount(6, True))
    assert [stage_limits(more)[stage] for stage in wanted] == [6, 6, 6]
    assert [run.id for run in more.baselines()][:3] == [run.id for run in plan.baselines()]
    fixed = Plan(Sweep.model_validate(MINI | {"seeds": 3}), "digest")
    assert [run.id for run in fixed.baselines()] == [run.id for run in plan.baselines()]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"min": 5}, None),
        ({"min": 5, "margin": 1}, None),
        ({"max": 20}, "3 to 20 seeds: with 3, 6 and 12 val is looked at"),
        ({"max": 4}, "3 to 4 seeds: with 3 val is looked at"),
        ({"max": 20, "margin": 1, "half_width": 0.5}, "clear of zero or lie within ±1 points or be no wider than ±0.5"),
    ],
)
def test_it_is_said_before_the_start(rule: dict[str, Any], said: str | None) -> None:
    note = SeedsConfig.model_validate(rule).note
    assert note is None if said is None else said in str(note)
