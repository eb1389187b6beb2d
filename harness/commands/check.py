"""The rehearsal as a person meets it: the first thing of a sweep, and the verb ``check``."""

from collections.abc import Callable

from rich.console import Console

from harness.cluster.fork.server import ForkServer
from harness.cluster.profiles import Profile, SlurmProfile
from harness.cluster.rehearsal import (
    AT_WORK,
    read_rehearsal,
    rehearsal_minutes,
    rehearse_here,
    rehearse_on_slurm,
    request_of,
    result_path,
)
from harness.console.plain_console import say
from harness.state.files.folder import SweepFolder
from harness.state.standing.tried import needs_rehearsal
from harness.sweep.plan import Plan
from kd.errors import InputError
from kd.files import read_record, write_record
from kd.records import Failure, Rehearsal, RehearsedLoss, RehearsedModel

REFUSAL = "refusal.json"  # in the sweep's folder: why its newest controller started nothing


def rehearse_detached(plan: Plan, folder: SweepFolder, profile: Profile, console: Console) -> bool:
    """The same without a terminal: what is refused is kept for ``status``. Says whether all is well."""
    (folder.path / REFUSAL).unlink(missing_ok=True)
    try:
        rehearse(plan, folder, profile, console, tell=folder.tell)
        folder.tell()
    except InputError as error:
        write_record(folder.path / REFUSAL, Failure(kind="bad input", reason=str(error)))
        say(console, f"error: {error}")
        return False
    return True


def read_refusal(folder: SweepFolder) -> str | None:
    """Why the newest controller started nothing, if it did not."""
    path = folder.path / REFUSAL
    return read_record(path, Failure).reason if path.exists() else None


def rehearse(
    plan: Plan,
    folder: SweepFolder,
    profile: Profile,
    console: Console,
    always_say: bool = False,
    meanwhile: Callable[[], object] = lambda: None,
    server: ForkServer | None = None,
    tell: Callable[..., None] = lambda *notes: None,
) -> None:
    """Try every model and own loss of a sweep where it will be trained, unless that was done, and say what came of it.

    Args:
        plan: The sweep.
        folder: Its results, which need not be there.
        profile: The cluster.
        console: Where a person looks.
        always_say: Also what an earlier rehearsal found; notes are said in any case.
        meanwhile: Called where something is rehearsed, on this machine while it is.
        server: Forks what is at work on this machine.
        tell: Is told what a rehearsal in a job is at, for who asks meanwhile.

    Raises:
        InputError: A model cannot be trained; one line that names it.
    """
    if not always_say and not needs_rehearsal(plan, folder):
        return
    found = known_rehearsal(plan, folder, profile)
    if found is not None:
        print_rehearsal(found, console, notes_only=not always_say)
        return
    request = request_of(plan, profile)
    path = result_path(request, profile, folder.data)
    if isinstance(profile, SlurmProfile):
        meanwhile()
        say(console, AT_WORK)
        found = rehearse_on_slurm(
            request, profile, folder.path, folder.data, path, lambda line: say(console, line), tell=tell
        )
    else:
        found = rehearse_here(request, folder.data, meanwhile, server)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_record(path, found)
    print_rehearsal(found, console)


def known_rehearsal(plan: Plan, folder: SweepFolder, profile: Profile) -> Rehearsal | None:
    """What an earlier rehearsal of the same found; None where none went well."""
    request = request_of(plan, profile)
    return read_rehearsal(result_path(request, profile, folder.data), request)


def print_known(plan: Plan, folder: SweepFolder, profile: Profile, console: Console, command: str) -> None:
    """For a plan, which submits nothing: a rehearsal here, or on SLURM what an earlier one found.

    Args:
        plan: The sweep.
        folder: Its results, which need not be there.
        profile: The cluster.
        console: Where a person looks.
        command: What rehearses now; empty where no run is left to rehearse for.
    """
    if not isinstance(profile, SlurmProfile):
        rehearse(plan, folder, profile, console, always_say=True)
        return
    found = known_rehearsal(plan, folder, profile)
    if found is not None:
        print_rehearsal(found, console)
    elif command:
        request = request_of(plan, profile)
        losses = [f"{place}.loss {settings[0].loss}" for place, settings in request.losses.items()]
        places = ", ".join([*losses, *(f"{place} {training.model}" for place, training in request.models.items())])
        say(
            console,
            f"A first job of {rehearsal_minutes(profile)} min tries {places} before anything else is submitted; now: "
            f"{command}",
        )


def print_rehearsal(found: Rehearsal, console: Console, notes_only: bool = False) -> None:
    """A line for each loss and each model, and one for each thing that should be known."""
    for loss in [] if notes_only else found.losses:
        say(
            console,
            f"{loss.place}.loss {loss.loss}: {_values_of(loss)} for random logits of {loss.num_classes} classes",
        )
    for tried in found.models:
        if not notes_only:
            say(console, _line_of(tried))
        for note in tried.notes:
            say(console, f"{tried.place}: {note}")


def _values_of(tried: RehearsedLoss) -> str:
    low, high = min(tried.values), max(tried.values)
    values = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g} (temperatures and options that will be met)"
    return f"{values}, with a gradient,"


def _line_of(tried: RehearsedModel) -> str:
    memory = f"{max(1, tried.memory_bytes / 2**20):,.0f} MiB"
    return (
        f"{tried.place} {tried.model}: {tried.num_parameters:,} parameters; sees {tried.fed}; "
        f"a batch takes about {memory} of memory"
    )
