"""What a person is told beside the progress of a sweep: that a teacher learnt nothing, or no more than the student."""

from collections.abc import Callable, Iterable

from harness.state.attempts.run_state import RunState, read_metrics, run_state
from harness.state.files.folder import SweepFolder
from harness.state.stages.graph import Searches, StateOf, all_baselines
from harness.state.stages.weak_teacher import find_weak_teacher
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from kd.config import TrainConfig
from kd.records import Metrics
from kd.scores import chance_of, is_at_chance, may_have_learned


class ChanceNotice:
    """Says of a teacher, when its training has ended, that it does no better on val than chance.

    Args:
        teachers: The teachers' runs.
        folder: The sweep's results.
        say: Prints a line.
    """

    def __init__(self, teachers: Iterable[Run], folder: SweepFolder, say: Callable[[str], None]) -> None:
        self._open = [run for run in teachers if run_state(folder.run(run.id)) != RunState.COMPLETE]
        self._folder = folder
        self._say = say

    def look(self) -> None:
        """Look at the teachers that were not done at the last look."""
        done = [run for run in self._open if run_state(self._folder.run(run.id)) == RunState.COMPLETE]
        for run in done:
            self._open.remove(run)
            is_given = isinstance(run.config, TrainConfig) and run.config.training.is_used_as_it_is
            line = chance_line(read_metrics(self._folder.run(run.id)), is_trained=not is_given)
            if line is not None:
                self._say(line)


class WeakTeacherNotice:
    """Says that the teacher is not better than the student alone, as soon as there is a baseline to tell by.

    It looks again when twice as many baselines are done, and when all are, and takes it back where their mean says
    otherwise.

    Args:
        plan: The runs.
        folder: The sweep's results.
        say: Prints a line.
    """

    def __init__(self, plan: Plan, folder: SweepFolder, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._num_known = 0  # baselines that were complete at the last look
        self._is_weak = False

    def look(self, searches: Searches, state_of: StateOf) -> None:
        """Look whether there is more to tell by than at the last look."""
        if any(state_of(run.id) != RunState.COMPLETE for run in self._plan.teachers):
            return
        baselines = all_baselines(self._plan, searches)
        num_known = sum(state_of(run.id) == RunState.COMPLETE for run in baselines)
        is_all = num_known == len(baselines)
        if num_known == self._num_known or (num_known < 2 * self._num_known and not is_all):
            return
        self._num_known = num_known
        weak = find_weak_teacher(self._plan, self._folder, searches)
        if weak is not None and not self._is_weak:
            self._say(f"Note: {weak.text}{self._outlook(searches)}")
        elif weak is None and self._is_weak:
            of_students = "some student" if len(self._plan.members) > 1 else "the student"
            self._say(f"Note: with more baselines, the teacher is better than {of_students} alone after all")
        self._is_weak = weak is not None

    def _outlook(self, searches: Searches) -> str:
        if self._plan.sweep.on_weak_teacher == "stop":
            return ""
        names = list(self._plan.every_search)
        is_over = bool(names) and all(name in searches and searches[name].best is not None for name in names)
        where = f"here{', before the search' if names else ''}"
        return f"; what it teaches can hardly help{'' if is_over else f' (on_weak_teacher=stop would end {where})'}"


def chance_line(metrics: Metrics, is_trained: bool = True) -> str | None:
    """What is said of a model whose accuracy on val cannot be told from naming the most frequent class.

    Nor its balanced accuracy, by which one that was trained to weigh small classes more is better than chance.

    Args:
        metrics: Of the model.
        is_trained: Here, and not used as it came.
    """
    val = metrics.val
    if val is None:
        return None
    chance = chance_of(val)
    if not is_at_chance(val):
        return None
    is_open = val.accuracy > chance or may_have_learned(val.accuracy, val.num_images, chance)
    return (
        f"{metrics.run_id} {'cannot be told from' if is_open else 'is no better than'} chance on val "
        f"({100 * val.accuracy:.1f} % of {val.num_images:,} images, chance {100 * chance:.1f} %): it "
        f"{'may have' if is_open else 'has'} nothing to teach; check its "
        f"{'model, its data and its learning rate' if is_trained else 'weights, what it is fed and its classes'}"
    )
