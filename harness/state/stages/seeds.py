"""How many final seeds a sweep has by now, as its files say."""

from collections.abc import Iterator, Sequence

from harness.state.files.records import Enough, SeedLook, SeedLooks
from harness.state.stages.graph import Searches, baseline_runs, final_runs, headline_method
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.sections.seeds import SeedCount, SeedsConfig

WHY: dict[Enough, str] = {
    "half_width": "narrow enough",
    "zero": "clear of zero",
    "margin": "within the margin",
    "images": "more seeds would hardly narrow it",
    "max": "no more may be added",
    "failed": "fewer than two pairs are complete, so none is added",
}
"""In status, why no more seeds are added."""


def pairs(plan: Plan, searches: Searches) -> list[tuple[Run, Run]]:
    """Baseline and headline's student, seed by seed; none before both are chosen."""
    distilled = final_runs(plan, headline_method(plan, searches), searches)
    return list(zip(baseline_runs(plan, searches), distilled, strict=False))


def compared(plan: Plan, searches: Searches) -> tuple[str, ...]:
    """The runs of the first seed, by which looks are known to be at what the sweep compares now."""
    return tuple(run.id for pair in pairs(plan, searches)[:1] for run in pair)


def known_looks(plan: Plan, searches: Searches, looks: SeedLooks | None) -> SeedLooks | None:
    """The looks, where they are of this rule and of these students; None of what an earlier form of the sweep left."""
    if looks is None or looks.rule != plan.sweep.seed_rule or looks.of != compared(plan, searches):
        return None
    return looks


def count_seeds(plan: Plan, looks: SeedLooks | None) -> SeedCount:
    """The number of seeds after these looks."""
    rule = plan.sweep.seed_rule
    if not rule.is_open:
        return SeedCount(rule.min, True)
    if looks is None or not looks.looks:
        return SeedCount(rule.min, False)
    last = looks.looks[-1]
    if last.enough is not None:
        return SeedCount(last.num_seeds, True)
    return SeedCount(next(number for number in rule.looks if number > last.num_seeds), False)


def look_lines(rule: SeedsConfig, looks: Sequence[SeedLook]) -> Iterator[str]:
    """A line for each look, in plain words.

    >>> one = SeedLook(num_seeds=3, num_pairs=3, gain=0.01, low=-0.02, high=0.04, half_width=0.025)
    >>> list(look_lines(SeedsConfig(max=20), [one]))
    ['3 of at most 20 seeds: gain on val +1.00 points, interval on test within -2.00 to +4.00 expected: more are added']
    """
    for look in looks:
        what = f"{look.num_seeds} of at most {rule.most} seeds"
        if look.gain is None or look.low is None or look.high is None:
            yield f"{what}: {WHY['failed']}"
            continue
        why = WHY[look.enough] if look.enough else "more are added"
        yield (
            f"{what}: gain on val {100 * look.gain:+.2f} points, interval on test within {100 * look.low:+.2f} to "
            f"{100 * look.high:+.2f} expected: {why}"
        )
