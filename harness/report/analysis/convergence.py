"""Is a distilled student faster, steadier, more even? Measured from the histories and the class errors."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from harness.report.analysis.chance.statistics import Estimate, t_estimate, verdict
from harness.report.analysis.words import Verdict
from harness.report.results.message import Message
from harness.report.results.sweep_results import Arm, Results, RunResult
from harness.state.attempts.run_state import RunState
from kd.records import Scores

LATE_SHARE = 0.2
MIN_LATE = 4
ALL = 100.0  # points
ROUNDING = 1e-9  # of a mean of accuracies


@dataclass(frozen=True)
class Measure:
    """One property of trainings, where less is better: mean over seeds by arm, and distilled minus baseline.

    ``key``: epochs, fluctuation, class-spread or worst; all but the first are in points. ``difference``: None without
    two seeds of both, and where all seeds' are equal, so that nothing is known of their spread.
    """

    key: str
    explanation: Message
    means: dict[str, float]
    difference: Estimate | None
    num_seeds: int

    @property
    def verdict(self) -> Verdict | None:
        """A gain is less of it; None without a difference."""
        if self.difference is None:
            return None
        less = Estimate(-self.difference.mean, -self.difference.high, -self.difference.low)
        return verdict(less, self.num_seeds)


def find_measures(results: Results) -> list[Measure]:
    """Everything that can be measured of the students' arms; an empty list before any baseline has a history."""
    baseline = results.arm("baseline")
    assert baseline is not None
    finals = [run.history.epochs[-1].val_accuracy for run in baseline.runs if run.history and run.history.epochs]
    if not finals:
        return []
    target = float(np.mean(finals))
    arms = [arm for arm in results.arms if arm.kind != "teacher"]
    # A test confusion matrix where there is one; val's is the smaller and noisier stand-in.
    test = results.test.scores if results.test else {}
    where = "test" if test else "val"

    def scores(run: RunResult) -> Scores | None:
        return test.get(run.id) if test else run.metrics.val if run.metrics else None

    reach = Message("measure-epochs-explained", {"target": f"{100 * target:.2f}"})
    straying = Message("measure-fluctuation-explained", {"share": f"{100 * LATE_SHARE:.0f}", "number": MIN_LATE})
    spread = Message("measure-class-spread-explained", {"split": where})
    highest = Message("measure-worst-explained", {"split": where})
    candidates = [
        _measure("epochs", reach, arms, lambda run: _epochs_to(run, target), step=1.0),
        _measure("fluctuation", straying, arms, _late_spread),
        _measure("class-spread", spread, arms, lambda run: _class_errors(scores(run), np.std)),
        _measure("worst", highest, arms, lambda run: _class_errors(scores(run), np.max)),
    ]
    return [measure for measure in candidates if measure.means]


def _measure(
    key: str,
    explanation: Message,
    arms: list[Arm],
    value: Callable[[RunResult], float | None],
    step: float | None = None,
) -> Measure:
    """One measure; ``step``: the least that a value can change by."""
    by_arm = {arm.key: [value(run) for run in arm.runs] for arm in arms}
    means = {}
    for arm, found in by_arm.items():
        known = [number for number in found if number is not None]
        if known:
            means[arm] = float(np.mean(known))
    pairs = zip(by_arm.get("distilled", ()), by_arm.get("baseline", ()), strict=False)
    differences = np.array([mine - theirs for mine, theirs in pairs if mine is not None and theirs is not None])
    change = t_estimate(differences, within=(-math.inf, math.inf) if step else (-ALL, ALL), step=step)
    return Measure(key, explanation, means, change if change and math.isfinite(change.low) else None, len(differences))


def _epochs_to(run: RunResult, target: float) -> float | None:
    if run.history is None or run.state != RunState.COMPLETE or not run.history.epochs:
        return None
    reached = (record.epoch for record in run.history.epochs if record.val_accuracy >= target - ROUNDING)
    return float(next(reached, len(run.history.epochs) + 1))


def _late_spread(run: RunResult) -> float | None:
    if run.history is None or run.state != RunState.COMPLETE:
        return None
    values = [record.val_accuracy for record in run.history.epochs]
    num_late = max(MIN_LATE, math.ceil(LATE_SHARE * len(values)))
    if len(values) < num_late:
        return None
    late, epochs = np.array(values[-num_late:]), np.arange(num_late) - (num_late - 1) / 2
    slope = (epochs @ late) / (epochs @ epochs)
    rest = late - late.mean() - slope * epochs
    return 100 * math.sqrt(float(rest @ rest) / (num_late - 2))


def _class_errors(scores: Scores | None, summary: Callable[[np.ndarray], float]) -> float | None:
    if scores is None:
        return None
    counts = np.array(scores.confusion)
    totals = counts.sum(axis=1)
    present = totals > 0
    return float(summary(1 - counts.diagonal()[present] / totals[present])) * 100


def best_over_last(arm: Arm) -> float | None:
    """How far the best val accuracy of any epoch lies above the last epoch's, on average over an arm's runs.

    None before one of them has a history.
    """
    by_run = [[epoch.val_accuracy for epoch in run.history.epochs] for run in arm.runs if run.history]
    leads = [max(accuracies) - accuracies[-1] for accuracies in by_run if accuracies]
    return float(np.mean(leads)) if leads else None
