"""The modules of a model whose features can be taken, looked at in a process of its own: torch stays out of here."""

import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.console.plain_console import say
from harness.state.files.folder import SweepFolder
from harness.sweep.plan import Plan
from harness.sweep.reading.validation import validate
from kd.config import ModelTraining
from kd.data.division.splits import open_division
from kd.errors import InputError
from kd.files import read_record, write_record
from kd.records import Layers, LayersRequest


def request_of_model(name: str, input_shape: tuple[int, int, int], num_classes: int) -> LayersRequest:
    """A model by its name, for images of a shape.

    Raises:
        InputError: There is no such model.
    """
    training = validate(ModelTraining, {"model": name, "epochs": 1}, "MODEL")
    class_names = [str(number) for number in range(num_classes)]
    return LayersRequest(training=training, input_shape=input_shape, class_names=class_names)


def request_of_sweep(plan: Plan, folder: SweepFolder, side: str) -> LayersRequest:
    """The teacher or the student of a sweep, for its images; of several teachers the first."""
    training = plan.sweep.student if side == "student" else plan.sweep.all_teachers[0]
    _, store, _ = open_division(plan.data, folder.data)
    return LayersRequest(
        training=training, input_shape=store.splits["train"].shape, class_names=list(store.class_names)
    )


def look(request: LayersRequest) -> Layers:
    """List the modules in a process of its own.

    Raises:
        InputError: The model cannot be built, or its code ended the process.
    """
    with tempfile.TemporaryDirectory() as name:
        asked, result = Path(name) / "request.json", Path(name) / "result.json"
        write_record(asked, request)
        words = [sys.executable, "-m", "kd.evaluation.layers", str(asked), str(result)]
        done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        found = read_record(result, Layers) if result.exists() else None
    if found is None:
        last_words = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise InputError(
            f"model: {request.training.model} cannot be looked at: its process died: {last_words}; "
            "most likely its own code, or want of memory, ended it"
        )
    if found.failure is not None:
        raise InputError(found.failure)
    return found


def print_layers(found: Layers, console: Console) -> None:
    """A line for each module that gives features, and what is taken where no place is named."""
    shape = "×".join(map(str, found.input_shape))
    say(console, f"{found.model} on images of {shape}:")
    table = Table(box=None, pad_edge=False)
    for column in ("path", "module", "form", "shape per image"):
        table.add_column(column, overflow="fold")
    given = [layer for layer in found.layers if layer.shape is not None]
    for layer in given:
        table.add_row(layer.path, layer.kind, layer.form, "×".join(map(str, layer.shape or ())))
    console.print(table)
    if len(given) < len(found.layers):
        say(console, f"{len(found.layers) - len(given)} further modules give no features; --json says why.")
    if found.last_features is None:
        say(console, "It does not end in a linear layer: rkd, pkt and pooled need a place by its path.")
    else:
        say(console, f"Where no place is named, rkd, pkt and pooled take {found.last_features}.")
