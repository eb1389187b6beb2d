"""Carrying a sweep out: the data, the controller, the answer and the report."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Literal

from rich.console import Console

from harness.cluster.compiled_code import forget_compiled_code
from harness.cluster.executor import fork_server, make_executor
from harness.cluster.fork.server import ForkServer
from harness.cluster.profiles import Profile, load_cluster, student_jobs
from harness.commands.check import REFUSAL, rehearse
from harness.commands.place import (
    check_same_place,
    check_site,
    drop_outdated,
    find_unrecorded,
    take_over_waiting_controller,
)
from harness.commands.report import left_to_load, list_sweeps, load_overview, say_failed_parts, write_report
from harness.console.display import make_display
from harness.console.hints import Hints, once_mended
from harness.console.notices import ChanceNotice, WeakTeacherNotice
from harness.console.plain_console import say
from harness.controller.loop import Controller
from harness.controller.reuse import describe, find_elsewhere, take_over
from harness.controller.teacher_gate import WeakTeacherError
from harness.state.attempts.run_state import RunState, read_failure
from harness.state.files.folder import SweepFolder
from harness.state.files.records import Provenance, SweepRecord, write_sweep_record
from harness.state.provenance import current_code
from harness.state.standing.progress import measure
from harness.sweep.plan import Plan
from kd.errors import InputError
from kd.files import write_record

End = Literal["complete", "incomplete", "detached"]


def carry_out(
    record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, console: Console, retry_failed: bool
) -> End:
    """Run a sweep to its end and print the answer.

    Args:
        record: The sweep as resolved.
        plan: Its runs.
        folder: Its results.
        cluster: Name or path of the cluster profile.
        console: Where a person looks.
        retry_failed: Forget failures first.

    Returns:
        ``incomplete`` where failed runs left a hole.

    Raises:
        InputError: The profile is refused, the sweep is at work elsewhere, or its folder is another user's.
        KeyboardInterrupt: It was interrupted before anything was submitted.
    """
    profile = load_cluster(cluster)
    num_jobs = student_jobs(profile, plan.sweep)
    check_same_place(folder, cluster, profile)
    server = fork_server(profile, folder.path)
    if server is not None:  # it takes as long to load as all that comes before the first job
        server.start()
    check_site(plan, folder, profile, lambda line: say(console, line))
    try:
        rehearse(plan, folder, profile, console, meanwhile=load_overview, server=server)
    except KeyboardInterrupt:
        say(console, "Stopped before anything was submitted; the same command continues.")
        raise
    with _listed_again_if_refused(folder, console), folder.created() as closed, folder.controlled(num_jobs):
        for line in closed:
            say(console, line)
        declare(record, folder, cluster)
        (folder.path / REFUSAL).unlink(missing_ok=True)
        take_over_waiting_controller(folder, profile, lambda line: say(console, line))
        if retry_failed:
            folder.forget_failures()
        end = control(plan, folder, profile, num_jobs, console, server)
    if end != "detached":  # then it is no longer running
        list_sweeps(folder, console)
    return end


@contextmanager
def _listed_again_if_refused(folder: SweepFolder, console: Console) -> Iterator[None]:
    """A start that left no folder leaves no line in the table of all sweeps; a stopped sweep stands there as it is."""
    try:
        yield
    except InputError as error:
        if isinstance(error, WeakTeacherError) or not folder.path.exists():
            list_sweeps(folder, console)
        raise


def control(
    plan: Plan,
    folder: SweepFolder,
    profile: Profile,
    num_jobs: int,
    console: Console,
    server: ForkServer | None = None,
) -> End:
    """Be the controller of a sweep that is declared, under its lock, up to the report.

    Args:
        plan: The runs.
        folder: The sweep's results.
        profile: Where they are carried out.
        num_jobs: Students' jobs that there is room for at a time.
        console: Where a person looks.
        server: Forks the jobs on this machine.

    Raises:
        WeakTeacherError: The sweep says to stop at such a teacher.
    """
    try:
        list_sweeps(folder, console)
        folder.forget_failures(kind="bad input")  # what was bad may have been mended, and is told at once if not
        for line in describe(take_over(find_elsewhere(plan, folder), folder)):
            say(console, f"The same runs as in {line}: reused, not trained again.")
        for note in plan.sweep.notes:
            say(console, f"Note: {note}")
        executor = make_executor(profile, folder.path, folder.data, server)
        for job in find_unrecorded(executor, folder.read_jobs(), lambda line: say(console, line)):
            write_record(folder.job_path(job.job_id), job)
        drop_outdated(executor, folder, lambda line: say(console, line))
        display = make_display(plan.sweep.name, console, Hints(folder))

        chance = ChanceNotice(plan.teachers, folder, lambda line: say(console, line))
        weak = WeakTeacherNotice(plan, folder, lambda line: say(console, line))
        tried = set[str]()

        def watch(controller: Controller) -> None:
            chance.look()
            weak.look(controller.searches, controller.state_of)
            display.show(measure(controller.snapshot(), num_jobs, controller.notes()))
            folder.tell(*controller.own_notes())
            prepare_report(controller, profile.kind == "local", tried)

        controller = Controller(plan, folder, executor, watch)
        with display:
            complete = controller.run()
        if complete:
            forget_compiled_code(folder.path)
        write_report(folder, console, only_if_changed=complete, is_over=complete)
        controller.take_in_ended()
        _say_what_failed(controller, console)
    except WeakTeacherError as error:
        from harness.report.build import build_report
        from harness.report.text.failed_parts import collecting

        with collecting() as failed:
            build_report(folder.path, folder.data)  # which says why there is no answer
        say_failed_parts(failed.values(), folder, console)
        way_on = Hints(folder).again(changes={"on_weak_teacher": "warn"})
        raise WeakTeacherError(
            f"{error}. Take a better teacher or a smaller student, or continue anyway: {way_on}"
        ) from error
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not garble the last words
        hints = Hints(folder)
        say(console, f"Detached; {len(folder.read_jobs())} job(s) keep running or waiting. Re-attach: {hints.again()}")
        say(console, f"Stop them: {hints.cancel()}")
        return "detached"
    return "complete" if complete else "incomplete"


def prepare_report(controller: Controller, idle_slots_are_cores: bool, tried: set[str]) -> None:
    """Load what the report needs: all of it beside the last run, and a part a turn where cores have nothing to do.

    A part, because a run that ends meanwhile waits for the next one until it is loaded. Of a program that is another by
    now nothing is.

    Args:
        controller: At work.
        idle_slots_are_cores: Of this machine.
        tried: What was loaded at an earlier turn, or could not be; it grows.
    """
    parts = [name for name in left_to_load() if name not in tried]
    if not controller.lacks_test_alone:
        parts = parts[:1] if idle_slots_are_cores and controller.has_idle_slots else []
    if parts and controller.jobs and not controller.is_outdated(at_once=True):
        tried.update(parts)
        for name in parts:
            with suppress(Exception):  # one that is broken costs the report a part, which says so
                import_module(name)


def _say_what_failed(controller: Controller, console: Console) -> None:
    """The first failure's reason, and the way on, as the last lines."""
    failed = [step.run.id for step in controller.steps if controller.state_of(step.run.id) == RunState.FAILED]
    if not failed:
        return
    hints = Hints(controller.folder)
    failures = [failure for run_id in failed if (failure := read_failure(controller.folder.run(run_id)))]
    reason = f" ({failures[0].kind}: {failures[0].reason})" if failures else ""
    say(console, f"{len(failed)} run(s) failed, first {failed[0]}{reason}: {hints.why(failed[0])}")
    way_on = once_mended(failures, hints.retry(failures))
    say(console, way_on[0].upper() + way_on[1:])


def declare(record: SweepRecord, folder: SweepFolder, cluster: str) -> None:
    """Write down what is wanted, by which program, and where it runs."""
    write_sweep_record(folder.path, record)
    write_record(folder.path / "provenance.json", Provenance(code=current_code(), cluster=cluster))
