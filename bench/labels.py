"""How many flipped labels stand in the first twentieth of those worth a second look, on real images.

Of a data set's first images, train and test, three in a hundred labels are flipped to another class at random, a sweep
is carried out on them, and its report's list is compared with what was flipped. Shares, by the seed of the flips.

    python -m bench.labels NAME=FOLDER …

NAME is mnist or cifar10, FOLDER its copy in the Hub's layout.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.figures import ROOT, amount, publish
from harness.report.analysis.errors.suspect_labels import find_suspect_labels
from harness.report.results.images.source_places import find_places
from harness.report.results.reading.reader import read_results
from kd.config import DataConfig
from kd.data.decoded.store import prepare

SHARE = 0.03
NUM_TRAIN, NUM_TEST = 12_000, 4_000
SWEEPS = {
    "mnist": """
teacher: {model: mnist_cnn, epochs: 10, batch_size: 64, optimizer: {name: adam, lr: 1.0e-3}, augment: {shift: 2}}
student: {model: mnist_mlp, epochs: 30, batch_size: 64, optimizer: {name: adam, lr: 1.0e-3}}
""",
    "cifar10": """
teacher: {model: cifar_resnet20, epochs: 16, batch_size: 64, optimizer: {name: adam, lr: 3.0e-3},
  augment: {shift: 4, flip: true}}
student: {model: plain_conv, epochs: 12, batch_size: 64, optimizer: {name: adam, lr: 2.0e-3}}
""",
}
REST = "name: flipped\ndata: {source: 'bench.labels:flipped'}\nsearch: null\nseeds: 2\n"
_WHERE, _SEED = "BENCH_LABELS_DATA", "BENCH_LABELS_SEED"


def flipped() -> dict[str, Any]:
    """The data source of the sweeps: what the environment names, with flipped labels."""
    folder, seed = os.environ[_WHERE], int(os.environ[_SEED])
    return {
        part: (images, flip(labels, seed + place), names)
        for place, (part, (images, labels, names)) in enumerate(as_labelled(Path(folder)).items())
    }


def as_labelled(folder: Path) -> dict[str, tuple[NDArray[np.uint8], NDArray[np.int64], list[str]]]:
    """The first images, with the labels that they came with."""
    with tempfile.TemporaryDirectory() as root:
        index = prepare(DataConfig(source=str(folder)), Path(root))
        store = Path(root) / index.digest
        return {
            part: (
                np.load(store / f"{part}_images.npy")[:number],
                np.load(store / f"{part}_labels.npy")[:number],
                index.class_names,
            )
            for part, number in (("train", NUM_TRAIN), ("test", NUM_TEST))
        }


def flip(labels_N: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """A copy in which ``SHARE`` of the labels are another class, each as likely."""
    random = np.random.default_rng(seed)
    rows = random.choice(len(labels_N), round(SHARE * len(labels_N)), replace=False)
    num_classes, other = int(labels_N.max()) + 1, labels_N.copy()
    other[rows] = (other[rows] + random.integers(1, num_classes, len(rows))) % num_classes
    return other


def found_shares(name: str, folder: Path, seed: int) -> dict[str, float]:
    """The share of the flipped labels of train and of test that is in the first twentieth."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "flipped.yaml"
        file.write_text(REST + SWEEPS[name])
        command = [sys.executable, "-m", "harness", "sweep", "--sweep", str(file), "--results", place]
        subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {_WHERE: str(folder), _SEED: str(seed)})
        results = read_results(Path(place) / "flipped")
        places = find_places(results.plan.data, Path(place) / ".data")
        assert places is not None
        true = {part: labels for part, (_, labels, _) in as_labelled(folder).items()}
        shares = {}
        for found in find_suspect_labels(results, places):
            is_flipped_N = true[places.split[found.part]][places.positions[found.part]] != places.labels[found.part]
            listed = [one.image for one in found.suspects]
            shares[found.part] = float(is_flipped_N[listed].sum() / is_flipped_N.sum())
        return shares


def main(arguments: list[str]) -> None:
    """Measure each data set."""
    figures: dict[str, Any] = {"rounds": 1}
    for name, _, folder in (argument.partition("=") for argument in arguments):
        shares = found_shares(name, Path(folder), seed=0)
        for part in ("train", "test"):
            what = f"{name}: flipped labels of {part} found in the first 5 %"
            figures[f"{name} {part}"] = amount([100 * shares[part]], what, "%", "at least 80 %")
    publish("labels", figures)


if __name__ == "__main__":
    main(sys.argv[1:])
