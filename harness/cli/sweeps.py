"""Verbs on a sweep: begin, carry out, look at, stop. Heavy imports wait inside the verbs."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.opening import asked_name, data_line, open_sweep, reopen, say_data, started_name
from harness.cli.program import (
    ClusterOption,
    JsonOption,
    ResultsOption,
    SetName,
    SetOption,
    SweepName,
    SweepOption,
    app,
    console,
    one_line_errors,
    print_json,
)
from harness.command_line import command_line, named_results
from harness.console.plain_console import say


@app.command()
@one_line_errors
def init() -> None:
    """Write a sweep to start from, cluster profiles and a Makefile into this folder; overwrite nothing."""
    from harness.commands.init import write_start

    for path in write_start(Path()):
        say(console, f"wrote {path}")
    console.print(f"Next: {command_line('sweep', 'quickstart')}", markup=False, highlight=False)


@app.command()
@one_line_errors
def sweep(
    name: SweepName = "",
    sweep: SweepOption = "",
    cluster: ClusterOption = "local",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="try failed runs once more")] = False,
    in_background: Annotated[bool, typer.Option("--detach", help="leave the controller running, and return")] = False,
) -> None:
    """Start, continue, re-attach to or repair a sweep, and build its report."""
    from harness.cluster.profiles import load_cluster
    from harness.commands.again import say_again

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # detach, as for Ctrl-C
    profile = load_cluster(cluster)  # before anything is decoded
    record, plan, folder = open_sweep(asked_name(name, sweep), overrides, results)
    say_data(record, plan, folder)
    if not (in_background or retry_failed) and say_again(record, plan, folder, cluster, console):
        return
    from harness.commands.check import rehearse
    from harness.commands.detach import detach
    from harness.commands.run import carry_out

    if in_background:
        if profile.kind == "local":  # on SLURM the controller's job asks for one
            rehearse(plan, folder, profile, console)
        return detach(record, plan, folder, cluster, console, [word for word in sys.argv[1:] if word != "--detach"])
    end = carry_out(record, plan, folder, cluster, console, retry_failed)
    raise typer.Exit(1 if end == "incomplete" else 0)


@app.command()
@one_line_errors
def plan(
    name: SweepName = "",
    sweep: SweepOption = "",
    cluster: ClusterOption = "local",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Show what a sweep would run and what is already done; submit nothing."""
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import print_known
    from harness.commands.read_only.as_json import account_for_plan
    from harness.commands.read_only.estimate import num_left, print_estimate
    from harness.commands.read_only.planned import read_planned
    from harness.commands.read_only.verbs import print_plan

    profile = load_cluster(cluster)
    record, planned, folder = open_sweep(asked_name(name, sweep), overrides, results, "plan")
    if as_json:
        return print_json(account_for_plan(read_planned(folder, planned), profile, data_line(planned, folder)))
    say_data(record, planned, folder)
    now = read_planned(folder, planned)
    print_plan(now, cluster, profile, console)
    options = {"cluster": cluster, "set": overrides, "results": named_results(results)}
    rehearses = command_line("check", asked_name(name, sweep), **options) if num_left(now) else ""
    print_known(planned, folder, profile, console, rehearses)
    print_estimate(now, profile, console)


@app.command()
@one_line_errors
def check(
    name: SweepName = "",
    sweep: SweepOption = "",
    cluster: ClusterOption = "local",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Try out every model of a sweep where it will be trained, and say what input it gets."""
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import rehearse

    profile = load_cluster(cluster)
    _, planned, folder = open_sweep(asked_name(name, sweep), overrides, results, "check")
    rehearse(planned, folder, profile, console, always_say=True)


@app.command()
@one_line_errors
def profile(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Measure, on this machine, where the time of the teacher's training, its logits and a student's training goes."""
    from harness.commands.read_only.profile import print_profile
    from harness.commands.read_only.profile import profile as measure

    _, planned, folder = open_sweep(asked_name(name, sweep), overrides, results, "profile")
    print_profile(planned, measure(planned, folder), console)


@app.command()
@one_line_errors
def status(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Show how far a sweep is; exit code 1 where a run failed for good."""
    from harness.commands.read_only.as_json import account_for_status
    from harness.commands.read_only.verbs import print_status

    folder, planned = reopen(started_name(results, name, sweep, overrides), results)
    if as_json:
        account = account_for_status(planned, folder)
        print_json(account)
        has_failed = bool(account.failed)
    else:
        has_failed = bool(print_status(planned, folder, console).failed)
    raise typer.Exit(1 if has_failed else 0)


@app.command()
@one_line_errors
def why(
    run: Annotated[
        str, typer.Option("--run", help="a run's name, or its beginning; none: lists those to ask about")
    ] = "",
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Show what became of a run: its state, attempts and the end of its log."""
    from harness.commands.read_only.as_json import account_for_run
    from harness.commands.read_only.verbs import print_why, print_worth_asking

    folder, planned = reopen(started_name(results, name, sweep, overrides), results)
    if as_json:
        print_json(account_for_run(run, planned, folder))
    elif run:
        print_why(run, planned, folder, console)
    else:
        print_worth_asking(planned, folder, console)


@app.command()
@one_line_errors
def cancel(
    name: SweepName = "", sweep: SweepOption = "", overrides: SetName = "", results: ResultsOption = Path("results")
) -> None:
    """Stop a sweep's controller and jobs; finished work is kept."""
    from harness.commands.detach import stop

    folder, planned = reopen(started_name(results, name, sweep, overrides), results)
    stop(planned, folder, console)
