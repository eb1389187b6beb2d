"""The program around the verbs: its options, its console, and how an error is told."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from harness import __version__
from harness.command_line import PROGRAM
from harness.console.plain import write_plainly
from harness.console.plain_console import PlainConsole
from harness.garbage import left_at_exit
from harness.state.remedies import explain_os_error, explain_unreadable
from kd.errors import InputError, UnreadableFileError
from kd.plain_text import one_line

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    help="Does knowledge distillation help here, with which alpha and temperature, and is the gain real?",
)
console = PlainConsole()
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
    left_at_exit()
    write_plainly(sys.stdout, sys.stderr)
    if not sys.flags.safe_path and str(Path.cwd()) not in sys.path:  # as python -m has it, for models and data by name
        sys.path.insert(0, str(Path.cwd()))
    app()


def one_line_errors(verb: Callable[..., Any]) -> Callable[..., Any]:
    """A verb whose bad input, and whose trouble with files, is one line and an exit code."""

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
            _fail(f"{explain_os_error(error)}; nothing is lost; once that is mended, the same command goes on", 1)

    return wrapped


def _fail(message: str, code: int) -> None:
    print(f"error: {one_line(message)}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(code)


def print_json(account: BaseModel) -> None:
    """An answer for scripts."""
    print(account.model_dump_json(indent=1))  # noqa: T201 not for a console that wraps
