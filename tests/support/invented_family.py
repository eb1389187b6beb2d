"""Finished sweeps of several students without any training: how good each is, and what it costs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.state.files.records import SweepRecord, write_sweep_record
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Sweep
from kd.config import TrainConfig
from kd.files import write_record
from kd.records import Failure, History, Metrics, ModelSize, RunRecord, Scores, Speed, Timing
from kd.scores import score
from tests.support.invented_sweep import invent_store, write_run
from tests.support.small_sweep import SMALL

NUM_CLASSES = 4


class Invented(NamedTuple):
    """A model: accuracy on test, distilled and alone, and its prices. ``fails``: all its trainings."""

    accuracy: float
    parameters: int = 1000
    ms: float = 1.0
    alone: float | None = None
    fails: bool = False


def invent_family(
    results: Path,
    students: Mapping[str, Invented],
    teacher: Invented | None = None,
    seeds: int = 3,
    num_test: int = 2000,
    is_tested: bool = True,
    **sweep: Any,
) -> Path:
    """Write a sweep's folder; models that are equally good are so on nearly the same images."""
    random = np.random.default_rng(0)
    labels = invent_store(results, NUM_CLASSES, num_test, [f"class {n}" for n in range(NUM_CLASSES)], random)
    listed = [
        {"model": "mnist_mlp", "arguments": {"hidden": number}, "epochs": 1, "name": name}
        for number, name in enumerate(students, start=1)
    ]
    content = {key: value for key, value in SMALL.items() if key != "student"} | {
        "name": "family", "data": {"source": "invented"}, "students": listed, "search": None, "compare": [],
        "reference": None, "seeds": seeds,
    } | sweep  # fmt: skip
    family = Sweep.model_validate(content)
    folder = results / family.name
    folder.mkdir()
    write_sweep_record(folder, SweepRecord(sweep=family, origin="sweeps/family.yaml", digest="invented"))
    plan, hardness = Plan(family, "invented"), random.random(num_test)
    logits: dict[str, NDArray[np.float32]] = {}

    def add(run: Run, made: Invented, accuracy: float) -> None:
        if made.fails:
            _fail(folder, run)
            return
        is_right = hardness + 0.004 * random.normal(size=num_test) < accuracy
        said = np.where(is_right, labels, (labels + 1) % NUM_CLASSES)
        logits[run.id] = 4 * np.eye(NUM_CLASSES, dtype=np.float32)[said]
        val = Scores(num_images=100, accuracy=accuracy, nll=1.0, confusion=[[1]])
        size = ModelSize(num_parameters=made.parameters, macs=made.parameters, num_bytes=4 * made.parameters)
        write_run(folder, run, Metrics(run_id=run.id, epochs=1, size=size, val=val))
        write_record(folder / "runs" / run.id / "history.json", History(num_epochs=1, epochs=()))

    teacher = teacher or Invented(0.95, 10_000, 5.0)
    add(plan.teachers[0], teacher, teacher.accuracy)
    write_run(folder, plan.logits, Metrics(run_id=plan.logits.id))
    times = {_title(plan.teachers[0]): teacher.ms}
    for member, made in zip(plan.members, students.values(), strict=True):
        for run in member.baselines():
            add(run, made, made.accuracy - 0.02 if made.alone is None else made.alone)
        for run in member.finals():
            add(run, made, made.accuracy)
        times[_title(member.student)] = made.ms
    if not is_tested:
        return folder
    test = plan.test(list(logits))
    write_run(folder, test, Metrics(run_id=test.id, test={name: score(one, labels) for name, one in logits.items()}))
    np.savez(folder / "runs" / test.id / "predictions.npz", labels=labels, **logits)
    timings = {
        title: (Timing(batch_size=1, num_repeats=9, median_ms=ms, quartiles_ms=(0.9 * ms, 1.1 * ms)),)
        for title, ms in times.items()
    }
    speed = Speed(device="a processor", num_threads=1, precision="fp32", measured_at="2026-01-01", timings=timings)
    write_record(folder / "runs" / test.id / "speed.json", speed)
    return folder


def _title(run: Run) -> str:
    assert isinstance(run.config, TrainConfig)
    return run.config.training.title


def _fail(folder: Path, run: Run) -> None:
    path = folder / "runs" / run.id
    path.mkdir(parents=True)
    write_record(path / "config.json", RunRecord(run_id=run.id, config=run.config))
    write_record(path / "failure.json", Failure(kind="code error", reason="made so"))
