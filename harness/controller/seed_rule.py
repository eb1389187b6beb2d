"""Adds seeds until they are enough: what the files of the finished runs say, and nothing else, decides.

Only val is read. A look waits until the searches and both trainings of every seed so far are over, so that neither the
order in which they end nor a controller that dies between two looks has a say in it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from harness.controller.enough import find_evidence, look
from harness.state.folder import SweepFolder
from harness.state.records import SeedLook, SeedLooks
from harness.state.run_state import OVER, RunState
from harness.state.seeds import compared, count_seeds, pairs
from harness.state.stages import Searches, StateOf, is_search_over
from harness.sweep.plan import Plan, Run
from kd.data.splits import open_division
from kd.errors import InputError
from kd.files import write_record


class SeedRule:
    """The looks of a sweep whose results decide how many seeds there are.

    Args:
        folder: The sweep's results.
        num_test: Tells how many test images there are; asked at the first look.
    """

    def __init__(self, folder: SweepFolder, num_test: Callable[[], int]) -> None:
        self._folder = folder
        self._num_test = num_test
        self._looks: SeedLooks | None = None
        self._written: SeedLooks | None = None
        self._is_right: dict[str, NDArray[np.bool_]] = {}

    def next_plan(self, plan: Plan, searches: Searches, state_of: StateOf) -> Plan | None:
        """The plan after one more look; None where none is due.

        Args:
            plan: With the seeds there are by now.
            searches: So far.
            state_of: The state of a run.

        Raises:
            InputError: The predictions of a complete run cannot be read.
        """
        rule = plan.sweep.seed_rule
        if not rule.is_open or not all(is_search_over(plan, one, searches, state_of) for one in plan.searches):
            return None
        of = compared(plan, searches)
        if self._looks is None or self._looks.of != of:  # the first look, or other students to compare
            self._looks = SeedLooks(rule=rule, of=of)
        counted = plan.with_seeds(count_seeds(plan, self._looks))
        if counted is not plan:
            return counted
        if plan.seeds.is_decided or not _are_over(plan, searches, state_of):
            self._write(self._looks)
            return None
        looks = (*self._looks.looks, self._look(plan, searches, state_of))
        self._looks = self._looks.model_copy(update={"looks": looks})
        return plan.with_seeds(count_seeds(plan, self._looks))

    def _write(self, looks: SeedLooks) -> None:
        """Once no more looks are due: a reader meanwhile has those of before, which are the same."""
        if looks.looks and looks != self._written:
            write_record(self._folder.seeds_path, looks)
            self._written = looks

    def _look(self, plan: Plan, searches: Searches, state_of: StateOf) -> SeedLook:
        complete = [
            pair for pair in pairs(plan, searches) if all(state_of(run.id) == RunState.COMPLETE for run in pair)
        ]
        differences = [self._right(student).astype(np.float64) - self._right(alone) for alone, student in complete]
        found = find_evidence(np.stack(differences)) if len(differences) > 1 else None
        return look(plan.sweep.seed_rule, plan.seeds.number, found, self._num_test() if found else 0)

    def _right(self, run: Run) -> NDArray[np.bool_]:
        """Which val images a run reads right [N]."""
        if run.id not in self._is_right:
            path = self._folder.run(run.id) / "predictions.npz"
            try:
                with np.load(path, allow_pickle=False) as arrays:
                    self._is_right[run.id] = arrays["val"].argmax(axis=1) == arrays["labels"]
            except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
                raise InputError(
                    f"seeds: {path} cannot be read, and decides whether more seeds are needed; remove the folder of "
                    "this run, and it is made again"
                ) from error
        return self._is_right[run.id]


def open_num_test(plan: Plan, folder: SweepFolder) -> int:
    """How many test images there are: by their labels alone."""
    return len(open_division(plan.data, folder.data).division.test)


def _are_over(plan: Plan, searches: Searches, state_of: StateOf) -> bool:
    """Whether both trainings of every seed so far are over, or wait for a run that failed."""
    is_blocked = any(state_of(run.id) == RunState.FAILED for run in plan.taught_by)

    def is_over(run: Run, may_wait: bool) -> bool:
        return state_of(run.id) in OVER or may_wait

    return all(is_over(alone, False) and is_over(student, is_blocked) for alone, student in pairs(plan, searches))
