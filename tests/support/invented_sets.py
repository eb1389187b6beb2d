"""Other test sets of a finished sweep, without any reading: answers that are right as often as is asked."""

from pathlib import Path

import numpy as np

from harness.state.files.records import read_sweep_record, write_sweep_record
from harness.sweep.plan import Plan
from kd.data.corruptions import ALL
from kd.records import Metrics
from tests.support.invented_sweep import write_run

BASELINE, DISTILLED = 0.70, 0.85  # of the answers are right


def invent_sets(folder: Path, sizes: dict[str, int], corruptions: bool = False) -> Path:
    """Add sets of so many images each to an invented sweep, the first four of a set also in train.

    A set of fewer than ten images has one class.
    """
    record = read_sweep_record(folder)
    tests = {name: {"source": f"folder:{name}", "digest": f"of-{name}"} for name in sizes}
    content = record.sweep.model_dump() | {"extra_tests": tests, "corruptions": corruptions}
    sweep = type(record.sweep).model_validate(content)
    write_sweep_record(folder, record.model_copy(update={"sweep": sweep}))
    plan = Plan(sweep, record.digest)
    models = [*plan.teachers, *plan.baselines(), *plan.finals({})]
    random = np.random.default_rng(1)
    for name, run in plan.extra_tests([model.id for model in models]).items():
        write_run(folder, run, Metrics(run_id=run.id))
        number = sizes.get(name, 400)
        labels = np.zeros(number, np.int64) if number < 10 else np.arange(number) % 3
        arrays = {"labels": labels}
        if name in sizes:
            arrays["in_train"] = np.arange(number) < 4
        for condition in ["images"] if name in sizes else [one.name for one in ALL]:
            for model in models:
                share = DISTILLED if model.config.role == "final" else BASELINE
                is_right = random.random(number) < share
                arrays[f"{condition}/{model.id}"] = np.where(is_right, labels, (labels + 1) % 3).astype(np.int32)
        np.savez(folder / "runs" / run.id / "answers.npz", **arrays)
    return folder
