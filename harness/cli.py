"""The command line: a verb each for what ``make`` offers. Heavy imports wait inside the verbs."""

import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from harness import __version__
from harness.command_line import PROGRAM, command_line
from harness.state.folder import SweepFolder, last_started
from harness.state.records import SweepRecord
from harness.state.remedies import explain_unreadable
from harness.sweep.loading import find_sweep, load_sweep
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from harness.sweep.teacher_cost import find_teacher_cost, with_teacher_mode
from kd.errors import InputError, UnreadableFileError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Does knowledge distillation help here, with which alpha and temperature, and is the gain real?",
)
console = Console()
QUICKSTART = "quickstart"
INTERRUPTED = 130  # what a shell makes of Ctrl-C


SweepName = Annotated[
    str, typer.Argument(metavar="SWEEP", show_default=False, help="a name in sweeps/, or the path of a YAML file")
]
SweepOption = Annotated[str, typer.Option("--sweep", hidden=True, help="the same as an option, as the Makefile has it")]
SetOption = Annotated[str, typer.Option("--set", help="assignments: 'search.num_trials=50 student.epochs=30'")]
ResultsOption = Annotated[Path, typer.Option("--results", help="where results are kept")]
ClusterOption = Annotated[str, typer.Option("--cluster", help="a name in sweeps/clusters/, or the path of a YAML file")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"{PROGRAM} {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="say which version this is")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; bad input is one line and exit code 2."""
    app()


def _one_line_errors(verb: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(verb)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return verb(*args, **kwargs)
        except InputError as error:
            _fail(str(error), 2)
        except UnreadableFileError as error:
            _fail(explain_unreadable(error), 2)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror or error}; nothing is lost, the same command goes on", 1)

    return wrapped


def _fail(message: str, code: int) -> None:
    print(f"error: {message}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(code)


@app.command()
@_one_line_errors
def init() -> None:
    """Write a sweep to start from, cluster profiles and a Makefile into this folder; overwrite nothing."""
    from harness.commands.init import write_start

    for path in write_start(Path()):
        console.print(f"wrote {path}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Next: {command_line('sweep', 'quickstart')}", markup=False, highlight=False)


@app.command()
@_one_line_errors
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
    from harness.commands.check import rehearse
    from harness.commands.detach import detach
    from harness.commands.run import carry_out

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # detach, as for Ctrl-C
    record, plan, folder = _open(_first(name, sweep), overrides, results)
    _say_data(plan, folder)
    if in_background:
        profile = load_cluster(cluster)
        if profile.kind == "local":  # on SLURM the controller's job asks for one
            rehearse(plan, folder, profile, console)
        return detach(record, plan, folder, cluster, console, [word for word in sys.argv[1:] if word != "--detach"])
    end = carry_out(record, plan, folder, cluster, console, retry_failed)
    raise typer.Exit(1 if end == "incomplete" else 0)


@app.command()
@_one_line_errors
def plan(
    name: SweepName = "",
    sweep: SweepOption = "",
    cluster: ClusterOption = "local",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Show what a sweep would run and what is already done; submit nothing."""
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import print_known
    from harness.commands.inspect import print_plan

    _, planned, folder = _open(_first(name, sweep), overrides, results)
    _say_data(planned, folder)
    print_plan(planned, folder, cluster, console)
    options = {"cluster": cluster, "set": overrides, "results": _named(results)}
    print_known(planned, folder, load_cluster(cluster), console, command_line("check", _first(name, sweep), **options))


@app.command()
@_one_line_errors
def check(
    name: SweepName = "",
    sweep: SweepOption = "",
    cluster: ClusterOption = "local",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Try every model of a sweep for a moment where it will be trained, and say what it sees of an image."""
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import rehearse

    _, planned, folder = _open(_first(name, sweep), overrides, results)
    rehearse(planned, folder, load_cluster(cluster), console, always_say=True)


@app.command()
@_one_line_errors
def profile(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Measure, on this machine, where the time of a teacher, of its pass and of a student goes."""
    from harness.commands.profile import print_profile
    from harness.commands.profile import profile as measure

    _, planned, folder = _open(_first(name, sweep), overrides, results)
    print_profile(planned, measure(planned, folder), console)


@app.command()
@_one_line_errors
def status(name: SweepName = "", sweep: SweepOption = "", results: ResultsOption = Path("results")) -> None:
    """Show how far a sweep is."""
    from harness.commands.inspect import print_status

    folder, planned = _reopen(_started(results, name, sweep), results)
    print_status(planned, folder, console)


@app.command()
@_one_line_errors
def why(
    run: Annotated[str, typer.Option("--run", help="a run's name, or its beginning")],
    name: SweepName = "",
    sweep: SweepOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Show what became of a run: its state, attempts and the end of its log."""
    from harness.commands.inspect import print_why

    folder, planned = _reopen(_started(results, name, sweep), results)
    print_why(run, planned, folder, console)


@app.command()
@_one_line_errors
def cancel(name: SweepName = "", sweep: SweepOption = "", results: ResultsOption = Path("results")) -> None:
    """Stop a sweep's controller and jobs; what they did is kept."""
    from harness.commands.detach import stop

    folder, planned = _reopen(_started(results, name, sweep), results)
    stop(planned, folder, console)


@app.command()
@_one_line_errors
def report(name: SweepName = "", sweep: SweepOption = "", results: ResultsOption = Path("results")) -> None:
    """Build the report again from the result files."""
    from harness.commands.run import write_report
    from harness.report.index.pages import write_overview

    folder, _ = _reopen(_started(results, name, sweep), results)
    write_report(folder, console)
    write_overview(results)


@app.command()
@_one_line_errors
def index(results: ResultsOption = Path("results")) -> None:
    """List all sweeps again, with how each stands, on a page of their own."""
    from harness.report.index.pages import write_overview

    if not results.is_dir():
        raise InputError(f"results: no folder {results}")
    console.print(str(write_overview(results)), markup=False, highlight=False, soft_wrap=True)


@app.command()
@_one_line_errors
def publish(
    target: Annotated[str, typer.Option("--dir", help="a new or empty folder, or one that was published before")],
    name: SweepName = "",
    sweep: SweepOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Copy a sweep's report into a folder that any web server can serve."""
    from harness.report.publish.site import publish_site

    if not target:
        raise InputError(
            f"DIR: say where to: {command_line('publish', name or sweep, dir='FOLDER', results=_named(results))}"
        )
    index = publish_site(SweepFolder(results, _name_of(_started(results, name, sweep))), Path(target))
    console.print(str(index), markup=False, highlight=False, soft_wrap=True)


@app.command()
@_one_line_errors
def paper(
    target: Annotated[str, typer.Option("--dir", help="where to; results/<sweep>/paper where not given")] = "",
    name: SweepName = "",
    sweep: SweepOption = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Write a sweep's tables and figures for a LaTeX paper."""
    from harness.report.publish.paper import write_paper
    from harness.report.study import read_study
    from harness.report.text.language import LANGUAGES, language

    folder, _ = _reopen(_started(results, name, sweep), results)
    say = language(next(iter(LANGUAGES)))
    main_tex = write_paper(read_study(folder.path, folder.data), Path(target) if target else folder.path / "paper", say)
    console.print(str(main_tex), markup=False, highlight=False, soft_wrap=True)


@app.command()
@_one_line_errors
def serve(
    name: SweepName = "",
    sweep: SweepOption = "",
    results: ResultsOption = Path("results"),
    port: Annotated[int, typer.Option(help="0: any free one")] = 8000,
) -> None:
    """Serve the report on this machine's loopback address."""
    from harness.commands.serve import serve_report

    serve_report(SweepFolder(results, _name_of(_started(results, name, sweep))), port, console)


@app.command()
def schema(
    kind: Annotated[
        Literal["sweep", "cluster"], typer.Argument(help="of a sweep file, or of a cluster profile")
    ] = "sweep",
) -> None:
    """Print the JSON Schema of a sweep file or of a cluster profile, for editors."""
    from harness.commands.schema import schema_text

    print(schema_text(kind), end="")  # noqa: T201 not for a console that wraps


def _first(name: str, sweep: str) -> str:
    """The sweep that was asked for, as a word or as an option; the quickstart where none was."""
    if name and sweep and name != sweep:
        raise InputError(f"SWEEP: two were given, '{name}' and '{sweep}'")
    return name or sweep or QUICKSTART


def _named(results: Path) -> str:
    """The results' folder as a command names it: not at all where it is the usual one."""
    return "" if results == Path("results") else str(results)


def _started(results: Path, name: str, sweep: str) -> str:
    """The same, but where none was asked for the one in ``results`` that was started last."""
    return _first(name, sweep or ("" if name else last_started(results) or ""))


def _open(sweep: str, overrides: str, results: Path) -> tuple[SweepRecord, Plan, SweepFolder]:
    """The sweep of a file, with its data decoded; nothing of the sweep itself is written."""
    from kd.data.class_names import with_class_names
    from kd.data.splits import open_division
    from kd.data.store import prepare

    path = find_sweep(sweep)
    loaded: Sweep = load_sweep(path, overrides)
    folder = SweepFolder(results, loaded.name)
    folder.check_writable()
    index = prepare(loaded.data, folder.data)
    loaded = loaded.model_copy(update={"data": with_class_names(loaded.data, index.class_names)})
    planned = Plan(loaded, index.digest)
    division, store, _ = open_division(planned.data, folder.data)
    loaded = with_teacher_mode(loaded, find_teacher_cost(planned, len(division.train), len(store.class_names)))
    planned = Plan(loaded, index.digest)
    return SweepRecord(sweep=loaded, origin=str(path), overrides=overrides, digest=index.digest), planned, folder


def _say_data(plan: Plan, folder: SweepFolder) -> None:
    """What was read, before anything else is said of it."""
    from kd.data.summary import summarize

    line = summarize(plan.sweep.data, plan.data.digest, folder.data)
    console.print(f"Data: {line}.", markup=False, highlight=False, soft_wrap=True)


def _reopen(sweep: str, results: Path) -> tuple[SweepFolder, Plan]:
    """A sweep that was started, as its newest start resolved it."""
    folder = SweepFolder(results, _name_of(sweep))
    record = folder.read_sweep()
    return folder, Plan(record.sweep, record.digest)


def _name_of(sweep: str) -> str:
    return load_sweep(find_sweep(sweep)).name if sweep.endswith((".yaml", ".yml")) else sweep
