"""Verbs on what a sweep file is written with: models, images, its keys. Heavy imports wait inside the verbs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from harness.cli.opening import open_sweep
from harness.cli.program import JsonOption, ResultsOption, SetOption, app, console, one_line_errors, print_json
from kd.errors import InputError


@app.command()
@one_line_errors
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
    from harness.commands.read_only.layers import look, print_layers, request_of_model, request_of_sweep

    if bool(model) == bool(sweep):
        raise InputError("MODEL: give a model, or --sweep NAME" + (", not both" if model else ""))
    if model:
        size = image_size or 32
        request = request_of_model(model, (channels or 3, size, size), classes or 10)
    else:
        if image_size or channels or classes:
            raise InputError("--image-size, --channels and --classes are for a model; a sweep's data has its own")
        _, planned, folder = open_sweep(sweep, overrides, results, "layers --sweep")
        request = request_of_sweep(planned, folder, side)
    found = look(request)
    if as_json:
        return print_json(found)
    print_layers(found, console)


@app.command()
@one_line_errors
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
    from harness.commands.read_only.schema import schema_text

    print(schema_text(kind), end="")  # noqa: T201 not for a console that wraps
