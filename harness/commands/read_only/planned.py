"""A sweep as a start would find it, whose file may say something else than at the last one."""

from harness.state.files.folder import SweepFolder
from harness.state.files.records import Trials
from harness.state.stages.graph import Searches, StateOf
from harness.state.standing.snapshot import Snapshot, read_snapshot
from harness.sweep.plan import Plan
from harness.sweep.sections.methods import Method
from kd.errors import InputError


def read_planned(folder: SweepFolder, plan: Plan) -> Snapshot:
    """The sweep's folder under this plan, nothing of which needs to have been started.

    Raises:
        UnreadableFileError: A result file is damaged or of a newer version.
    """

    def as_found(searches: Searches, state_of: StateOf) -> tuple[Searches, set[str]]:
        started = _as_started(folder) if searches else None
        if not searches or (started and all(_is_written_for(*found, plan, started) for found in searches.items())):
            return searches, set()
        from harness.controller.search.results import replayed  # here, as most plans do without: it brings Optuna

        return replayed(searches, plan, folder, state_of)

    return read_snapshot(folder, plan, as_found=as_found)


def _as_started(folder: SweepFolder) -> Plan | None:
    """The plan of the last start; None before there was one."""
    try:
        record = folder.read_sweep()
    except InputError:
        return None
    return Plan(record.sweep, record.digest)


def _is_written_for(name: str, found: Trials, plan: Plan, started: Plan) -> bool:
    """Whether a search was begun as this plan has it; another one asks for other settings, or chooses otherwise."""
    before = started.every_search.get(name)
    member, method = plan.every_search[name]
    if before is None or _asked(*before) != _asked(member, method):
        return False
    return all(trial.run_id == member.trial(trial.params, method).id for trial in found.trials)


def _asked(plan: Plan, method: Method) -> tuple[object, ...]:
    """What decides which settings are tried, beside the names of their runs."""
    sweep = plan.sweep
    return sweep.search, method.space, sweep.first_trial(method), sweep.student.epochs
