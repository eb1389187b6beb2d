"""A start of a sweep that is over and of which nothing has changed: the answer once more, without a controller.

What a controller decides follows from the sweep, its results and the program. Where all of these, and the report, are
as they were when one found nothing left to do, another would find the same, and only take longer.
"""

from collections.abc import Callable

from rich.console import Console

from harness.commands.report import is_as_built, list_sweeps, read_stamp, say_answer
from harness.console.display import make_display
from harness.console.hints import Hints
from harness.console.notices import WeakTeacherNotice
from harness.console.plain_console import say
from harness.state.files.folder import SweepFolder
from harness.state.files.records import Provenance, SweepRecord
from harness.state.provenance import current_code
from harness.state.standing.progress import measure
from harness.state.standing.snapshot import read_snapshot
from harness.state.standing.tried import needs_rehearsal
from harness.sweep.plan import Plan
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record


def say_again(record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, console: Console) -> bool:
    """Say the answer of a sweep where a controller would only find it again; says whether that was so.

    Args:
        record: The sweep as resolved.
        plan: Its runs.
        folder: Its results, which need not be there.
        cluster: Name or path of the cluster profile.
        console: Where a person looks.

    Raises:
        InputError: The sweep's folder is another user's, or the profile is refused.
    """
    stamp = read_stamp(folder)
    if stamp is None or not stamp.is_over or not _is_declared(record, folder, cluster):
        return False
    say_rehearsal = _find_notes(plan, folder, cluster) if needs_rehearsal(plan, folder) else _say_nothing
    if say_rehearsal is None:
        return False
    for line in folder.create():
        say(console, line)
    if not is_as_built(stamp, folder):
        return False
    (folder.path / "sweep.yaml").touch()  # which sweep was started last, its time tells
    say_rehearsal(console)
    for note in plan.sweep.notes:
        say(console, f"Note: {note}")
    snapshot = read_snapshot(folder, plan)
    with make_display(plan.sweep.name, console, Hints(folder)) as display:
        WeakTeacherNotice(plan, folder, lambda line: say(console, line)).look(snapshot.searches, snapshot.state_of)
        display.show(measure(snapshot, None, folder.unreadable()))
    say_answer(stamp, folder, console)
    list_sweeps(folder, console, only_if_changed=True)
    return True


def _find_notes(plan: Plan, folder: SweepFolder, cluster: str) -> Callable[[Console], None] | None:
    """What says the notes of the rehearsal that every start asks for; None where it is to be made, by a controller."""
    # here, as most second starts do without: submitit comes along
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import known_rehearsal, print_rehearsal

    found = known_rehearsal(plan, folder, load_cluster(cluster))
    return None if found is None else lambda console: print_rehearsal(found, console, notes_only=True)


def _say_nothing(console: Console) -> None:
    """Of models that were trained."""


def _is_declared(record: SweepRecord, folder: SweepFolder, cluster: str) -> bool:
    """Whether the sweep was started last as it is now: the same file, by the same program, on the same cluster."""
    try:
        made = read_record(folder.path / "provenance.json", Provenance)
        return folder.read_sweep() == record and made == Provenance(code=current_code(), cluster=cluster)
    except (FileNotFoundError, InputError, UnreadableFileError):
        return False
