"""How fast a sweep's trials are, against the source documents' loops and against a floor.

- ``mnist_epoch``, ``cifar_epoch``: seconds of one distilled epoch for the same number of images: the document's loop
  over ours, ours over the floor's, and the document's over the floor's, which is what there is to gain on this machine.
  Ours is the marginal trial: the teacher's logits were computed once before. It includes the evaluation on val that
  the others do not do.
- ``search``: 16 trials of 5 epochs on MNIST, wall time of the whole command (teacher, logits, search, one baseline, one
  final student, test, report) against the tutorial script run 16 times, as many runs at a time as there are cores
  (measured once and multiplied), and against the floor: a teacher on all cores, then 16 students in as many processes
  of one thread, all on as many images as ours trains on; no evaluation, no baseline, no report. Ours trains two
  students more, the baseline and the final one. So beside this strict ratio stands that over as many trainings: the
  processes go on with two students more, and what is left is what a sweep costs beyond its loops.

    python -m bench.speed DATA [rounds]
    python -m bench.speed DATA rounds search [images]

``DATA`` holds ``mnist`` and ``cifar10`` in Hub layout. With ``search``, that alone is measured, without the tutorial,
printed and kept apart; with fewer images it is tried out, and nothing is kept.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
import yaml

from bench import tutorials
from bench.figures import ROOT, in_turn, publish, ratio
from bench.floor import Floor
from harness.state.files.folder import SweepFolder
from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from kd.cores import num_cores
from kd.data.decoded.store import prepare
from kd.files import read_record
from kd.records import History
from kd.runs.execute import execute
from kd.runs.folder.context import RunPaths

CPU = torch.device("cpu")
NUM_TRIALS, EPOCHS, VAL_FRACTION, ALL_IMAGES = 16, 5, 0.1, 60_000
NUM_OTHERS = 2  # students that a sweep of one seed trains beside its trials: the baseline and the final one
NUM_PROCESSES = num_cores()
STUDIES: dict[str, dict[str, Any]] = {
    "mnist": {
        "teacher": "mnist_cnn",
        "student": "mnist_mlp",
        "column": "image",
        "images": 20_000,
        "wanted": "at least 20",
    },
    "cifar10": {
        "teacher": "cifar_resnet18",
        "student": "cifar_light_cnn",
        "column": "img",
        "images": 1_000,
        "wanted": "at least 5",
    },
}


class Epochs:
    """One distilled epoch of a study on one thread, both ways, on as many images."""

    def __init__(self, study: str, data: Path, folder: Path) -> None:
        self._images = tutorials.load(data / study, "train", STUDIES[study]["column"], STUDIES[study]["images"])
        self._names = STUDIES[study]["teacher"], STUDIES[study]["student"]
        self._folder = folder
        sweep = folder / "sweep.yaml"
        content = {
            "name": study,
            "data": {"source": str(data / study), "max_train": STUDIES[study]["images"] * 10 // 9, "max_test": 100},
            "teacher": {"model": self._names[0], "epochs": 1},
            "student": {"model": self._names[1], "epochs": 3},
            "search": None,
            "seeds": 1,
        }
        sweep.write_text(yaml.safe_dump(content))
        loaded = load_sweep(sweep)
        self._places = SweepFolder(folder / "results", loaded.name)
        plan = Plan(loaded, prepare(loaded.data, self._places.data).digest)
        self._student = plan.finals()[0]
        for run in (*plan.teachers, plan.logits, self._student):
            self._places.add(run)
        for run in (*plan.teachers, plan.logits):
            execute(run.id, RunPaths(self._places.path, self._places.data), CPU)

    def tutorial(self) -> float:
        """Seconds an image."""
        teacher, student = (tutorials.network(name, self._images) for name in self._names)
        return tutorials.train_student(teacher, student, self._images, 1, CPU)[0] / len(self._images)

    def floor(self) -> float:
        """Seconds an image, with invented logits."""
        images = self._images
        pixels = torch.stack([images[row][0] for row in range(len(images))])
        logits, labels = torch.randn(len(images), 10), torch.tensor(images.labels)
        floor = Floor(tutorials.network(self._names[1], images), pixels, labels, logits)
        began = time.perf_counter()
        floor.train(1, alpha=0.5, temperature=2.0)
        return (time.perf_counter() - began) / len(images)

    def ours(self) -> float:
        """Seconds an image, of the run's later epochs."""
        folder = self._places.run(self._student.id)
        for name in ("metrics.json", "history.json"):
            (folder / name).unlink(missing_ok=True)
        execute(self._student.id, RunPaths(self._places.path, self._places.data), CPU)
        epochs = read_record(folder / "history.json", History).epochs
        return 1 / statistics.median(epoch.images_per_s for epoch in epochs[1:])


def epoch_ratio(study: str, data: Path, rounds: int) -> dict[str, Any]:
    """The tutorial's epoch, ours and the floor's."""
    with tempfile.TemporaryDirectory() as name:
        epochs = Epochs(study, data, Path(name))
        seconds = in_turn({"tutorial": epochs.tutorial, "ours": epochs.ours, "floor": epochs.floor}, rounds)
    images_per_s = {side: round(1 / statistics.median(values)) for side, values in seconds.items()}
    what = f"one distilled epoch of {' → '.join(STUDIES[study][role] for role in ('teacher', 'student'))}:"
    tutorial, ours, floor = seconds.values()
    return {
        "images_per_s": images_per_s,
        "tutorial_over_ours": ratio(tutorial, ours, f"{what} the document's loop / ours", STUDIES[study]["wanted"]),
        "ours_over_floor": ratio(ours, floor, f"{what} ours / the floor's"),
        "tutorial_over_floor": ratio(tutorial, floor, f"{what} the document's loop / the floor's"),
    }


def search_ratios(data: Path, rounds: int) -> dict[str, Any]:
    """The whole command over tutorial and floor."""
    seconds = _in_turn_with_floor(data / "mnist", rounds, {"tutorial": _tutorial_times_16})
    slower = ratio(
        seconds["tutorial"], seconds["ours"], "16-trial search: the document's script 16 times / ours", "at least 15"
    )
    return _search_over_floor(seconds) | {"tutorial_over_ours": slower}


def search_and_floor(data: Path, rounds: int, images: int) -> dict[str, Any]:
    """The whole command over the floor alone."""
    return _search_over_floor(_in_turn_with_floor(data / "mnist", rounds, {}, images))


def _in_turn_with_floor(
    mnist: Path, rounds: int, others: dict[str, Callable[[Path], float]], images: int = ALL_IMAGES
) -> dict[str, list[float]]:
    """Seconds of each side, round by round; the floor's are of its trials, and with the students beside them."""
    with_others: list[float] = []

    def floor() -> float:
        of_trials, of_all = _floor(mnist, images)
        with_others.append(of_all)
        return of_trials

    sides = {"ours": partial(our_search, mnist, images), "floor": floor}
    return in_turn(sides | {name: partial(side, mnist) for name, side in others.items()}, rounds) | {
        "floor_of_as_many": with_others
    }


def _search_over_floor(seconds: dict[str, list[float]]) -> dict[str, Any]:
    return {
        "seconds": {side: [round(value, 1) for value in values] for side, values in seconds.items()},
        "ours_over_floor": ratio(
            seconds["ours"],
            seconds["floor"],
            "16-trial search: ours / the floor of its teacher and trials",
            "at most 1.15",
        ),
        "ours_over_floor_of_as_many": ratio(
            seconds["ours"],
            seconds["floor_of_as_many"],
            "16-trial search: ours / the floor of as many trainings, baseline and final student among them",
        ),
    }


def our_search(data: Path, images: int = ALL_IMAGES) -> float:
    """Seconds of the whole command, up to the report; the images are decoded before."""
    changes = (
        f"data.source={data} data.max_train={images} data.val_fraction={VAL_FRACTION} search.num_trials={NUM_TRIALS}"
        " search.pruner=none search.repeats=0 seeds=1 compare=[]"
    )
    with tempfile.TemporaryDirectory() as name:
        prepare(load_sweep(ROOT / "sweeps" / "mnist_cnn_mlp.yaml", changes).data, Path(name) / ".data")
        words = [sys.executable, "-m", "harness", "sweep", "--sweep", "mnist_cnn_mlp", "--set", changes]
        return _timed([*words, "--results", name])


def _tutorial_times_16(data: Path) -> float:
    """As many runs of the script side by side as there are cores, and so often that it is 16."""
    began = time.perf_counter()
    _side_by_side(*[[sys.executable, "-m", "bench.scripts", "tutorial", str(data)]] * NUM_PROCESSES)
    return (time.perf_counter() - began) * NUM_TRIALS / NUM_PROCESSES


def _floor(data: Path, images: int) -> tuple[float, float]:
    """Seconds of a teacher and the trials, and with as many students more as a sweep trains beside them."""
    with tempfile.TemporaryDirectory() as name:
        words = [sys.executable, "-m", "bench.scripts", "prepare", str(data), name, str(images)]
        subprocess.run(words, cwd=ROOT, check=True)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bench.scripts", "teacher", name], cwd=ROOT, check=True)
        words = [sys.executable, "-m", "bench.scripts", "students", name]
        _side_by_side(*([*words, *map(str, share)] for share in shares(NUM_PROCESSES)))
        of_all = time.perf_counter() - began
        ends = [float(path.read_text()) for path in Path(name).glob("*.trials-done")]
    return max(ends) - began, of_all


def shares(num_processes: int) -> list[tuple[int, int, int]]:
    """Of each process its number, its trials, and the students that it trains after them.

    >>> shares(2), shares(3)
    ([(0, 8, 1), (1, 8, 1)], [(0, 6, 0), (1, 5, 1), (2, 5, 1)])
    """
    numbers = range(num_processes)
    trials = [len(range(first, NUM_TRIALS, num_processes)) for first in numbers]
    students = [len(range(first, NUM_TRIALS + NUM_OTHERS, num_processes)) for first in numbers]
    return [(number, few, many - few) for number, few, many in zip(numbers, trials, students, strict=True)]


def _side_by_side(*commands: list[str]) -> None:
    processes = [subprocess.Popen(words, cwd=ROOT) for words in commands]
    assert not any([process.wait() for process in processes])


def _timed(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure, print, and keep the figures."""
    data = Path(sys.argv[1]).absolute()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    if "search" in sys.argv[3:]:
        images = int(sys.argv[4]) if len(sys.argv) > 4 else ALL_IMAGES
        figures = {"rounds": rounds, "search": search_and_floor(data, rounds, images)}
        print(json.dumps(figures, indent=2))  # noqa: T201
        if images == ALL_IMAGES:
            publish("floor", figures)
        return
    torch.set_num_threads(1)
    figures = {f"{study}_epoch": epoch_ratio(study, data, rounds) for study in STUDIES}
    print(json.dumps(figures))  # noqa: T201
    publish("speed", {"rounds": rounds, **figures, "search": search_ratios(data, rounds)}, ("torch", "numpy"))


if __name__ == "__main__":
    main()
