"""A controller without a terminal: a process of its own here, a small job on SLURM; and how to end it."""

import os
import signal
import subprocess
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console

from harness.cluster.executor import make_executor
from harness.cluster.profiles import Profile, SlurmProfile, load_cluster, student_jobs
from harness.command_line import start_words
from harness.commands.check import rehearse_detached
from harness.commands.place import check_same_place, check_site, find_unrecorded, patiently, recorded_cluster
from harness.commands.report import list_sweeps
from harness.commands.run import End, control, declare
from harness.console.hints import Hints
from harness.console.plain_console import PlainConsole, say
from harness.controller.teacher_gate import WeakTeacherError
from harness.state.attempts.processes import created, holds, terminate, wait_for_end
from harness.state.attempts.run_state import SweepState
from harness.state.files.folder import SweepFolder
from harness.state.files.records import SweepRecord
from harness.state.standing.snapshot import read_snapshot
from harness.sweep.plan import Plan
from kd.errors import InputError, UnreadableFileError

if TYPE_CHECKING:
    from submitit.helpers import DelayedSubmission

LOOK_S = 0.05  # between looks whether a controller that was started is at work
HANDOVER_S = 60.0  # a controller that was told to end is waited for this long
SIGNALS = (signal.SIGTERM, signal.SIGUSR2)


class ControllerJob:
    """The callable that submitit pickles: a controller that asks for itself again when it is interrupted.

    It holds names and paths alone and reads the sweep when it starts, so that a newer program can carry out what
    an older one submitted.

    Args:
        results: Where results are kept.
        name: The sweep.
        cluster: Name or path of the cluster profile.
        folder: In which names of sweeps and profiles are looked up.
    """

    def __init__(self, results: Path, name: str, cluster: str, folder: Path) -> None:
        self.results = str(results)
        self.name = name
        self.cluster = cluster
        self.folder = str(folder)

    def __call__(self) -> None:
        """Carry the sweep out; called in the job."""
        from harness.cluster.slurm.executor import requeue_this_job

        for number in SIGNALS:
            signal.signal(number, _interrupt)
        try:
            end: End = self._work()
        except KeyboardInterrupt:  # while it started
            end = "detached"
        if end == "detached":
            requeue_this_job()

    def checkpoint(self) -> "DelayedSubmission":
        """What submitit requeues where a signal comes before the call: the same."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self)

    def _work(self) -> End:
        os.chdir(self.folder)
        folder = SweepFolder(Path(self.results), self.name)
        folder.create()
        record = folder.read_sweep()
        plan, profile = Plan(record.sweep, record.digest), load_cluster(self.cluster)
        num_jobs = student_jobs(profile, plan.sweep)
        with folder.controlled(num_jobs):
            if not rehearse_detached(plan, folder, profile, PlainConsole()):
                return "incomplete"
            end = self._control(plan, folder, profile, num_jobs)
        if end != "detached":
            list_sweeps(folder, PlainConsole())
        return end

    def _control(self, plan: Plan, folder: SweepFolder, profile: Profile, num_jobs: int) -> End:
        """The same without a shell to tell of an error: it stands in the log, and in what ``status`` says."""
        console = PlainConsole()
        try:
            return control(plan, folder, profile, num_jobs, console)
        except WeakTeacherError as error:
            say(console, f"error: {error}")
            return "incomplete"


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Detach as for Ctrl-C, once: a scheduler sends more than one signal, and the second must not end the farewell."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def detach(
    record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, console: Console, words: list[str]
) -> None:
    """Start a controller that outlives this shell, and return.

    Args:
        record: The sweep as resolved.
        plan: Its runs.
        folder: Its results.
        cluster: Name or path of the cluster profile.
        console: Where a person looks.
        words: This command without ``--detach``.

    Raises:
        InputError: Another controller is at work, or waits in the queue, or the one that was started gave up at once.
    """
    profile = load_cluster(cluster)
    check_same_place(folder, cluster, profile)
    check_site(plan, folder, profile, lambda line: say(console, line))
    with folder.created() as closed:
        for line in closed:
            say(console, line)
        job = _declare(record, folder, profile, cluster, console, words)
    where = f"job {job}" if job else _spawn(words, folder, console)
    hints = Hints(folder)
    say(console, f"The controller is {where}. Watch: {hints.status()}")
    say(console, f"Stop: {hints.cancel()}")


def _declare(
    record: SweepRecord, folder: SweepFolder, profile: Profile, cluster: str, console: Console, words: list[str]
) -> str | None:
    """Write down what is wanted; on SLURM submit the controller, and give its job's id."""
    with folder.controlled(profile.num_slots):  # refused where another controller is at work
        if isinstance(profile, SlurmProfile):
            _refuse_second(folder)
        declare(record, folder, cluster)
        if "--retry-failed" in words:
            folder.forget_failures()
    if isinstance(profile, SlurmProfile):
        from harness.cluster.slurm.controller import submit_controller

        job = ControllerJob(folder.path.parent, folder.path.name, cluster, Path.cwd())
        job_id, words_of_it = submit_controller(profile, folder.path, job)
        if words_of_it:
            say(console, words_of_it)
        return job_id
    return None


def stop(plan: Plan, folder: SweepFolder, console: Console) -> None:
    """Stop the sweep's controller, wherever it runs, and then its jobs.

    Raises:
        InputError: The controller did not end, or the folder is another user's.
    """
    for line in folder.create():
        say(console, line)
    controller = folder.read_controller()
    named = [] if controller is None else [(controller.pid, controller.process_created)]
    has_controller = terminate(named, is_this=holds(folder.lock_path))
    profile = load_cluster(recorded_cluster(folder) or "local")
    if isinstance(profile, SlurmProfile):
        from harness.cluster.slurm.controller import cancel_controller, find_controller

        has_controller |= patiently(lambda: find_controller(folder.path), lambda line: say(console, line)) is not None
        patiently(lambda: cancel_controller(folder.path), lambda line: say(console, line))
    with folder.controlled(profile.num_slots, patience_s=HANDOVER_S):
        executor = make_executor(profile, folder.path, folder.data)
        jobs = folder.read_jobs()
        jobs += find_unrecorded(executor, jobs, lambda line: say(console, line))
        over = executor.over(jobs)
        living = [job for job in jobs if job.job_id not in over]
        executor.cancel(living)
    ended = ["the controller"] if has_controller else []
    ended += [f"{len(living)} job(s)"] if living else []
    name = plan.sweep.name
    said = f"Cancelled {' and '.join(ended)} of {name}" if ended else f"Nothing of {name} was running or waiting"
    way_on = "it is complete" if _is_complete(plan, folder) else f"to continue: {Hints(folder).again()}"
    say(console, f"{said}; {way_on}")


def _is_complete(plan: Plan, folder: SweepFolder) -> bool:
    try:
        return read_snapshot(folder, plan).standing(is_controlled=False).state == SweepState.COMPLETE
    except UnreadableFileError:  # the next start says so; that jobs were cancelled is said whatever else is damaged
        return False


def _refuse_second(folder: SweepFolder) -> None:
    from harness.cluster.slurm.controller import find_controller

    waiting = patiently(lambda: find_controller(folder.path), lambda line: None)
    if waiting is not None:
        raise InputError(
            f"{folder.path.name} already has a controller, job {waiting}: watch it with {Hints(folder).status()}"
        )


def _spawn(words: list[str], folder: SweepFolder, console: Console) -> str:
    """Start the controller, wait until it is at work, so that who looks or cancels then finds it, and say what it is.

    Raises:
        InputError: It refused the sweep, or was ended, before it was at work.
    """
    log = folder.path / "logs" / "controller.log"
    with log.open("ab") as stream:
        before = stream.tell()  # an earlier controller's words are not this one's
        process = subprocess.Popen(
            [*start_words(), *words],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    this = process.pid, created(process.pid)
    try:
        while process.poll() is None:
            at_work = folder.read_controller()
            if at_work is not None and at_work.pid == process.pid:
                return f"process {process.pid}"
            wait_for_end([this], timeout_s=LOOK_S)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        say(console, "Stopped before the controller was at work; the same command starts it.")
        raise
    if process.returncode == 0:
        return f"process {process.pid}, which has ended already: {log}"
    last = log.read_bytes()[before:].decode(errors="replace").strip().rpartition("\n")[2].removeprefix("error: ")
    raise InputError(f"the controller has ended: {last or f'exit code {process.returncode}'}; its words stand in {log}")
