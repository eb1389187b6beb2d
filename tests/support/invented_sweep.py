"""Finished sweeps without any training: for many classes, many images and unfriendly names."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.state.files.records import SweepRecord, write_sweep_record
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Sweep
from kd.files import write_record
from kd.records import EpochRecord, History, Metrics, ModelSize, RunRecord, SplitSize, StoreIndex
from kd.scores import score
from tests.support.small_sweep import SMALL

UNFRIENDLY_NAMES = ["<b>x", "a & b", 'quote"s']


def invent_store(
    results: Path,
    num_classes: int,
    num_test: int,
    class_names: list[str],
    random: np.random.Generator,
    sizes: Sequence[int] | None = None,
) -> NDArray[np.int64]:
    """Random pictures in colour, stored as the data set "invented"; gives the test images' labels.

    ``sizes``: of the classes' test images, which are even unless it is given.
    """
    labels = np.arange(num_test) % num_classes if sizes is None else np.repeat(np.arange(num_classes), sizes)
    images = random.integers(0, 256, (num_test, 3, 8, 8), np.uint8)
    train = {
        "images": np.zeros((20 * num_classes, 3, 8, 8), np.uint8),
        "labels": np.arange(20 * num_classes) % num_classes,
    }
    store = results / ".data" / "invented"
    store.mkdir(parents=True)
    for split, arrays in (("train", train), ("test", {"images": images, "labels": labels})):
        for name, array in arrays.items():
            np.save(store / f"{split}_{name}.npy", array)
    sizes = {
        split: SplitSize(num_images=n, shape=(3, 8, 8))
        for split, n in (("train", 20 * num_classes), ("test", num_test))
    }
    write_record(
        store / "index.json", StoreIndex(source="invented", digest="invented", class_names=class_names, splits=sizes)
    )
    return labels


def invent(
    results: Path,
    num_classes: int,
    num_test: int,
    class_names: list[str],
    seeds: int = 2,
    sizes: Sequence[int] | None = None,
    **changes: Any,
) -> Path:
    """A finished sweep without any training: random pictures in colour, and logits that are mostly right.

    ``sizes``: of the classes' test images, as ``invent_store`` has them. ``changes``: of the sweep.
    """
    random = np.random.default_rng(0)
    labels = invent_store(results, num_classes, num_test, class_names, random, sizes)
    content = (
        SMALL
        | {
            "name": "invented",
            "data": {"source": "invented"},
            "search": None,
            "compare": [],
            "seeds": seeds,
        }
        | changes
    )
    sweep = Sweep.model_validate(content)
    folder = results / sweep.name
    folder.mkdir()
    write_sweep_record(folder, SweepRecord(sweep=sweep, origin="invented.yaml", digest="invented"))
    plan = Plan(sweep, "invented")
    finals = plan.finals({})
    runs = [*plan.teachers, *plan.baselines(), *finals]
    epoch = EpochRecord(
        epoch=1, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1, val_accuracy=0.5, seconds=1,
        images_per_s=1,
    )  # fmt: skip
    logits = {}
    for run in runs:
        strength = 3.2 if run in finals else 2.4
        logits[run.id] = random.normal(size=(num_test, num_classes)).astype(np.float32)
        logits[run.id][np.arange(num_test), labels] += strength
        write_run(folder, run, Metrics(run_id=run.id, epochs=1, size=ModelSize(num_parameters=1000, macs=500)))
        write_record(folder / "runs" / run.id / "history.json", History(num_epochs=1, epochs=(epoch,)))
    test = plan.test([run.id for run in runs])
    write_run(folder, test, Metrics(run_id=test.id, test={name: score(one, labels) for name, one in logits.items()}))
    np.savez(folder / "runs" / test.id / "predictions.npz", labels=labels, **logits)
    return folder


def write_run(folder: Path, run: Run, metrics: Metrics) -> None:
    """A finished run's folder."""
    path = folder / "runs" / run.id
    path.mkdir(parents=True)
    write_record(path / "config.json", RunRecord(run_id=run.id, config=run.config))
    write_record(path / "metrics.json", metrics)


@pytest.fixture(name="invent", scope="session")
def invent_fixture() -> Callable[..., Path]:
    """Makes a finished sweep of any number of classes."""
    return invent


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    """A finished sweep of three classes with unfriendly names."""
    return invent(tmp_path / "results", 3, 60, UNFRIENDLY_NAMES)
