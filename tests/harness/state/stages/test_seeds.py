"""How many seeds there are, as the files say."""

import pytest

from harness.state.files.records import Enough, SeedLook, SeedLooks
from harness.state.stages.seeds import WHY, compared, count_seeds, known_looks, look_lines, pairs
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from harness.sweep.sections.seeds import SeedCount, SeedsConfig
from tests.support.sweep_lab import MINI

RULE = SeedsConfig(min=3, max=20)
PLAN = Plan(Sweep.model_validate(MINI | {"search": None, "seeds": RULE.model_dump()}), "digest")


def looks(*why: Enough | None) -> SeedLooks:
    made = [SeedLook(num_seeds=n, num_pairs=n, enough=one) for n, one in zip(RULE.looks, why, strict=False)]
    return SeedLooks(rule=RULE, of=compared(PLAN, {}), looks=tuple(made))


@pytest.mark.parametrize(
    ("found", "count"),
    [
        (None, SeedCount(3, False)),
        (looks(), SeedCount(3, False)),
        (looks(None), SeedCount(6, False)),
        (looks(None, None, None), SeedCount(20, False)),
        (looks(None, "zero"), SeedCount(6, True)),
        (looks(None, None, None, "max"), SeedCount(20, True)),
    ],
)
def test_the_number_follows_from_the_looks(found: SeedLooks | None, count: SeedCount) -> None:
    assert count_seeds(PLAN, found) == count


def test_looks_of_another_rule_or_at_other_students_are_nobodys() -> None:
    found = looks(None)
    assert known_looks(PLAN, {}, found) is found
    assert known_looks(PLAN, {}, found.model_copy(update={"of": ("baseline-x", "final-y")})) is None
    other = Plan(Sweep.model_validate(MINI | {"search": None, "seeds": {"min": 3, "max": 40}}), "digest")
    assert known_looks(other, {}, found) is None
    given = Plan(Sweep.model_validate(MINI | {"search": None, "seeds": 4}), "digest")
    assert count_seeds(given, known_looks(given, {}, found)) == SeedCount(4, True)


def test_nothing_is_compared_before_the_search_has_chosen() -> None:
    plan = Plan(Sweep.model_validate(MINI | {"seeds": RULE.model_dump()}), "digest")
    assert pairs(plan, {}) == []
    assert compared(plan, {}) == ()
    assert len(pairs(PLAN, {})) == 3


def test_every_reason_has_its_words() -> None:
    for why, words in WHY.items():
        one = SeedLook(num_seeds=3, num_pairs=3, gain=0.0, low=-0.1, high=0.1, half_width=0.05, enough=why)
        assert words in next(iter(look_lines(RULE, [one])))
    failed = SeedLook(num_seeds=3, num_pairs=0, enough="failed")
    assert list(look_lines(RULE, [failed])) == [
        "3 of at most 20 seeds: fewer than two pairs are complete, so none is added"
    ]
