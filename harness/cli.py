"""The command line: a verb each for what ``make`` offers. Heavy imports wait inside the verbs."""

import signal
import sys
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import BaseModel

from harness import __version__
from harness.command_line import PROGRAM, command_line, named_results
from harness.console.plain import write_plainly
from harness.console.plain_console import PlainConsole, say
from harness.garbage import collected_later
from harness.state.files.folder import SweepFolder, last_started
from harness.state.files.other_sweeps import find_model_of
from harness.state.files.records import SweepRecord
from harness.state.remedies import explain_unreadable
from harness.sweep.loading import find_sweep, is_path, load_sweep, parse_overrides, read_sweep, read_yaml
from harness.sweep.plan import Plan
from harness.sweep.preparation.teacher_cost import find_teacher_cost, with_teacher_mode
from harness.sweep.schema import Sweep
from harness.sweep.sections.extra_tests import decoded, extra_lines
from harness.sweep.sections.names import checked_name, shown
from kd.errors import InputError, UnreadableFileError
from kd.plain_text import one_line

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    help="Does knowledge distillation help here, with which alpha and temperature, and is the gain real?",
)
console = PlainConsole()
QUICKSTART = "quickstart"
INTERRUPTED = 130  # what a shell makes of Ctrl-C


SweepName = Annotated[
    str, typer.Argument(metavar="SWEEP", show_default=False, help="a name in sweeps/, or the path of a YAML file")
]
SweepOption = Annotated[str, typer.Option("--sweep", hidden=True, help="the same as an option, as the Makefile has it")]
SetOption = Annotated[str, typer.Option("--set", help="assignments: 'search.num_trials=50 student.epochs=30'")]
ResultsOption = Annotated[Path, typer.Option("--results", help="where results are kept")]
SetName = Annotated[str, typer.Option("--set", help="as the sweep was started with; name=… says which one is meant")]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON object, for scripts (docs/scripting.md)")]
ClusterOption = Annotated[str, typer.Option("--cluster", help="a name in sweeps/clusters/, or the path of a YAML file")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"{PROGRAM} {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="show the version")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; bad input is one line and exit code 2."""
    write_plainly(sys.stdout, sys.stderr)
    if not sys.flags.safe_path and str(Path.cwd()) not in sys.path:  # as python -m has it, for models and data by name
        sys.path.insert(0, str(Path.cwd()))
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
        except BrokenPipeError:
            raise  # the reader, such as head, has seen enough; typer ends without a word
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror or error}; nothing is lost, the same command goes on", 1)

    return wrapped


def _fail(message: str, code: int) -> None:
    print(f"error: {one_line(message)}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(code)


@app.command()
@_one_line_errors
def init() -> None:
    """Write a sweep to start from, cluster profiles and a Makefile into this folder; overwrite nothing."""
    from harness.commands.init import write_start

    for path in write_start(Path()):
        say(console, f"wrote {path}")
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
    from harness.commands.again import say_again

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # detach, as for Ctrl-C
    record, plan, folder = _open(_first(name, sweep), overrides, results)
    _say_data(record, plan, folder)
    if not (in_background or retry_failed) and say_again(record, plan, folder, cluster, console):
        return
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import rehearse
    from harness.commands.detach import detach
    from harness.commands.run import carry_out

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
    as_json: JsonOption = False,
) -> None:
    """Show what a sweep would run and what is already done; submit nothing."""
    from harness.cluster.profiles import load_cluster
    from harness.commands.check import print_known
    from harness.commands.inspect.as_json import account_for_plan
    from harness.commands.inspect.estimate import print_estimate
    from harness.commands.inspect.verbs import print_plan

    record, planned, folder = _open(_first(name, sweep), overrides, results)
    profile = load_cluster(cluster)
    if as_json:
        return _print_json(account_for_plan(planned, folder, profile, _data_line(planned, folder)))
    _say_data(record, planned, folder)
    print_plan(planned, folder, cluster, console)
    options = {"cluster": cluster, "set": overrides, "results": named_results(results)}
    print_known(planned, folder, profile, console, command_line("check", _first(name, sweep), **options))
    print_estimate(planned, folder, profile, console)


@app.command()
@_one_line_errors
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
    """Measure, on this machine, where the time of the teacher's training, its logits and a student's training goes."""
    from harness.commands.inspect.profile import print_profile
    from harness.commands.inspect.profile import profile as measure

    _, planned, folder = _open(_first(name, sweep), overrides, results)
    print_profile(planned, measure(planned, folder), console)


@app.command()
@_one_line_errors
def status(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Show how far a sweep is; exit code 1 where a run failed for good."""
    from harness.commands.inspect.as_json import account_for_status
    from harness.commands.inspect.verbs import print_status

    folder, planned = _reopen(_started(results, name, sweep, overrides), results)
    if as_json:
        account = account_for_status(planned, folder)
        _print_json(account)
        has_failed = bool(account.failed)
    else:
        has_failed = bool(print_status(planned, folder, console).failed)
    raise typer.Exit(1 if has_failed else 0)


@app.command()
@_one_line_errors
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
    from harness.commands.inspect.as_json import account_for_run
    from harness.commands.inspect.verbs import print_why, print_worth_asking

    folder, planned = _reopen(_started(results, name, sweep, overrides), results)
    if as_json:
        _print_json(account_for_run(run, planned, folder))
    elif run:
        print_why(run, planned, folder, console)
    else:
        print_worth_asking(planned, folder, console)


@app.command()
@_one_line_errors
def cancel(
    name: SweepName = "", sweep: SweepOption = "", overrides: SetName = "", results: ResultsOption = Path("results")
) -> None:
    """Stop a sweep's controller and jobs; finished work is kept."""
    from harness.commands.detach import stop

    folder, planned = _reopen(_started(results, name, sweep, overrides), results)
    stop(planned, folder, console)


@app.command()
@_one_line_errors
@collected_later()
def report(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    in_one_file: Annotated[
        bool, typer.Option("--one-file", help="write RESULTS/SWEEP/report.html too, to mail")
    ] = False,
) -> None:
    """Rebuild the report from the result files; exit code 1 where a figure, a table or a page failed."""
    from harness.commands.report import list_sweeps, write_report, write_to_mail

    folder, _ = _reopen(_started(results, name, sweep, overrides), results)
    is_whole = write_report(folder, console)
    if in_one_file:
        write_to_mail(folder, console)
    list_sweeps(folder, console)
    if not is_whole:
        raise typer.Exit(1)


@app.command()
@_one_line_errors
@collected_later()
def index(results: ResultsOption = Path("results")) -> None:
    """Rebuild the page that lists all sweeps and their states."""
    from harness.report.index.overview import write_overview

    if not results.is_dir():
        raise InputError(f"results: no folder {results}")
    say(console, str(write_overview(results)))


@app.command()
@_one_line_errors
@collected_later()
def publish(
    target: Annotated[str, typer.Option("--dir", help="a new or empty folder, or one that was published before")],
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Copy a sweep's report into a folder that any web server can serve."""
    from harness.report.publish.site import publish_site

    if not target:
        raise InputError(
            f"DIR: say where to: {command_line('publish', name or sweep, dir='FOLDER', results=named_results(results))}"
        )
    index = publish_site(SweepFolder(results, _started(results, name, sweep, overrides)), Path(target))
    say(console, str(index))


@app.command()
@_one_line_errors
@collected_later()
def paper(
    target: Annotated[str, typer.Option("--dir", help="target folder; by default results/<sweep>/paper")] = "",
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
) -> None:
    """Write a sweep's tables and figures for a LaTeX paper."""
    from harness.commands.report import say_failed_parts
    from harness.report.publish.paper import write_paper
    from harness.report.study import family_of, read_studies
    from harness.report.text.failed_parts import collecting
    from harness.report.text.language import LANGUAGES, language

    folder, _ = _reopen(_started(results, name, sweep, overrides), results)
    with collecting() as failed:
        studies = read_studies(folder.path, folder.data)
        family = family_of(studies)
        study = studies[0] if family is None else studies[family.rows.index(family.chosen)]
        english = language(next(iter(LANGUAGES)), study.results.metric)
        main_tex = write_paper(study, Path(target) if target else folder.path / "paper", english, family)
    say(console, str(main_tex))
    if say_failed_parts(failed.values(), folder, console):
        raise typer.Exit(1)


@app.command()
@_one_line_errors
def serve(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    port: Annotated[int, typer.Option(help="0: any free one")] = 8000,
) -> None:
    """Serve the report on this machine's loopback address."""
    from harness.commands.serve import serve_report

    serve_report(SweepFolder(results, _started(results, name, sweep, overrides)), port, console)


@app.command()
@_one_line_errors
def export(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    form: Annotated[Literal["fp32", "fp16", "int8"], typer.Option("--format", help="of the file")] = "fp32",
    max_drop: Annotated[
        float, typer.Option("--max-drop", help="points of val accuracy that the student may lose relative to fp32")
    ] = 1.0,
    calibration_images: Annotated[
        int, typer.Option("--calibration-images", min=1, help="training images for calibrating int8")
    ] = 512,
) -> None:
    """Write the best student of a complete sweep as an ONNX file, and measure it on the test images."""
    from harness.commands.export import export_student

    folder, _ = _reopen(_started(results, name, sweep, overrides), results)
    raise typer.Exit(export_student(folder, console, form, max_drop, calibration_images))


@app.command()
@_one_line_errors
def layers(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", show_default=False, help="as in a sweep file: a name, hf:ID or module:factory"),
    ] = "",
    sweep: Annotated[str, typer.Option("--sweep", help="instead of a model: a sweep, with its data")] = "",
    side: Annotated[Literal["teacher", "student"], typer.Option("--of", help="of a sweep")] = "student",
    overrides: SetOption = "",
    results: ResultsOption = Path("results"),
    image_size: Annotated[int | None, typer.Option(min=1, max=4096, help="of a model: side of its images; 32")] = None,
    channels: Annotated[int | None, typer.Option(min=1, max=64, help="of a model: of its images; 3")] = None,
    classes: Annotated[int | None, typer.Option(min=2, help="of a model: how many; 10")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the modules of a model by their paths, with the shapes of their outputs: places for distill.features."""
    from harness.commands.inspect.layers import look, print_layers, request_of_model, request_of_sweep

    if bool(model) == bool(sweep):
        raise InputError("MODEL: give a model, or --sweep NAME" + (", not both" if model else ""))
    if model:
        size = image_size or 32
        request = request_of_model(model, (channels or 3, size, size), classes or 10)
    else:
        if image_size or channels or classes:
            raise InputError("--image-size, --channels and --classes are for a model; a sweep's data has its own")
        _, planned, folder = _open(sweep, overrides, results)
        request = request_of_sweep(planned, folder, side)
    found = look(request)
    if as_json:
        return _print_json(found)
    print_layers(found, console)


@app.command()
@_one_line_errors
def split(
    data: Annotated[str, typer.Argument(metavar="DATA", show_default=False, help="folder:PATH")] = "",
    target: Annotated[str, typer.Option("--dir", help="folder for the list; by default this one")] = "",
    labels: Annotated[
        str, typer.Option("--labels", help="a CSV of file and label with corrected labels, as a report lists them")
    ] = "",
    data_option: Annotated[str, typer.Option("--data", hidden=True, help="the same as an option")] = "",
    overrides: Annotated[
        str, typer.Option("--set", help="assignments: 'data.test_fraction=0.1 data.split_seed=1'")
    ] = "",
) -> None:
    """Divide a folder of images into train, val and test, as a list of files that any training can use."""
    from harness.commands.split import write_division

    write_division(data or data_option, Path(target), overrides, console, labels)


@app.command()
def schema(
    kind: Annotated[
        Literal["sweep", "cluster"], typer.Argument(help="of a sweep file, or of a cluster profile")
    ] = "sweep",
) -> None:
    """Print the JSON Schema of a sweep file or of a cluster profile, for editors."""
    from harness.commands.inspect.schema import schema_text

    print(schema_text(kind), end="")  # noqa: T201 not for a console that wraps


def _first(name: str, sweep: str) -> str:
    """The sweep that was asked for, as a word or as an option; the quickstart where none was."""
    if name and sweep and name != sweep:
        raise InputError(f"SWEEP: two were given, {shown(name)} and {shown(sweep)}")
    return name or sweep or QUICKSTART


def _started(results: Path, name: str, sweep: str, overrides: str) -> str:
    """The results' name of the sweep that is meant; where none is named, of the one that was started last."""
    renamed = [value for key, value in parse_overrides(overrides) if key == ["name"]]
    if renamed:
        return checked_name(str(renamed[-1]), "SET")
    return _name_of(_first(name, sweep or ("" if name else last_started(results) or "")))


def _open(sweep: str, overrides: str, results: Path) -> tuple[SweepRecord, Plan, SweepFolder]:
    """The sweep of a file, with its data decoded; nothing of the sweep itself is written."""
    from harness.sweep.preparation.unlabeled_images import with_unlabeled
    from kd.data.class_names import with_class_names
    from kd.data.decoded.store import prepare
    from kd.data.division.splits import open_division

    path = find_sweep(sweep)
    asked = read_sweep(path, overrides)
    loaded: Sweep = load_sweep(path, overrides, partial(find_model_of, results, asked.name))
    folder = SweepFolder(results, loaded.name)
    folder.check_writable()
    index = prepare(loaded.data, folder.data)
    loaded = loaded.model_copy(update={"data": with_class_names(loaded.data, index.class_names)})
    planned = Plan(loaded, index.digest)
    division, store, _ = open_division(planned.data, folder.data)
    loaded = with_unlabeled(loaded, index.digest, folder.data)
    extra_tests = decoded(loaded.extra_tests, loaded.data, index, store.class_names, folder.data)
    loaded = loaded.model_copy(update={"extra_tests": extra_tests})
    loaded = with_teacher_mode(loaded, find_teacher_cost(planned, len(division.train), len(store.class_names)))
    planned = Plan(loaded, index.digest)
    return SweepRecord(sweep=loaded, origin=str(path), overrides=overrides, digest=index.digest), planned, folder


def _data_line(plan: Plan, folder: SweepFolder) -> str:
    """What was read."""
    from kd.data.division.summary import summarize

    return summarize(plan.sweep.data, plan.data.digest, folder.data)


def _say_data(record: SweepRecord, plan: Plan, folder: SweepFolder) -> None:
    """What was read, what comes trained, and what does nothing, before anything else is said of it."""
    from harness.sweep.checks.remarks import data_remarks
    from harness.sweep.checks.training import kept_milestones
    from harness.sweep.preparation.given import given_lines
    from harness.sweep.preparation.unlabeled_images import unlabeled_lines
    from kd.data.division.splits import open_division
    from kd.data.sources import images_folder

    source = plan.sweep.data.source
    try:
        images_folder(source)
        command = command_line("split", data=source)
    except InputError:
        command = None
    lines = [f"Data: {_data_line(plan, folder)}."]
    lines += unlabeled_lines(plan.sweep, plan.data, folder.data)
    lines += extra_lines(plan.sweep.extra_tests, plan.data, folder.data)
    data = open_division(plan.data, folder.data)
    lines += given_lines(plan, data.division, command)
    lines += kept_milestones(plan.sweep, read_yaml(Path(record.origin)))
    lines += data_remarks(plan.sweep, data)
    for line in lines:
        say(console, line)


def _print_json(account: BaseModel) -> None:
    print(account.model_dump_json(indent=1))  # noqa: T201 not for a console that wraps


def _reopen(sweep: str, results: Path) -> tuple[SweepFolder, Plan]:
    """A sweep that was started, as its newest start resolved it."""
    folder = SweepFolder(results, sweep)
    record = folder.read_sweep()
    return folder, Plan(record.sweep, record.digest)


def _name_of(sweep: str) -> str:
    return read_sweep(find_sweep(sweep)).name if is_path(sweep) else checked_name(sweep)
