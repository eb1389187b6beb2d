"""The verbs that only look: plan, status, why."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from harness.cluster.profiles import Profile, SlurmProfile, job_size, student_jobs
from harness.commands.check import read_refusal
from harness.commands.place import check_partitions, find_misfits
from harness.commands.read_only.as_json import find_run, is_held, next_command, read_failures, unmet_needs
from harness.commands.read_only.queue_view import look
from harness.console.display import render
from harness.console.hints import Hints, once_mended
from harness.console.plain_console import say
from harness.controller.reuse import describe, find_elsewhere
from harness.state.attempts.facts import changed_code, changed_hardware, device_name
from harness.state.attempts.processes import is_suspended
from harness.state.attempts.run_state import FINISHED, RunState, read_failure, read_history
from harness.state.files.folder import SweepFolder, end_of_log, find_logs
from harness.state.files.records import ControllerRecord
from harness.state.stages.seeds import look_lines
from harness.state.stages.weak_teacher import find_weak_teacher
from harness.state.standing.progress import Progress, measure, runs_of_a_job
from harness.state.standing.snapshot import Snapshot
from harness.sweep.plan import Plan
from harness.sweep.preparation.teacher_cost import explain, find_teacher_cost, sharing_note
from harness.sweep.preparation.unlabeled_images import unlabeled_cost
from harness.sweep.runs import Run
from harness.sweep.totals import STAGES, stage_limits, stage_totals
from kd.config import pack_key
from kd.data.division.splits import open_division
from kd.errors import InputError
from kd.records import Attempt, AttemptEnd

WORTH_ASKING = (RunState.FAILED, RunState.UNREADABLE, RunState.INTERRUPTED, RunState.RUNNING, RunState.QUEUED)
NUM_LISTED = 20


def print_plan(now: Snapshot, cluster: str, profile: Profile, console: Console) -> None:
    """What would run, by stage, and what is already done, on a cluster that is called so."""
    plan, folder = now.plan, now.folder
    student_jobs(profile, plan.sweep)
    done = Counter(step.stage for step in now.steps if now.state_of(step.run.id) in FINISHED)
    totals, limits = stage_totals(plan), stage_limits(plan)
    table = Table(box=None, pad_edge=False)
    for column in ("stage", "runs", "done", "to do", "epochs each", "names"):
        table.add_column(column, justify="right" if column in ("runs", "done", "to do", "epochs each") else "left")
    for stage in STAGES:
        if stage in totals:
            known = [step for step in now.steps if step.stage == stage]
            epochs = {step.run.config.training.epochs for step in known if step.run.config.kind == "train"}
            finished = min(done[stage], totals[stage])
            names = known[0].run.id if known else "chosen as results arrive"
            more = f" … (+{len(known) - 1})" if len(known) > 1 else ""
            to_do = totals[stage] - finished
            may_come = limits[stage] - totals[stage]  # where seeds may be added
            table.add_row(
                stage,
                f"{totals[stage]} to {limits[stage]}" if may_come else str(totals[stage]),
                str(finished),
                f"{to_do} to {to_do + may_come}" if may_come else str(to_do),
                ", ".join(map(str, sorted(epochs))),
                names + more,
            )
    console.print(table)
    for line in describe(find_elsewhere(plan, folder)):
        say(console, f"The same runs as in {line}: starting this sweep reuses them.")
    division, store, _ = open_division(plan.data, folder.data)
    for note in plan.sweep.notes:
        say(console, f"Note: {note}")
    say(console, explain(plan.sweep, find_teacher_cost(plan, len(division.train), len(store.class_names))))
    if shared := sharing_note(plan):
        say(console, shared)
    if (cost := unlabeled_cost(plan, len(store.class_names))) is not None:
        say(console, cost)
    runs = f"up to {profile.runs_per_job} runs" if profile.runs_per_job else f"runs for about {profile.job_s:.0f} s"
    say(
        console,
        f"{plan.sweep.name} on {cluster}: {profile.num_slots} slot(s) of {profile.threads_per_slot} thread(s)"
        f"{_critical_path(profile)}, {runs} per job{_packing(profile)}. Nothing was submitted.",
    )
    if isinstance(profile, SlurmProfile):
        _print_submission(profile, now, console)


def _critical_path(profile: Profile) -> str:
    if isinstance(profile, SlurmProfile) or profile.slots_of(1, 1) == 1:
        return ""
    return f" ({profile.threads_for(1, 1)} for a run that all others wait for)"


def _packing(profile: Profile) -> str:
    if profile.pack_size == 1:
        return ""
    small = "small " if profile.pack == "auto" else ""
    return f", of which up to {profile.pack_size} train as one stacked model ({small}students with the same settings)"


def _print_submission(profile: SlurmProfile, now: Snapshot, console: Console) -> None:
    """What a SLURM sweep may cost at most, and the text of its first array."""
    from harness.cluster.slurm.script import sbatch_text

    num_over = sum(now.is_over(step.run.id) for step in now.steps)
    left = sum(stage_totals(now.plan).values()) - num_over
    most_runs = profile.runs_per_job or max(runs_of_a_job(now, left, 1), profile.pack_size)
    unit = "GPU-hours" if profile.gpus_per_run else "job-hours"
    if not num_over:
        most_gpus = max((step.run.gpus for step in now.steps), default=1) if profile.gpus_per_run else 1
        hours = left * most_gpus * profile.time_min / 60
        most = f"{hours:,.0f}" if hours >= 100 else f"{hours:.3g}"
        say(
            console,
            f"No run has finished yet. {left} runs in jobs of up to {most_runs} with time_min {profile.time_min} each "
            f"take at most {most} {unit}, each in a job of its own, if none is requeued.",
        )
    _say_misfits(profile, now.plan, sbatch_text(profile, now.folder.path, 1), console)
    ready = [step.run for step in now.steps if step.is_ready(now.state_of)]
    if not ready:
        say(console, "No run is ready to be submitted.")
    for gpus in sorted({run.gpus for run in ready}):
        alike = [run for run in ready if run.gpus == gpus]
        num_jobs = min(max(1, _num_jobs(alike, profile, most_runs)), profile.num_slots)
        say(console, f"— the first array, {len(alike)} runs in {num_jobs} jobs:")
        say(console, sbatch_text(profile, now.folder.path, num_jobs, gpus).rstrip())


def _say_misfits(profile: SlurmProfile, plan: Plan, script: str, console: Console) -> None:
    """What SLURM would not take, or let wait, of a job of this text, where the site can be asked."""
    from harness.cluster.slurm.site import read_partition, refusal_at_present

    try:
        check_partitions(profile)
    except InputError as error:
        say(console, f"Will not run as it is: {str(error).removeprefix('CLUSTER: ')}")
        return
    found = find_misfits(plan, profile)
    if not found and (refusal := refusal_at_present(script)):
        found = [f"SLURM would not start such a job now: {refusal}"]
    for line in found:
        say(console, line)
    partition = read_partition(profile.controller_partition or profile.partition)
    limit = partition.max_time_min if partition is not None else None
    if partition is not None and limit is not None and profile.controller_time_min > limit:
        its = f"controller_time_min {profile.controller_time_min}"
        say(console, f"{its} is above the {limit} of partition {partition.name}: with DETACH=1 it will be {limit}")


def _num_jobs(runs: list[Run], profile: SlurmProfile, most_runs: int) -> int:
    """Jobs that carry these out: packs apart from what cannot be packed with them."""
    packs = Counter(pack_key(run.config) if profile.pack_size > 1 else None for run in runs)
    sizes = {
        key: job_size(number, profile.num_slots, most_runs, min(number, profile.pack_size) if key else 1)
        for key, number in packs.items()
    }
    return sum(-(-number // sizes[key]) for key, number in packs.items())


def print_status(plan: Plan, folder: SweepFolder, console: Console) -> Progress:
    """How far the sweep is, what its jobs wait for, what failed, and whether a controller is at work."""
    controller, (now, queue), hints = folder.read_controller(), look(plan, folder), Hints(folder)
    progress = measure(
        now, controller.num_slots if controller else queue.num_slots, queue.notes, queue.is_controller_queued
    )
    # no line is broken: a command in it is to be pasted
    console.print(render(progress, plan.sweep.name, hints, console.encoding), soft_wrap=True)
    attempts = {step.run.id: now.attempts(step.run.id) for step in now.steps}
    if interruptions := _interruptions(itertools.chain(*attempts.values())):
        say(console, f"Interrupted so far: {interruptions}.")
    damages = (each.damage for made in attempts.values() for each in made if each.damage)
    for line in [*_changes(attempts), *folder.unreadable(), *damages]:
        say(console, line)
    if starts := folder.read_false_starts():
        say(console, f"{len(starts)} job(s) ended before they began a run; the last, {starts[-1].text}")
    weak = find_weak_teacher(now.plan, folder, now.searches)
    if weak is not None:
        say(console, f"Note: {weak.text}.")
    for line in look_lines(now.plan.sweep.seed_rule, now.looks):
        say(console, line)
    held = is_held(plan, weak)
    if controller is not None:
        _say_who_runs_it(controller, console)
    elif queue.controller is not None:
        say(console, f"Its controller is {queue.controller.text}.")
    elif progress.done < progress.total:
        way_on = "" if progress.failed and not held else next_command(progress, folder, hints, held) or ""
        _say_how_to_go_on(folder, held, queue.is_known, way_on, console)
    if progress.failed:
        _say_way_on(folder, progress.failed, hints, console)
    return progress


def _say_who_runs_it(controller: ControllerRecord, console: Console) -> None:
    say(console, f"Run by process {controller.pid} on {controller.host} since {controller.started_at}.")
    if is_suspended(controller.pid, controller.process_created):
        say(console, f"It stands still, as after Ctrl-Z; to let it go on: kill -CONT {controller.pid}")


def _changes(attempts: Mapping[str, Sequence[Attempt]]) -> Iterator[str]:
    """Lines on runs that went on otherwise than they began."""
    changed = [run_id for run_id, made in attempts.items() if changed_code(made)]
    if changed:
        yield f"{len(changed)} run(s) were resumed with different code: {', '.join(changed[:5])}"
    changed = [run_id for run_id, made in attempts.items() if changed_hardware(made)]
    if changed:
        yield (
            f"{len(changed)} run(s) were resumed on other hardware (another GPU, CPU or number of CPU threads), so "
            f"they are not bit-identical to uninterrupted ones: {', '.join(changed[:5])}"
        )


def _say_how_to_go_on(
    folder: SweepFolder, is_held_back: bool, is_queue_known: bool, way_on: str, console: Console
) -> None:
    """That nothing is at work on a sweep that is not over, and what goes on with it, if no failure asks for more."""
    if refusal := read_refusal(folder):
        say(console, f"Nothing was started: {refusal}")
    if is_held_back:
        say(console, f"It stopped there, as on_weak_teacher says; to continue anyway: {way_on}")
    else:
        nor_there = "" if is_queue_known else ", and a controller in the queue would not be seen now"
        say(console, f"No controller is running here{nor_there}" + (f"; continue with {way_on}" if way_on else ""))


def _say_way_on(folder: SweepFolder, run_ids: Sequence[str], hints: Hints, console: Console) -> None:
    """Why the first of these runs failed, and what tries all of them again."""
    failures = read_failures(folder, run_ids)
    if failures:
        first, way_on = failures[0], once_mended(failures, hints.retry(failures))
        say(console, f"{run_ids[0]} failed ({first.kind}: {first.reason}); {way_on}")


def _interruptions(attempts: Iterable[Attempt]) -> str:
    """How many attempts did not end by themselves, by cause; empty where all did."""
    ends = Counter(attempt.end for attempt in attempts)
    counts = {
        "preempted or stopped": ends[AttemptEnd.PREEMPTED],
        "at the time limit": ends[AttemptEnd.TIMEOUT],
        "died": ends[AttemptEnd.DIED],
        "out of memory": ends[AttemptEnd.OUT_OF_MEMORY],
        "by a full disk": ends[AttemptEnd.DISK_FULL],
    }
    return ", ".join(f"{number} {how}" for how, number in counts.items() if number)


def print_worth_asking(plan: Plan, folder: SweepFolder, console: Console) -> None:
    """The runs that a person may want to know more of, those that failed first, each with the command that says it."""
    (now, _), hints = look(plan, folder), Hints(folder)
    states = {step.run.id: now.state_of(step.run.id) for step in now.steps}
    asked = [run_id for state in WORTH_ASKING for run_id, its in states.items() if its == state]
    if not asked:
        say(
            console,
            f"No run of {plan.sweep.name} failed, was stopped or is running; any of {len(states)} can be named:",
        )
        asked = list(states)
    for run_id in asked[:NUM_LISTED]:
        say(console, f"{states[run_id]}: {hints.why(run_id)}")
    if len(asked) > NUM_LISTED:
        say(console, f"… and {len(asked) - NUM_LISTED} more")


def print_why(name: str, plan: Plan, folder: SweepFolder, console: Console) -> None:
    """A run's state, what it waits for, its attempts, and the end of its log.

    Raises:
        InputError: No run, or more than one, begins with ``name``.
    """
    now, queue = look(plan, folder)
    state_of, hints = now.state_of, Hints(folder)
    steps = {step.run.id: step for step in now.steps}
    run_id = find_run(name, folder, steps)
    run_folder = folder.run(run_id)
    history, failure = read_history(run_folder), read_failure(run_folder)
    done = f", {len(history.epochs)} of {history.num_epochs} epochs" if history else ""
    missing = unmet_needs(run_id, steps, state_of)
    is_blocked = any(state == RunState.FAILED for _, state in missing)
    say(console, f"{run_id}: {'blocked' if is_blocked else state_of(run_id)}{done}")
    if failure is not None:
        _say_way_on(folder, [run_id], hints, console)
    for needed, state in missing:
        say(console, f"it needs {needed}, which is {state}: {hints.why(needed)}")
    for job in now.jobs if run_id in steps and state_of(run_id) == RunState.QUEUED else ():
        if run_id in job.run_ids and (reason := queue.why_waiting(job)):
            say(console, f"job {job.job_id} waits {reason}")
    attempts = now.attempts(run_id)
    for attempt in attempts:
        end = f"{attempt.end} {attempt.ended_at}" if attempt.end else "no word of an end"
        if attempt.damage:
            say(console, f"attempt {attempt.number}: {attempt.damage}")
            continue
        reason = f" ({attempt.reason})" if attempt.reason else ""
        say(
            console,
            f"attempt {attempt.number}: job {attempt.job_id} on {attempt.host}, {device_name(attempt)}, "
            f"from epoch {attempt.start_epoch + 1} at {attempt.started_at}: {end}{reason}",
        )
    for start in (each for each in folder.read_false_starts() if run_id in each.run_ids):
        say(console, f"never started, {start.ended_at}: {start.text}")
    if attempts:
        _print_log(folder, run_id, attempts[-1].job_id, console)


def _print_log(folder: SweepFolder, run_id: str, job_id: str, console: Console) -> None:
    for path in find_logs(folder.path).get(job_id, []):
        if lines := end_of_log(path, run_id):
            say(console, f"— the end of {path}:")
            for line in lines:
                say(console, line)
