"""Whether a sweep's models were tried by more than a rehearsal: by their trainings."""

from harness.state.attempts.run_state import RunState, run_state
from harness.state.files.folder import SweepFolder
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from kd.config import TrainConfig
from kd.files import read_record
from kd.records import RunRecord


def needs_rehearsal(plan: Plan, folder: SweepFolder) -> bool:
    """Whether a start asks for a rehearsal, made now or before: not where every model was trained to the end once.

    It does for what a training shows in part alone, a loss of the user's own and features that are learned. A head that
    is used as it is was compared with the classes as they were called then.
    """
    if plan.sweep.all_features or any(loss.is_own for loss in plan.sweep.all_losses.values()):
        return True
    tried = (*plan.teachers, *(member.student for member in plan.members))
    return any(run_state(folder.run(run.id)) != RunState.COMPLETE for run in tried) or any(
        _is_used_as_it_is(run) and _names_when_declared(folder, run) != plan.data.class_names for run in tried
    )


def _is_used_as_it_is(run: Run) -> bool:
    return isinstance(run.config, TrainConfig) and run.config.training.epochs == 0


def _names_when_declared(folder: SweepFolder, run: Run) -> tuple[str, ...] | None:
    """What the run's classes were called when it was submitted."""
    return read_record(folder.run(run.id) / "config.json", RunRecord).config.data.class_names
