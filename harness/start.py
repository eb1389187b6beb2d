"""Carrying a sweep out: the data, the controller, the answer and the report."""

import signal
from pathlib import Path

from rich.console import Console

from harness.cluster import load_cluster, student_jobs
from harness.code import current_code
from harness.controller import Controller
from harness.display import make_display
from harness.executors import make_executor
from harness.folder import SweepFolder
from harness.plan import Plan
from harness.processes import terminate
from harness.progress import measure
from harness.records import Provenance, SweepRecord, write_sweep_record
from kd.files import read_record, write_record


def carry_out(
    record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, console: Console, again: str, retry_failed: bool
) -> int:
    """Run a sweep to its end and print the answer.

    Args:
        record: The sweep as resolved.
        plan: Its runs.
        folder: Its results.
        cluster: Name or path of the cluster profile.
        console: Where a person looks.
        again: The command that re-attaches.
        retry_failed: Forget failures first.

    Returns:
        The exit code: 0 complete or detached, 1 where failed runs left a hole.
    """
    profile = load_cluster(cluster)
    num_jobs = student_jobs(profile, plan.sweep)
    folder.create()
    with folder.controlled(num_jobs):
        write_sweep_record(folder.path, record)
        write_record(folder.path / "provenance.json", Provenance(code=current_code(), cluster=cluster))
        if retry_failed:
            folder.forget_failures()
        executor = make_executor(profile, folder.path, folder.data)
        for job in executor.unrecorded(folder.read_jobs()):
            write_record(folder.job_path(job.job_id), job)
        display = make_display(plan.sweep.name, console)

        def watch(controller: Controller) -> None:
            display.show(measure(folder, plan, controller.trials, controller.steps, controller.state_of, num_jobs))

        controller = Controller(plan, folder, executor, watch)
        try:
            with display:
                complete = controller.run()
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not garble the last words
            _say(console, f"Detached; {len(controller.jobs)} job(s) go on. Re-attach: {again}")
            _say(console, f"Stop them: make cancel SWEEP={plan.sweep.name}")
            return 0
        write_report(folder, console)
    return 0 if complete else 1


def write_report(folder: SweepFolder, console: Console) -> None:
    """Build the report and print the answer in two lines, and where the report is."""
    from harness.report.answer import find_answer
    from harness.report.build import build_report
    from harness.report.results import read_results

    index = build_report(folder.path, folder.data)
    for line in find_answer(read_results(folder.path)).lines():
        _say(console, line)
    _say(console, str(_shortest(index)))


def stop(plan: Plan, folder: SweepFolder, console: Console) -> None:
    """Stop the sweep's controller and its jobs."""
    controller = folder.read_controller()
    if controller is not None:
        terminate([(controller.pid, controller.process_created)])
    cluster = read_record(folder.path / "provenance.json", Provenance).cluster
    executor = make_executor(load_cluster(cluster), folder.path, folder.data)
    jobs = folder.read_jobs()
    jobs += executor.unrecorded(jobs)
    alive = executor.alive(jobs)
    executor.cancel(job for job in jobs if job.job_id in alive)
    _say(console, f"Cancelled {len(alive)} job(s) of {plan.sweep.name}; make sweep goes on from here.")


def _shortest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
