"""The sweep that a verb is about: as its file has it, or as it was started."""

from functools import partial
from pathlib import Path

from harness.cli.program import console
from harness.command_line import command_line, named_results
from harness.console.plain_console import say
from harness.state.files.folder import SweepFolder, last_started
from harness.state.files.other_sweeps import find_model_of
from harness.state.files.records import SweepRecord
from harness.sweep.loading import load_sweep, read_sweep
from harness.sweep.names import checked_name, shown
from harness.sweep.plan import Plan
from harness.sweep.preparation.teacher_cost import find_teacher_cost, with_teacher_mode
from harness.sweep.reading.finding import find_sweep, is_path
from harness.sweep.reading.overrides import parse_overrides
from harness.sweep.reading.plain_yaml import read_yaml
from harness.sweep.schema import Sweep
from harness.sweep.sections.extra_tests import decoded, extra_lines
from kd.errors import InputError

QUICKSTART = "quickstart"


def asked_name(name: str, sweep: str) -> str:
    """The sweep that was asked for, as a word or as an option; the quickstart where none was."""
    if name and sweep and name != sweep:
        raise InputError(f"SWEEP: two were given, {shown(name)} and {shown(sweep)}; give one")
    return name or sweep or QUICKSTART


def started_name(results: Path, name: str, sweep: str, overrides: str) -> str:
    """The results' name of the sweep that is meant; where none is named, of the one that was started last.

    Raises:
        InputError: It is given by the path of its file, and was never started.
    """
    asked = asked_name(name, sweep or ("" if name else last_started(results) or ""))
    renamed = [value for key, value in parse_overrides(overrides) if key == ["name"]]
    found = checked_name(str(renamed[-1]), "SET") if renamed else _name_of(asked)
    if is_path(asked):
        start = command_line("sweep", asked, set=overrides, results=named_results(results))
        SweepFolder(results, found).check_started(start)
    return found


def open_sweep(sweep: str, overrides: str, results: Path, verb: str = "sweep") -> tuple[SweepRecord, Plan, SweepFolder]:
    """The sweep of a file, with its data decoded; nothing of the sweep itself is written."""
    from harness.sweep.preparation.unlabeled_images import with_unlabeled
    from kd.data.class_names import with_class_names
    from kd.data.decoded.store import prepare
    from kd.data.division.splits import open_division

    path = find_sweep(sweep)
    asked = read_sweep(path, overrides)
    loaded: Sweep = load_sweep(path, overrides, partial(find_model_of, results, asked.name))
    folder = SweepFolder(results, loaded.name)
    folder.check_writable(command_line(verb, sweep, set=overrides, results="FOLDER"))
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


def data_line(plan: Plan, folder: SweepFolder) -> str:
    """What was read."""
    from kd.data.division.summary import summarize

    return summarize(plan.sweep.data, plan.data.digest, folder.data)


def say_data(record: SweepRecord, plan: Plan, folder: SweepFolder) -> None:
    """What was read, what comes trained, and what does nothing, before anything else is said of it."""
    from harness.sweep.checks.remarks import data_remarks
    from harness.sweep.checks.training import kept_milestones
    from harness.sweep.preparation.pretrained_teachers import pretrained_lines
    from harness.sweep.preparation.unlabeled_images import unlabeled_lines
    from kd.data.division.splits import open_division
    from kd.data.sources import images_folder

    source = plan.sweep.data.source
    try:
        images_folder(source)
        command = command_line("split", data=source)
    except InputError:
        command = None
    lines = [f"Data: {data_line(plan, folder)}."]
    lines += unlabeled_lines(plan.sweep, plan.data, folder.data)
    lines += extra_lines(plan.sweep.extra_tests, plan.data, folder.data)
    data = open_division(plan.data, folder.data)
    lines += pretrained_lines(plan, data.division, command)
    lines += kept_milestones(plan.sweep, read_yaml(Path(record.origin)))
    lines += data_remarks(plan.sweep, data)
    for line in lines:
        say(console, line)


def reopen(sweep: str, results: Path) -> tuple[SweepFolder, Plan]:
    """A sweep that was started, as its newest start resolved it."""
    folder = SweepFolder(results, sweep)
    record = folder.read_sweep()
    return folder, Plan(record.sweep, record.digest)


def _name_of(sweep: str) -> str:
    return read_sweep(find_sweep(sweep)).name if is_path(sweep) else checked_name(sweep)
