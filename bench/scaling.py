"""How a sweep grows, and what waits before it begins.

- ``trials``, ``slots``: wall time of whole sweeps of 1, 4, 16 and 64 trials on two slots, and of 16 trials on one.
- ``memory``: what 20,000 and 80,000 images of 32×32 pixels take of a training's process, loaded and memory-mapped.
- ``start``: ``harness --help``, ``make status`` of a sweep of a thousand finished runs, and a sweep that has nothing to
  do, beside an interpreter that imports nothing.

    python -m bench.scaling [rounds]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.figures import ROOT, amount, in_turn, publish, ratio
from harness.state.files.folder import DATA, SweepFolder
from harness.state.files.records import SweepRecord, TrialRecord, Trials, write_sweep_record
from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from kd.data.decoded.store import prepare
from kd.files import write_record
from kd.records import EpochRecord, History, Metrics

SWEEP = {
    "name": "scaling",
    "data": {"source": "embedded:mnist5k"},
    "teacher": {"model": "mnist_cnn", "epochs": 2},
    "student": {"model": "mnist_mlp", "epochs": 10},
    "search": {"sampler": "random", "num_trials": 16, "pruner": "none", "repeats": 0},
    "seeds": 1,
}
NUM_TRIALS = (1, 4, 16, 64)
NUM_IMAGES = (20_000, 80_000)
MEMORY = """
import resource, sys
from pathlib import Path
import torch
import kd.data.images
from kd.config import StoredData
kd.data.images.SHARE_OF_MEMORY = 0.25 if sys.argv[3] == "loaded" else 0
def own_bytes():
    pages = Path("/proc/self/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * resource.getpagesize()
before = own_bytes()
data = kd.data.images.open_training(StoredData.model_validate_json(sys.argv[1]), Path(sys.argv[2]), torch.device("cpu"))
for batch in torch.randperm(len(data.train.labels_N)).split(128):
    data.train.images_NCHW[batch]
print((own_bytes() - before) / 1e6)
"""


def sweep_seconds(num_trials: int, slots: int) -> float:
    """Wall time of the whole command, data decoded before."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sweep, cluster = _written(folder, num_trials), folder / "cluster.yaml"
        cluster.write_text(yaml.safe_dump({"kind": "local", "slots": slots}))
        prepare(load_sweep(sweep).data, folder / DATA)
        return _timed([*_harness("sweep", folder, sweep), "--cluster", str(cluster)])


def memory_mb(num_images: int, way: str) -> float:
    """What opening the data and gathering an epoch of batches adds to a process, without pages that files own."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "images"
        data = _random_store(source, num_images, Path(name) / DATA)
        words = [sys.executable, "-c", MEMORY, data.model_dump_json(), str(Path(name) / DATA), way]
        return float(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _random_store(source: Path, num_images: int, root: Path) -> Any:
    """A data set of noise, in the Hub's layout."""
    import datasets

    datasets.disable_progress_bars()

    random = np.random.default_rng(0)
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(num_classes=10)})
    for split, number in (("train", num_images), ("test", 100)):
        rows = {
            "image": list(random.integers(0, 256, (number, 32, 32, 3), dtype=np.uint8)),
            "label": [row % 10 for row in range(number)],
        }
        source.mkdir(exist_ok=True)
        datasets.Dataset.from_dict(rows, features).to_parquet(source / f"{split}-00000-of-00001.parquet")
    sweep = load_sweep(_written(source, 1), f"data.source={source}")
    return Plan(sweep, prepare(sweep.data, root).digest).data


def start_seconds(rounds: int) -> dict[str, Any]:
    """Of verbs that load no torch, and of a sweep with nothing to do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sweep = _written(folder, 1)
        _timed(_harness("sweep", folder, sweep))
        many = _thousand_runs(folder)
        sides = {
            "an interpreter": lambda: _timed([sys.executable, "-c", "pass"]),
            "`harness --help`": lambda: _timed([sys.executable, "-m", "harness", "--help"]),
            "`make status` of 1,000 finished runs": lambda: _timed(_harness("status", folder, many)),
            "a sweep with nothing to do, and its report": lambda: _timed(_harness("sweep", folder, sweep)),
        }
        seconds = in_turn(sides, rounds)
    wanted = {"`make status` of 1,000 finished runs": "under 1 s"}
    return {side: amount(values, side, "s", wanted.get(side, "")) for side, values in seconds.items()}


def _thousand_runs(folder: Path) -> Path:
    path = folder / "many.yaml"
    changes = {"name": "many", "search": {"sampler": "random", "num_trials": 990, "repeats": 0}, "seeds": 4}
    path.write_text(yaml.safe_dump(SWEEP | changes))
    sweep = load_sweep(path)
    place = SweepFolder(folder, sweep.name)
    place.create()
    digest = prepare(sweep.data, place.data).digest
    plan = Plan(sweep, digest)
    write_sweep_record(place.path, SweepRecord(sweep=sweep, origin=str(path), digest=digest))
    epoch = EpochRecord(
        epoch=1, lr=1e-3, train_loss=1.0, hard_loss=1.0, train_accuracy=0.5, val_loss=1.0, val_accuracy=0.5,
        seconds=1.0, images_per_s=1.0,
    )  # fmt: skip
    trials = []
    for number in range(990):
        params = {"alpha": number / 990, "temperature": 2.0}
        run_id = plan.trial(params).id
        trials.append(
            TrialRecord(number=number, run_id=run_id, params=params, **params, state="complete", value=number / 990)
        )
    write_record(place.path / "trials.json", Trials(trials=tuple(trials), best=989))
    for run in (
        *plan.taught_by,
        *plan.baselines(),
        *(plan.trial(trial.params) for trial in trials),
        *plan.finals(trials[-1].params),
    ):
        run_folder = place.add(run)
        write_record(run_folder / "history.json", History(num_epochs=1, epochs=(epoch,)))
        write_record(run_folder / "metrics.json", Metrics(run_id=run.id))
    return path


def _written(folder: Path, num_trials: int) -> Path:
    path = folder / "scaling.yaml"
    path.write_text(yaml.safe_dump(SWEEP | {"search": SWEEP["search"] | {"num_trials": num_trials}}))  # type: ignore[operator]
    return path


def _harness(verb: str, results: Path, sweep: Path) -> list[str]:
    return [sys.executable, "-m", "harness", verb, "--sweep", str(sweep), "--results", str(results)]


def _timed(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return time.perf_counter() - began


def main() -> None:
    """Measure, print, and keep the figures."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    sides = {f"{number} trials": lambda number=number: sweep_seconds(number, 2) for number in NUM_TRIALS}
    seconds = in_turn(sides | {"one slot": lambda: sweep_seconds(16, 1)}, rounds)
    memory = {
        f"{number:,} images, {way}": in_turn({"": lambda n=number, w=way: memory_mb(n, w)}, 1)[""]
        for number in NUM_IMAGES
        for way in ("loaded", "mapped")
    }
    figures = {
        "rounds": rounds,
        "trials": {
            side: amount(values, f"a whole sweep of {side}, two slots", "s")
            for side, values in seconds.items()
            if side != "one slot"
        },
        "slots": ratio(
            seconds["one slot"],
            seconds["16 trials"],
            "a whole sweep of 16 trials: one slot of two threads / two of one",
        ),
        "memory": {side: amount(values, f"{side}: memory of a process", "MB") for side, values in memory.items()},
        "start": start_seconds(rounds),
    }
    publish("scaling", figures)


if __name__ == "__main__":
    main()
