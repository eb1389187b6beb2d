"""Where the time of a sweep's runs goes: a teacher, its pass over the images, and a student, a few epochs of each."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harness.cluster.profiles import LocalProfile
from harness.state.files.folder import SweepFolder
from harness.state.stages.graph import Step, steps_before_test
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from kd.config import ModelTraining
from kd.errors import InputError
from kd.files import write_bytes

NUM_EPOCHS = 3
FILE = "profile.json"


Seconds = dict[str, float]


def profile(plan: Plan, folder: SweepFolder) -> dict[str, Seconds]:
    """Seconds by phase of the teacher, of its logits and of a distilled student, each in a process of its own.

    It is written to ``profile.json``; the sweep's runs are left alone.

    Args:
        plan: The sweep's runs, of which the trainings are cut to ``NUM_EPOCHS``.
        folder: The sweep's results.

    Raises:
        InputError: A run failed.
    """
    short = Plan(_shortened(plan.sweep), plan.data.digest)
    student = short.finals()[0]
    with tempfile.TemporaryDirectory() as name:
        place = SweepFolder(Path(name), short.sweep.name)
        steps = [step for step in steps_before_test(short, {}) if step.run in (*short.taught_by, student)]
        measured = {step.run.id: _measure(step, place, folder.data) for step in steps}
    names = {"teacher": short.teachers[0], "logits": short.logits, "student": student}
    profiles = {name: measured[run.id] for name, run in names.items() if run.id in measured}
    folder.path.mkdir(exist_ok=True)
    write_bytes(folder.path / FILE, (json.dumps(profiles, indent=2) + "\n").encode())
    return profiles


def print_profile(plan: Plan, profiles: dict[str, Seconds], console: Console) -> None:
    """The profiles as a table."""
    trainings = {"teacher": plan.sweep.all_teachers[0], "student": plan.sweep.student}
    table = Table(box=None, header_style="")
    table.add_column("seconds")
    for name in profiles:
        training = trainings.get(name)
        part = f", {_cut(training).epochs} of {training.epochs} epochs" if training else ""
        table.add_column(name + part, justify="right")
    totals = {name: sum(seconds.values()) for name, seconds in profiles.items()}
    for phase in next(iter(profiles.values())):
        shares = (f"{seconds[phase]:.2f} {seconds[phase] / totals[name]:4.0%}" for name, seconds in profiles.items())
        table.add_row(phase, *shares)
    table.add_row("together", *(f"{total:.2f}     " for total in totals.values()))
    console.print(table)


def _cut(training: ModelTraining) -> ModelTraining:
    return training.model_copy(update={"epochs": min(NUM_EPOCHS, training.epochs)})


def _shortened(sweep: Sweep) -> Sweep:
    changes = {
        "teacher": sweep.teacher and _cut(sweep.teacher),
        "teachers": tuple(map(_cut, sweep.teachers)),
        "student": _cut(sweep.student),
        "students": (),
        "search": None,
        "seeds": 1,
    }
    return sweep.model_copy(update=changes)


def _measure(step: Step, place: SweepFolder, data: Path) -> Seconds:
    """On as many threads as the sweep gives it on this machine."""
    run, here = step.run, LocalProfile()
    place.add(run)
    words = [sys.executable, "-m", "kd.runs.profiling", str(place.path), str(data), run.id, repr(time.time())]
    env = os.environ | {"OMP_NUM_THREADS": str(here.threads_for(1, step.num_abreast))}
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise InputError(f"profile: {run.id} failed: {last}")
    seconds: Seconds = json.loads(done.stdout.rpartition("\n")[2])
    return seconds
