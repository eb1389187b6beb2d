"""What a weak teacher holds back: with ``on_weak_teacher: stop`` nothing is taught before it is known not to be one."""

from collections.abc import Iterable

from harness.state.attempts.run_state import OVER
from harness.state.files.folder import SweepFolder
from harness.state.stages.graph import Searches, StateOf, Step, all_baselines, is_search_over, searches_of
from harness.state.stages.weak_teacher import WeakTeacher, find_weak_teacher
from harness.sweep.plan import Plan
from harness.sweep.sections.methods import ALONE
from kd.errors import InputError

BEFORE = frozenset({"teacher", "tuning", "baseline"})
"""Stages that tell how good a teacher is, and go first."""


class WeakTeacherError(InputError):
    """The teacher is not better than the student alone, and the sweep says to stop then."""


class TeacherGate:
    """Which steps may start.

    Args:
        plan: The runs.
        folder: The sweep's results.
    """

    def __init__(self, plan: Plan, folder: SweepFolder) -> None:
        self._plan = plan
        self._folder = folder
        self._is_open = plan.sweep.on_weak_teacher == "warn"
        self.weak: WeakTeacher | None = None

    def admit(self, ready: Iterable[Step], searches: Searches, state_of: StateOf) -> list[Step]:
        """Those of the ready steps that may start; once teachers and baselines are over, all of them or none.

        A baseline that failed is no reason to wait: the others tell. Where none is complete nobody can tell, and
        nothing is held back.
        """
        found = list(ready)
        if self._is_open:
            return found
        # The sweep's own teachers alone are judged: other trainings of them are as dear as what is held back.
        own = {run.id for run in self._plan.teachers}
        first = [step for step in found if step.stage in BEFORE and (step.stage != "teacher" or step.run.id in own)]
        alone = [found for found in self._plan.every_search.values() if found[1].key == ALONE]
        if not all(is_search_over(*found, searches_of(found[0], searches), state_of) for found in alone):
            return first
        runs = [*self._plan.teachers, *all_baselines(self._plan, searches)]
        if first or not all(state_of(run.id) in OVER for run in runs):
            return first
        self.weak = find_weak_teacher(self._plan, self._folder, searches)
        self._is_open = self.weak is None
        return found if self._is_open else []
