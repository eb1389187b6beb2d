"""Verbs on what a sweep found: its report, and what is handed on. Heavy imports wait inside the verbs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from harness.cli.opening import reopen, started_name
from harness.cli.program import ResultsOption, SetName, SweepName, SweepOption, app, console, one_line_errors
from harness.command_line import command_line, named_results
from harness.console.plain_console import say
from harness.garbage import collected_later
from harness.state.files.folder import SweepFolder
from kd.errors import InputError
from kd.remedies import not_there


@app.command()
@one_line_errors
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

    folder, _ = reopen(started_name(results, name, sweep, overrides), results)
    is_whole = write_report(folder, console)
    if in_one_file:
        write_to_mail(folder, console)
    list_sweeps(folder, console)
    if not is_whole:
        raise typer.Exit(1)


@app.command()
@one_line_errors
@collected_later()
def index(results: ResultsOption = Path("results")) -> None:
    """Rebuild the page that lists all sweeps and their states."""
    from harness.report.index.overview import write_overview

    if not results.is_dir():
        raise InputError(f"results: {not_there(results)}")
    say(console, str(write_overview(results)))


@app.command()
@one_line_errors
@collected_later()
def publish(
    target: Annotated[
        str, typer.Option("--dir", help="a new or empty folder, or one that was published before; must be given")
    ] = "",
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
    folder = SweepFolder(results, started_name(results, name, sweep, overrides))
    folder.check_started()
    say(console, str(publish_site(folder, Path(target))))


@app.command()
@one_line_errors
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

    folder, _ = reopen(started_name(results, name, sweep, overrides), results)
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
@one_line_errors
def serve(
    name: SweepName = "",
    sweep: SweepOption = "",
    overrides: SetName = "",
    results: ResultsOption = Path("results"),
    port: Annotated[int, typer.Option(help="0: any free one")] = 8000,
) -> None:
    """Serve the report on this machine's loopback address."""
    from harness.commands.serve import serve_report

    serve_report(SweepFolder(results, started_name(results, name, sweep, overrides)), port, console)


@app.command()
@one_line_errors
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

    folder, _ = reopen(started_name(results, name, sweep, overrides), results)
    raise typer.Exit(export_student(folder, console, form, max_drop, calibration_images))
