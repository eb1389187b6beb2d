"""Runs that another sweep beside this one has carried out already: the same name is the same run, made once.

Taken over are teachers, their kept logits and baselines, which a second study of the same teacher or student has in
common with the first. Files are linked where the file system can, else copied, so that the other sweep may be deleted;
results are replaced and never changed in place, so that neither sweep sees what the other does.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from harness.controller.artefacts import is_there
from harness.state.attempts.run_state import RunState, read_metrics, run_state
from harness.state.files.folder import SweepFolder
from harness.state.files.ownership import is_own
from harness.state.files.records import TAKEN_OVER, TakenOver
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from kd.config import LogitsConfig, run_id
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, replaced_folder, sha256_of_weights, write_record
from kd.records import LogitsIndex, RunRecord

_OF_ITS_SWEEP = shutil.ignore_patterns("checkpoint", ".*")


class Found(NamedTuple):
    """A run that a sweep beside this one has."""

    run: Run
    sweep: str


def find_elsewhere(plan: Plan, folder: SweepFolder) -> list[Found]:
    """The runs that were not begun here and are complete, under the same name, in another sweep's folder.

    Only in the user's own: who owns a file that is linked here could change it later.

    Args:
        plan: The runs.
        folder: The sweep's results; the others lie beside it.
    """
    others = [
        SweepFolder(folder.path.parent, path.parent.name)
        for path in sorted(folder.path.parent.glob("*/sweep.yaml"))
        if path.parent != folder.path and is_own(path.parent)
    ]
    first: dict[str, Found] = {}
    for other in others:
        for found in _find_in(other, plan, folder):
            first.setdefault(found.run.id, found)
    return list(first.values())


def take_over(found: list[Found], folder: SweepFolder) -> list[Found]:
    """Bring the runs into this sweep's folder; those that were, in their order.

    A run whose files go away meanwhile is left to be made here.
    """
    taken = []
    for run, sweep in found:
        try:
            _bring(run, SweepFolder(folder.path.parent, sweep), folder)
        except (OSError, InputError, UnreadableFileError):
            continue
        taken.append(Found(run, sweep))
    return taken


def describe(found: list[Found]) -> Iterator[str]:
    """A line for each sweep that has some, as in ``first: teacher, logits, 5 × baseline``."""
    for sweep in dict.fromkeys(each.sweep for each in found):
        roles = [each.run.config.role for each in found if each.sweep == sweep]
        counted = {role: roles.count(role) for role in dict.fromkeys(roles)}
        said = (role if number == 1 else f"{number} × {role}" for role, number in counted.items())
        yield f"{sweep}: {', '.join(said)}"


def _find_in(other: SweepFolder, plan: Plan, folder: SweepFolder) -> Iterator[Found]:
    for member in plan.members:
        yield from _find_for_student(other, member, folder)


def _find_for_student(other: SweepFolder, plan: Plan, folder: SweepFolder) -> Iterator[Found]:
    name = other.path.name
    runs = [*plan.teachers]
    if not plan.is_online and _is_new(folder, plan.logits) and _has(other, plan.logits):
        runs += [*plan.logits_parts, plan.logits] if _taught_alike(plan, other, folder) else []
    runs += [] if plan.alone else plan.baselines()
    yield from (Found(run, name) for run in runs if _is_new(folder, run) and _has(other, run))


def _is_new(folder: SweepFolder, run: Run) -> bool:
    return run_state(folder.run(run.id)) == RunState.NOT_STARTED


def _has(other: SweepFolder, run: Run) -> bool:
    """Whether a run is complete there, with what others need of it, and is the run that its name says."""
    place = other.run(run.id)
    try:
        if run_state(place) != RunState.COMPLETE or not is_there(other, run):
            return False
        if run_id(read_record(place / "config.json", RunRecord).config) != run.id:
            return False
        digest = read_metrics(place).weights_sha256
        return digest is None or sha256_of_weights(place / "model") == digest
    except (OSError, InputError, UnreadableFileError):
        return False


def _taught_alike(plan: Plan, other: SweepFolder, folder: SweepFolder) -> bool:
    """Whether the logits there are of the very weights that the teachers have here, or will have when taken over."""
    try:
        index = read_record(other.path / "teacher_logits" / plan.logits.id / "index.json", LogitsIndex)
        digests = {index.teacher: index.teacher_weights_sha256} | index.more_teachers
        homes = {run.id: other if _is_new(folder, run) else folder for run in plan.teachers}
        return all(
            _has(homes[run.id], run) and read_metrics(homes[run.id].run(run.id)).weights_sha256 == digests[run.id]
            for run in plan.teachers
        )
    except (KeyError, FileNotFoundError, UnreadableFileError):
        return False


def _bring(run: Run, other: SweepFolder, folder: SweepFolder) -> None:
    if isinstance(run.config, LogitsConfig) and run.config.part_of is None:
        arrays = folder.path / "teacher_logits" / run.id
        arrays.parent.mkdir(parents=True, exist_ok=True)
        with replaced_folder(arrays) as new:
            _link(other.path / "teacher_logits" / run.id, new)
    place = folder.run(run.id)
    place.parent.mkdir(parents=True, exist_ok=True)
    with replaced_folder(place) as new:
        _link(other.run(run.id), new)
        write_record(new / "config.json", RunRecord(run_id=run.id, config=run.config))
        write_record(new / TAKEN_OVER, TakenOver(sweep=other.path.name))


def _link(source: Path, target: Path) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=_OF_ITS_SWEEP, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)
