"""How fast a sweep's trials are, against the source documents' loops and against a floor.

- ``mnist_epoch``, ``cifar_epoch``: seconds of one distilled epoch, the document's loop over ours, for the same number
  of images. Ours is the marginal trial: the teacher's logits were computed once before. It includes the
  evaluation on val that the documents' loops do not do.
- ``search``: 16 trials of 5 epochs on MNIST, two cores, wall time of the whole command (teacher, logits, search,
  one baseline, one final student, test, report) against the tutorial script run 16 times (two runs at a time; measured
  once and multiplied) and against a bare loop: a teacher and 16 students trained by hand-written code on tensors in
  memory, two processes of one thread.

    python -m bench.speed DATA [rounds]

``DATA`` holds ``mnist`` and ``cifar10`` in Hub layout.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
import yaml

from bench import tutorials
from bench.figures import ROOT, in_turn, publish, ratio
from harness.folder import SweepFolder
from harness.plan import Plan
from harness.sweep import load_sweep
from kd.files import read_record, write_record
from kd.records import History, RunRecord
from kd.runs import Places, execute
from kd.store import prepare

CPU = torch.device("cpu")
NUM_TRIALS, EPOCHS, NUM_PROCESSES = 16, 5, 2
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
        self._student = plan.finals(loaded.distill)[0]
        for run in (*plan.teachers, plan.logits, self._student):
            self._places.run(run.id).mkdir(parents=True)
            write_record(self._places.run(run.id) / "config.json", RunRecord(run_id=run.id, config=run.config))
        for run in (*plan.teachers, plan.logits):
            execute(run.id, Places(self._places.path, self._places.data), CPU)

    def tutorial(self) -> float:
        """Seconds an image."""
        teacher, student = (tutorials.network(name, self._images) for name in self._names)
        return tutorials.train_student(teacher, student, self._images, 1, CPU)[0] / len(self._images)

    def ours(self) -> float:
        """Seconds an image, of the run's later epochs."""
        folder = self._places.run(self._student.id)
        for name in ("metrics.json", "history.json"):
            (folder / name).unlink(missing_ok=True)
        execute(self._student.id, Places(self._places.path, self._places.data), CPU)
        epochs = read_record(folder / "history.json", History).epochs
        return 1 / statistics.median(epoch.images_per_s for epoch in epochs[1:])


def epoch_ratio(study: str, data: Path, rounds: int) -> dict[str, Any]:
    """The tutorial's epoch over ours."""
    with tempfile.TemporaryDirectory() as name:
        epochs = Epochs(study, data, Path(name))
        seconds = in_turn({"tutorial": epochs.tutorial, "ours": epochs.ours}, rounds)
    images_per_s = {side: round(1 / statistics.median(values)) for side, values in seconds.items()}
    names = " → ".join(STUDIES[study][role] for role in ("teacher", "student"))
    what = f"one distilled epoch of {names}: the document's loop / ours"
    return {
        "images_per_s": images_per_s,
        "ratio": ratio(seconds["tutorial"], seconds["ours"], what, STUDIES[study]["wanted"]),
    }


def search_ratios(data: Path, rounds: int) -> dict[str, Any]:
    """The whole command over tutorial and floor."""
    sides = {"ours": _search, "floor": _floor, "tutorial": _tutorial_times_16}
    seconds = in_turn({name: lambda side=side: side(data / "mnist") for name, side in sides.items()}, rounds)
    return {
        "seconds": {side: [round(value, 1) for value in values] for side, values in seconds.items()},
        "tutorial_over_ours": ratio(
            seconds["tutorial"],
            seconds["ours"],
            "16-trial search: the document's script 16 times / ours",
            "at least 15",
        ),
        "ours_over_floor": ratio(
            seconds["ours"], seconds["floor"], "16-trial search: ours / a bare loop", "at most 1.3"
        ),
    }


def _search(data: Path) -> float:
    changes = f"data.source={data} search.num_trials={NUM_TRIALS} search.pruner=none seeds=1 compare=[]"
    with tempfile.TemporaryDirectory() as name:
        prepare(load_sweep(ROOT / "sweeps" / "mnist_cnn_mlp.yaml", changes).data, Path(name) / ".data")
        words = [sys.executable, "-m", "harness", "sweep", "--sweep", "mnist_cnn_mlp", "--set", changes]
        return _timed([*words, "--results", name])


def _tutorial_times_16(data: Path) -> float:
    """One run of the script on one of two processes' threads, times 16, by two processes."""
    return _timed([sys.executable, "-m", "bench.scripts", "tutorial", str(data)]) * NUM_TRIALS / NUM_PROCESSES


def _floor(data: Path) -> float:
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-m", "bench.scripts", "prepare", str(data), name], cwd=ROOT, check=True)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bench.scripts", "teacher", name], cwd=ROOT, check=True)
        share = str(NUM_TRIALS // NUM_PROCESSES)
        words = [sys.executable, "-m", "bench.scripts", "students", name, share]
        processes = [subprocess.Popen(words, cwd=ROOT) for _ in range(NUM_PROCESSES)]
        assert [process.wait() for process in processes] == [0] * NUM_PROCESSES
        return time.perf_counter() - began


def _timed(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure, print, and keep the figures."""
    data = Path(sys.argv[1]).absolute()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    torch.set_num_threads(1)
    figures = {f"{study}_epoch": epoch_ratio(study, data, rounds) for study in STUDIES}
    print(json.dumps(figures))  # noqa: T201
    publish("speed", {"rounds": rounds, **figures, "search": search_ratios(data, rounds)}, ("torch", "numpy"))


if __name__ == "__main__":
    main()
