"""Several methods, each tuned alike: how far each leads plain distillation, and what may be said of it.

A *lead* is paired: the same seeds and the same test images, method minus yardstick. Whether one is clear is decided by
Holm's p-value over all leads, since of many methods that are all alike one lead in twenty looks clear by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from harness.report.analysis.arms.gains import Row, gain_over, right_by_run
from harness.report.analysis.chance.statistics import Gain, holm, verdict_among
from harness.report.analysis.words import Verdict
from harness.report.results.sweep_results import MethodResult, Results
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import OVER, RunState

KD = "kd"

Hole = Literal["searching", "no-choice", "training", "failed", "unread", "untested"]
"""Why a method has no test accuracy: what it waits for, or what never came."""


@dataclass(frozen=True)
class MethodRow:
    """One method in figures.

    ``lead``: over the yardstick's students, None of the yardstick and where either has no tested student.
    ``adjusted_p``: Holm's, over the leads there are. ``machine_time``: of its search and its final runs.
    ``hole``: why there is no accuracy, None where there is one. ``num_finals``: final runs that are complete.
    """

    found: MethodResult
    row: Row
    is_yardstick: bool
    lead: Gain | None
    adjusted_p: float | None
    machine_time: MachineTime
    num_complete: int
    num_trials: int
    num_finals: int
    hole: Hole | None

    @property
    def name(self) -> str:
        """As tables call it."""
        return self.found.method.name

    @property
    def verdict(self) -> Verdict | None:
        """What may be said of the lead; None where there is none."""
        if self.lead is None or self.adjusted_p is None:
            return None
        return verdict_among(self.lead.both, self.adjusted_p, self.lead.num_seeds)


@dataclass(frozen=True)
class MethodComparison:
    """All methods of a sweep, in the order of its file.

    ``is_kd``: whether the yardstick is plain distillation; else it is the first of the list. ``is_tuned``: whether it
    has a search. ``is_final``: nothing more will come.
    """

    rows: tuple[MethodRow, ...]
    is_kd: bool
    is_tuned: bool
    is_final: bool

    @property
    def yardstick(self) -> MethodRow:
        """What every other method is measured by."""
        return next(row for row in self.rows if row.is_yardstick)

    @property
    def others(self) -> tuple[MethodRow, ...]:
        """All but the yardstick."""
        return tuple(row for row in self.rows if not row.is_yardstick)

    def judged(self, verdict: Verdict) -> tuple[MethodRow, ...]:
        """The methods of whose lead that may be said, the largest lead first."""
        found = [row for row in self.others if row.verdict == verdict]
        return tuple(sorted(found, key=lambda row: -_mean(row)))

    @property
    def largest(self) -> MethodRow | None:
        """The method with the largest lead, whatever may be said of it; None before there is one."""
        known = [row for row in self.others if row.lead is not None]
        return max(known, key=_mean, default=None)

    @property
    def holes(self) -> tuple[MethodRow, ...]:
        """Methods without a tested student, the yardstick among them."""
        return tuple(row for row in self.rows if row.hole is not None)


def find_methods(results: Results, rows: Sequence[Row]) -> MethodComparison | None:
    """Every method beside plain distillation; None of a sweep with one method.

    Args:
        results: The sweep.
        rows: Its arms in figures.
    """
    if len(results.methods) < 2:
        return None
    by_arm = {row.arm.key: row for row in rows}
    yardstick = next((one for one in results.methods if _loss(one) == KD), results.methods[0])
    right = right_by_run(results)
    found = []
    for one in results.methods:
        is_yardstick = one is yardstick
        lead = None if is_yardstick else gain_over(by_arm[yardstick.arm].arm, by_arm[one.arm].arm, right, results.plan)
        found.append(_row(one, by_arm[one.arm], is_yardstick, lead, results))
    return MethodComparison(
        rows=_adjusted(found),
        is_kd=_loss(yardstick) == KD,
        is_tuned=bool(yardstick.method.space),
        is_final=results.standing.is_finished,
    )


def _row(found: MethodResult, row: Row, is_yardstick: bool, lead: Gain | None, results: Results) -> MethodRow:
    trials = found.trials.trials
    searched = [run_id for trial in trials for run_id in trial.run_ids]
    run_ids = dict.fromkeys([*searched, *(run.id for run in row.arm.runs)])
    times = [results.machine_times[run_id] for run_id in run_ids if run_id in results.machine_times]
    return MethodRow(
        found=found,
        row=row,
        is_yardstick=is_yardstick,
        lead=lead,
        adjusted_p=None,
        machine_time=sum(times, MachineTime()),
        num_complete=sum(trial.state == RunState.COMPLETE for trial in trials),
        num_trials=results.plan.sweep.num_trials(found.method),
        num_finals=sum(run.state == RunState.COMPLETE for run in row.arm.runs),
        hole=_hole(found, row, results),
    )


def _adjusted(rows: list[MethodRow]) -> tuple[MethodRow, ...]:
    """With Holm's p-values over all leads that there are."""
    known = [row for row in rows if row.lead is not None]
    adjusted = iter(holm(np.array([row.lead.both.p for row in known if row.lead])).tolist())
    return tuple(replace(row, adjusted_p=next(adjusted)) if row.lead is not None else row for row in rows)


def _hole(found: MethodResult, row: Row, results: Results) -> Hole | None:
    if row.accuracy is not None:
        return None
    is_over, runs = results.standing.is_finished, row.arm.runs
    if found.params is None:
        trials = found.trials.trials
        is_all_asked = len(trials) == results.plan.sweep.num_trials(found.method)
        has_failed = is_all_asked and all(trial.state in (RunState.FAILED, RunState.PRUNED) for trial in trials)
        return "no-choice" if is_over or has_failed else "searching"
    if any(run.state == RunState.COMPLETE for run in runs):
        if any(run.state not in OVER for run in runs):
            return "training"
        return "untested" if results.test is not None else "unread"
    return "failed" if is_over or all(run.state in OVER for run in runs) else "training"


def _loss(found: MethodResult) -> str | None:
    return found.method.distill.loss if found.method.distill else None


def _mean(row: MethodRow) -> float:
    return row.lead.both.mean if row.lead else -np.inf
