"""Several students under one teacher: what each reaches at which price, and the smallest that is as good as needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from harness.report.analysis.arms.gains import Answer, right_by_run
from harness.report.analysis.causes import Cause
from harness.report.analysis.chance.statistics import FEWEST_SEEDS, Estimate, Gain, paired_gain
from harness.report.analysis.costs import Cost
from harness.report.analysis.words import Within
from harness.report.results.family import standing_of_family
from harness.report.results.sweep_results import Results
from harness.state.attempts.run_state import RunState
from harness.sweep.sections.students import TEACHER

MARGIN = 0.01
"""Below the teacher's accuracy, as a share: who loses no more is within one point of it."""

Price = Literal["bytes", "macs", "latency"]
PRICES: tuple[Price, ...] = ("bytes", "macs", "latency")


class StudentPart(NamedTuple):
    """What is known of one student by itself; ``causes``: why it does not gain."""

    key: str
    results: Results
    answer: Answer
    costs: tuple[Cost, ...]
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class StudentRow:
    """One student, distilled.

    ``behind``: its difference from the teacher on test, over its seeds and the test images, with this one teacher.
    ``within``: None where nobody can tell: before test is read, and with too few seeds. ``dominated_by``: the first of
    the others, or the teacher, that is at least as accurate and in no known price above it; ``dominated_in``: prices of
    which that holds by themselves.
    """

    part: StudentPart
    behind: Gain | None
    within: Within | None
    dominated_by: str = ""
    dominated_in: frozenset[Price] = frozenset()

    @property
    def key(self) -> str:
        """What it is called."""
        return self.part.key

    @property
    def accuracy(self) -> Estimate | None:
        """On test, mean over seeds; None before it is read."""
        return self.part.answer.distilled.accuracy

    @property
    def cost(self) -> Cost:
        """Its size and speed."""
        return self.part.costs[-1]

    @property
    def size(self) -> tuple[int, int] | None:
        """By which the smallest is found: parameters, and of equal ones multiply-adds."""
        size = self.cost.size
        return None if size is None else (size.num_parameters, size.macs)

    @property
    def failed(self) -> tuple[int, int]:
        """How many of its trainings failed, and how many there are by now."""
        runs = [run for run in self.part.results.all_runs() if run.id in self._own]
        return sum(run.state == RunState.FAILED for run in runs), len(runs)

    @property
    def _own(self) -> set[str]:
        results = self.part.results
        arms = {run.id for arm in results.arms if arm.kind != "teacher" for run in arm.runs}
        return arms | set(results.trial_runs)

    def price(self, name: Price) -> float | None:
        """What it costs; None where that was not measured."""
        return price_of(self.cost, name)


@dataclass(frozen=True)
class Family:
    """The students of a sweep, in its order; ``is_final``: nothing more will come."""

    rows: tuple[StudentRow, ...]
    teacher: StudentPart
    is_final: bool

    @property
    def known(self) -> tuple[StudentRow, ...]:
        """Those that were compared with the teacher, the smallest first."""
        known = [row for row in self.rows if row.behind is not None and row.size is not None]
        return tuple(sorted(known, key=lambda row: row.size or (0, 0)))

    @property
    def holes(self) -> tuple[StudentRow, ...]:
        """Those of which nothing is known yet, or ever will be."""
        return tuple(row for row in self.rows if row.behind is None)

    def smallest(self, within: Within) -> StudentRow | None:
        """The smallest of those that are, or may be, within the margin."""
        return next((row for row in self.known if row.within == within), None)

    @property
    def nearest(self) -> StudentRow | None:
        """The most accurate one; of equals the smaller."""
        return max(self.known, key=lambda row: row.behind.both.mean if row.behind else 0.0, default=None)

    @property
    def chosen(self) -> StudentRow:
        """Who stands for the sweep where one has to: the smallest within the margin, else the most accurate."""
        return self.smallest("yes") or self.nearest or self.rows[0]


def find_family(parts: Sequence[StudentPart]) -> Family:
    """The students side by side."""
    rows = [_row(part) for part in parts]
    standing = standing_of_family([part.results for part in parts])
    return Family(tuple(_judged(row, rows) for row in rows), parts[0], standing.is_finished)


def is_within(behind: Gain) -> Within | None:
    """What its interval says of a student; None with too few seeds to say anything."""
    if behind.num_seeds < FEWEST_SEEDS:
        return None
    if behind.both.low >= -MARGIN:
        return "yes"
    return "no" if behind.both.high < -MARGIN else "maybe"


def price_of(cost: Cost, name: Price) -> float | None:
    """What a model costs: bytes of its weights, multiply-adds of one image, median milliseconds for one image."""
    if name == "latency":
        return cost.single.median_ms if cost.single else None
    if cost.size is None:
        return None
    return cost.size.num_bytes if name == "bytes" else cost.size.macs or None


def _row(part: StudentPart) -> StudentRow:
    behind = _behind(part.results)
    return StudentRow(part, behind, None if behind is None else is_within(behind))


def _behind(results: Results) -> Gain | None:
    right = right_by_run(results)
    teacher, student = (
        [right[run.id] for run in (arm.runs if arm else ()) if run.id in right]
        for arm in (results.arm("teacher"), results.arm("distilled"))
    )
    if not teacher or not student:
        return None
    return paired_gain(np.stack(student), np.stack(teacher[:1] * len(student)), classes_N=right.classes_N)


class _Rival(NamedTuple):
    """Who may be taken instead: another student, or the teacher itself."""

    key: str
    accuracy: float | None
    prices: dict[Price, float]


def _rival(key: str, accuracy: Estimate | None, cost: Cost) -> _Rival:
    known = {name: price for name in PRICES if (price := price_of(cost, name)) is not None}
    return _Rival(key, accuracy.mean if accuracy else None, known)


def _judged(row: StudentRow, rows: Sequence[StudentRow]) -> StudentRow:
    own, teacher = _rival(row.key, row.accuracy, row.cost), row.part.answer.teacher
    others = [_rival(one.key, one.accuracy, one.cost) for one in rows if one is not row]
    others.append(_rival(TEACHER, teacher.accuracy, row.part.costs[0]))
    whole = next((one.key for one in others if own.prices and _dominates(one, own, own.prices)), "")
    each = frozenset(name for name in own.prices if any(_dominates(one, own, [name]) for one in others))
    return replace(row, dominated_by=whole, dominated_in=each)


def _dominates(one: _Rival, other: _Rival, names: Iterable[Price]) -> bool:
    """Whether one is at least as good in everything, and better in something: by means, and medians of a latency."""
    if one.accuracy is None or other.accuracy is None or one.accuracy < other.accuracy:
        return False
    if not one.prices.keys() >= set(names):
        return False
    pairs = [(one.prices[name], other.prices[name]) for name in names]
    return all(mine <= theirs for mine, theirs in pairs) and (one.accuracy, pairs) != (
        other.accuracy,
        [(theirs, theirs) for _, theirs in pairs],
    )
