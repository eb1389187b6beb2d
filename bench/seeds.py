"""What rules that add seeds cost, and how often they err: the project's own, on studies whose true gain is known.

A simulated study has pairs of trainings and images, as a real one: a pair's luck is the same on val and on test to a
share, each image has its own gain, and each pair its own on each image. The decision sees val alone
(``harness.controller.enough``), the verdict is that of the report on test, by its symmetric interval.

Wrong: verdicts that the true gain makes untrue: a gain or a loss where there is none, "equivalent" where the true gain
is not within the margin. Missed: intervals on test that do not hold the true gain; 5 % are allowed.

    python -m bench.seeds [studies of each line]
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.figures import publish
from harness.controller.enough import find_evidence, look
from harness.report.analysis.chance.intervals import half_width, spread_of
from harness.report.analysis.chance.statistics import Estimate, verdict
from harness.report.analysis.words import Verdict
from harness.sweep.sections.seeds import SeedsConfig

NUM_STUDIES = 4000
NUM_VAL, NUM_TEST = 50, 100  # few, with a spread to match: what counts is how sure their mean is
GAINS = (0.0, 0.3, 1.0)
MARGIN = 1.0


class Luck(NamedTuple):
    """Standard deviations in points: of a pair's gain, of what the test images make of the mean, of the residual.

    ``residual``: what one pair's gain would be moved by other images, beyond what these do to all pairs.
    ``shared``: correlation of a pair's luck on val and on test.
    """

    seeds: float
    images: float
    residual: float = 0.3
    shared: float = 1.0


class Pairs(NamedTuple):
    """Differences of a study in shares of accuracy, on val and on test [S, N]."""

    val_SN: NDArray[np.float64]
    test_SN: NDArray[np.float64]


class Outcome(NamedTuple):
    """Where a study ended. ``why`` is ``SeedLook.enough``."""

    verdict: Verdict
    is_wrong: bool
    is_missed: bool
    num_seeds: int
    why: str


Stop = Callable[[SeedsConfig, int, Pairs], str | None]
"""Why no seeds are added to so many; None where some are."""


def draw(gain: float, luck: Luck, most: int, random: np.random.Generator) -> Pairs:
    """A study of a true gain in points, with as many pairs as there may be."""
    on_val, own = random.normal(0, luck.seeds, (2, most, 1))
    on_test = luck.shared * on_val + np.sqrt(1 - luck.shared**2) * own
    scale = np.sqrt(NUM_TEST)  # from the spread of a mean to that of an image

    def differences(of_pairs_S1: NDArray[np.float64], number: int) -> NDArray[np.float64]:
        of_images_1N = random.normal(0, luck.images * scale, (1, number))
        residual_SN = random.normal(0, luck.residual * scale, (most, number))
        return (gain + of_pairs_S1 + of_images_1N + residual_SN) / 100

    return Pairs(differences(on_val, NUM_VAL), differences(on_test, NUM_TEST))


def by_val(rule: SeedsConfig, number: int, pairs: Pairs) -> str | None:
    """The project's own rule; nobody is asked where their number is given."""
    if not rule.is_open:
        return "given"
    return look(rule, number, find_evidence(pairs.val_SN[:number]), NUM_TEST).enough


def estimate(rule: SeedsConfig, number: int, pairs: Pairs) -> Estimate:
    """The gain on test as the report has it, but for what few images add."""
    spread = spread_of(pairs.test_SN[:number], rule.widening(number, number))
    half = half_width(spread)
    return Estimate(spread.mean, spread.mean - half, spread.mean + half)


def carry_out(rule: SeedsConfig, gain: float, pairs: Pairs, stop: Stop = by_val) -> Outcome:
    """One study under a rule."""
    ends = ((number, why) for number in rule.looks if (why := stop(rule, number, pairs)))
    number, why = next(ends, (rule.most, "max"))
    found = estimate(rule, number, pairs)
    margin = None if rule.margin is None else rule.margin / 100
    word, true = verdict(found, number, margin), gain / 100
    is_wrong = {
        "gain": true <= 0,
        "loss": true >= 0,
        "equivalent": margin is not None and abs(true) >= margin,
    }.get(word, False)
    return Outcome(word, is_wrong, not found.low <= true <= found.high, number, why)


def simulate(
    rule: SeedsConfig, gain: float, luck: Luck, number: int, seed: int = 0, stop: Stop = by_val
) -> list[Outcome]:
    """Studies of one true gain; the same for every rule with the same maximum."""
    random = np.random.default_rng(seed)
    return [carry_out(rule, gain, draw(gain, luck, rule.most, random), stop) for _ in range(number)]


RULES = {
    "5 seeds": SeedsConfig(min=5, margin=MARGIN),
    "10 seeds": SeedsConfig(min=10, margin=MARGIN),
    "20 seeds": SeedsConfig(min=20, margin=MARGIN),
    "3 to 20, clear of zero": SeedsConfig(min=3, max=20),
    "3 to 20, or within ±1": SeedsConfig(min=3, max=20, margin=MARGIN),
    "3 to 20, or ±0.8 wide": SeedsConfig(min=3, max=20, half_width=0.8),
}
LUCKS = {
    "seeds 0.5, images 0.25": Luck(seeds=0.5, images=0.25),
    "seeds 0.5, images 0.1": Luck(seeds=0.5, images=0.1, residual=0.1),
    "seeds 0.5, images 1.0": Luck(seeds=0.5, images=1.0),
}


def share(outcomes: list[Outcome], holds: Callable[[Outcome], bool]) -> float:
    """In per cent."""
    return round(100 * sum(map(holds, outcomes)) / len(outcomes), 1)


def line(outcomes: list[Outcome]) -> list[Any]:
    """Verdicts, errors, cost and reasons, in per cent but for the seeds."""
    words = Counter(one.verdict for one in outcomes)
    whys = Counter(one.why for one in outcomes)
    shares = [round(100 * words[word] / len(outcomes), 1) for word in ("gain", "loss", "equivalent")]
    wrong, missed = (share(outcomes, test) for test in (lambda one: one.is_wrong, lambda one: one.is_missed))
    seeds = round(float(np.mean([one.num_seeds for one in outcomes])), 1)
    reasons = ", ".join(f"{why} {100 * number / len(outcomes):.0f}" for why, number in sorted(whys.items()))
    return [*shares, wrong, missed, seeds, reasons]


def rows(number: int) -> Iterator[list[Any]]:
    """Every rule on every kind of study and every true gain."""
    for luck_name, luck in LUCKS.items():
        for rule_name, rule in RULES.items():
            for gain in GAINS:
                yield [f"{rule_name}; {luck_name}", gain, *line(simulate(rule, gain, luck, number))]


def main() -> None:
    """Carry all studies out, print, and keep the figures."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUM_STUDIES
    found = []
    for row in rows(number):
        found.append(row)
        print(row, flush=True)  # noqa: T201
    columns = ["rule; spread in points", "true gain", "gain, %", "loss, %", "equivalent, %", "wrong, %", "missed, %"]
    columns += ["mean seeds", "why it ended, %"]
    publish("seeds", {"rounds": number, "columns": columns, "rows": found}, packages=("numpy", "scipy"))


if __name__ == "__main__":
    main()
