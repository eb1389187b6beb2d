"""How this program does beside those that do a part of the same, in one run on the same images and networks.

- ``epochs``: one distilled epoch on one thread: that of torchdistill, and that of the document's loop, over ours; the
  latter with the torch of either environment, which tells what torch itself makes of the difference.
- ``search``: the wall time of 16 trials of alpha and T, two at a time, with the teacher's training before them: hydra
  with submitit and Optuna, each trial as its users would write it, over ours, which also trains a baseline and a final
  student, reads test once and writes the report.

    python -m bench.peers DATA [rounds [images]]

``DATA`` holds ``mnist`` and ``cifar10`` in Hub layout. Each peer has an environment of its own in ``.venv/peers``,
which the first run installs.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from bench import tutorials
from bench.figures import in_turn, publish, ratio
from bench.peers.environment import run, versions
from bench.speed import NUM_TRIALS, STUDIES, Epochs, our_search

IMAGES = 20_000  # of MNIST, train and val together


def epoch_ratios(study: str, data: Path, rounds: int) -> dict[str, Any]:
    """The epoch of torchdistill, and that of the document, over ours."""
    asked = STUDIES[study]
    given = (data / study, asked["teacher"], asked["student"], asked["column"], asked["images"])

    def there(side: str) -> float:
        return float(run("torchdistill", "-m", "bench.peers.epochs", side, *given))

    found = versions("torchdistill")
    with tempfile.TemporaryDirectory() as name:
        ours = Epochs(study, data, Path(name))
        sides: dict[str, Callable[[], float]] = {
            f"torchdistill {found['torchdistill']} (torch {found['torch']})": partial(there, "torchdistill"),
            f"the document's loop (torch {found['torch']})": partial(there, "tutorial"),
            "the document's loop": ours.tutorial,
            "ours": ours.ours,
        }
        seconds = in_turn(sides, rounds)
    return _over_ours(seconds, f"one distilled epoch of {asked['teacher']} → {asked['student']}")


def search_ratios(data: Path, rounds: int, num_images: int) -> dict[str, Any]:
    """The search by hydra over ours."""
    found = versions("hydra")
    hydra = f"hydra {found['hydra-core']}, submitit {found['submitit']}, Optuna {found['optuna']}"
    sides = {
        f"{hydra}, each trial the document's loop": lambda: _by_hydra(data, num_images, "tutorial"),
        f"{hydra}, each trial a plain loop over kept logits": lambda: _by_hydra(data, num_images, "floor"),
        "ours": lambda: our_search(data, num_images),
    }
    return _over_ours(in_turn(sides, rounds), f"{NUM_TRIALS}-trial search on {num_images:,} digits")


def _over_ours(seconds: dict[str, list[float]], what: str) -> dict[str, Any]:
    return {
        "seconds": {side: [float(f"{value:.3g}") for value in values] for side, values in seconds.items()},
        **{side: ratio(seconds[side], seconds["ours"], f"{what}: {side} / ours") for side in seconds if side != "ours"},
    }


def _by_hydra(data: Path, num_images: int, way: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        images = tutorials.load(data, "train", "image", num_images)
        torch.save((torch.from_numpy(images.arrays)[:, None], torch.tensor(images.labels)), Path(name) / "data.pt")
        began = time.perf_counter()
        run("hydra", "bench/peers/hydra_search.py", "teacher", name, way)
        run("hydra", "bench/peers/hydra_search.py", "--multirun", f"folder={name}", f"way={way}")
        return time.perf_counter() - began


def main() -> None:
    """Measure, print, and keep the figures."""
    data = Path(sys.argv[1]).absolute()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    num_images = int(sys.argv[3]) if len(sys.argv) > 3 else IMAGES
    torch.set_num_threads(1)
    figures = {f"{study}_epoch": epoch_ratios(study, data, rounds) for study in STUDIES}
    search = search_ratios(data / "mnist", rounds, num_images)
    publish("peers", {"rounds": rounds, **figures, "search": search})


if __name__ == "__main__":
    main()
