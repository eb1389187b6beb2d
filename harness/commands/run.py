"""Carrying a sweep out: the data, the controller, the answer and the report."""

import signal
from pathlib import Path
from typing import Literal

from rich.console import Console

from harness.cluster.executor import make_executor
from harness.cluster.profiles import load_cluster, student_jobs
from harness.commands.display import make_display
from harness.controller.loop import Controller
from harness.state.folder import SweepFolder
from harness.state.progress import measure
from harness.state.provenance import current_code
from harness.state.records import Provenance, SweepRecord, write_sweep_record
from harness.sweep.plan import Plan
from kd.files import write_record

End = Literal["complete", "incomplete", "detached"]


def carry_out(
    record: SweepRecord, plan: Plan, folder: SweepFolder, cluster: str, console: Console, again: str, retry_failed: bool
) -> End:
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
        ``incomplete`` where failed runs left a hole.
    """
    from harness.report.index.pages import write_overview

    profile = load_cluster(cluster)
    num_jobs = student_jobs(profile, plan.sweep)
    folder.create()
    with folder.controlled(num_jobs):
        declare(record, folder, cluster)
        write_overview(folder.path.parent)
        if retry_failed:
            folder.forget_failures()
        executor = make_executor(profile, folder.path, folder.data)
        for job in executor.unrecorded(folder.read_jobs()):
            write_record(folder.job_path(job.job_id), job)
        display = make_display(plan.sweep.name, console)

        def watch(controller: Controller) -> None:
            display.show(measure(controller.snapshot(), num_jobs, controller.notes()))

        controller = Controller(plan, folder, executor, watch)
        try:
            with display:
                complete = controller.run()
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not garble the last words
            _say(console, f"Detached; {len(controller.jobs)} job(s) go on. Re-attach: {again}")
            _say(console, f"Stop them: make cancel SWEEP={plan.sweep.name}")
            return "detached"
        write_report(folder, console)
    write_overview(folder.path.parent)  # no longer under control, so no longer running
    return "complete" if complete else "incomplete"


def declare(record: SweepRecord, folder: SweepFolder, cluster: str) -> None:
    """Write down what is wanted, by which program, and where it runs."""
    write_sweep_record(folder.path, record)
    write_record(folder.path / "provenance.json", Provenance(code=current_code(), cluster=cluster))


def write_report(folder: SweepFolder, console: Console) -> None:
    """Build the report, publish the best student, and print the answer in two lines and where the report is."""
    from harness.report.analysis.gains import find_answer
    from harness.report.build import build_report
    from harness.report.publish.student import publish_student
    from harness.report.results.reader import read_results
    from harness.report.text.headline import answer_lines
    from harness.report.text.language import language

    index = build_report(folder.path, folder.data)
    results = read_results(folder.path)
    publish_student(results)
    for line in answer_lines(find_answer(results), language("en")):
        _say(console, line)
    _say(console, str(_shortest(index)))


def _shortest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _say(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
