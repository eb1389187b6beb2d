"""Whether weights of classes and balanced sampling help on classes of unequal size: MNIST, 100 to 1 in train.

A folder of PNG files is written: of the ten digits 2,000 down to 20 images to train on, in even steps of the logarithm,
and 800 down to 40 to test, which is what makes balanced accuracy the headline. Then the same study is carried out four
times through the command line, with nothing done about the sizes, with both kinds of weights, and with balanced
sampling, in the training of teacher and students alike. All four read the same test images with the same seeds, so
their students are compared as the report compares arms: paired, with the interval of 0005.

    python -m bench.imbalance FOLDER_WITH_mnist
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.figures import ROOT, publish
from harness.report.analysis.arms.gains import Row, find_rows, right_by_run
from harness.report.analysis.chance.statistics import Gain, paired_gain
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import Results
from kd.config import DataConfig
from kd.data.decoded.arrays import load_array
from kd.data.decoded.store import prepare

SIZES = {"train": (2000, 20), "test": (800, 40)}
WAYS: dict[str, dict[str, str]] = {
    "nothing": {},
    "class_weights: sqrt": {"class_weights": "sqrt"},
    "class_weights: balanced": {"class_weights": "balanced"},
    "sampling: balanced": {"sampling": "balanced"},
}
SEEDS = 5
COLUMNS = [
    "in the training of teacher and students",
    "teacher, balanced %",
    "student alone, balanced %",
    "distilled, balanced %",
    "gain, points",
    "distilled over that with nothing, points",
    "distilled, plain %",
]


def write_folder(source: Path, folder: Path) -> None:
    """The digits as ``folder/train/3/00012.png``, each class a part of its first images."""
    from PIL import Image

    store = folder.parent / "whole"
    index = prepare(DataConfig(source=str(source)), store)
    for split, (most, least) in SIZES.items():
        images, labels = (load_array(store / index.digest / f"{split}_{name}.npy") for name in ("images", "labels"))
        for label, size in enumerate(np.geomspace(most, least, len(index.class_names)).round().astype(int)):
            place = folder / split / str(label)
            place.mkdir(parents=True)
            for number in np.flatnonzero(labels == label)[:size]:
                Image.fromarray(images[number, 0]).save(place / f"{number:05d}.png")


def study(folder: Path, results: Path, number: int, way: dict[str, str]) -> Results:
    """The sweep through the command line, and what it found."""
    training = {"epochs": 12, "batch_size": 64, **way}
    sweep = {
        "name": f"imbalance-{number}",
        "data": {"source": f"folder:{folder}", "val_fraction": 0.2},
        "teacher": {"model": "mnist_cnn", **training},
        "student": {"model": "mnist_mlp", **training},
        "search": {"num_trials": 8, "metric": "val_balanced_accuracy"},
        "seeds": SEEDS,
    }
    path = results.parent / f"{sweep['name']}.yaml"
    path.write_text(yaml.safe_dump(sweep))
    words = [sys.executable, "-m", "harness", "sweep", "--sweep", str(path), "--results", str(results)]
    subprocess.run(words, cwd=ROOT, check=True)
    return read_results(results / str(sweep["name"]))


def row(name: str, found: Results, first: Results) -> list[Any]:
    """One way's figures, and its distilled students beside those of the first."""
    rows = {each.arm.key: each for each in find_rows(found)}
    gain, lead = rows["distilled"].gain, over(found, first)
    assert gain is not None and rows["distilled"].unequal is not None
    plain = rows["distilled"].unequal.accuracy
    assert plain is not None
    scores = [mean(rows[key]) for key in ("teacher", "baseline", "distilled")]
    return [name, *scores, spoken(gain), "" if found is first else spoken(lead), f"{100 * plain.mean:.2f}"]


def over(found: Results, first: Results) -> Gain:
    """Distilled students of two studies, on the same seeds and test images."""
    mine, theirs = (
        np.stack([right_by_run(one)[run.id] for run in arm.runs])
        for one in (found, first)
        for arm in one.arms
        if arm.key == "distilled"
    )
    return paired_gain(mine, theirs, classes_N=found.classes_N)


def mean(row: Row) -> str:
    """In per cent."""
    assert row.accuracy is not None
    return f"{100 * row.accuracy.mean:.2f}"


def spoken(gain: Gain) -> str:
    """In points, with its interval."""
    return f"{100 * gain.both.mean:+.2f} ({100 * gain.both.low:+.2f} to {100 * gain.both.high:+.2f})"


def main() -> None:
    """Measure, print, and keep the figures."""
    source = Path(sys.argv[1]).absolute() / "mnist"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "digits"
        write_folder(source, folder)
        found = {way: study(folder, Path(name) / "results", n, keys) for n, (way, keys) in enumerate(WAYS.items())}
        first = found["nothing"]
        assert all(one.metric == "balanced_accuracy" for one in found.values())
        rows = [row(way, one, first) for way, one in found.items()]
    publish("imbalance", {"rounds": SEEDS, "columns": COLUMNS, "rows": rows}, ("torch",))


if __name__ == "__main__":
    main()
