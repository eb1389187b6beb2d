"""What it gains to train runs as one stacked model: students in a pack against the same ones one after the other.

Both sides take the same steps on the same synthetic images, in memory on the GPU, or on one thread of a CPU
where there is none: forward, loss with alpha and T of each run's own, backward, optimizer. The ratio is images a second
in a pack over alone. ``trials`` see the same batches, as those of a search do; ``seeds`` each their own. Evaluation
and checkpoints cost the same on both sides and are left out. 16 runs on a GPU; on a CPU, where a pack does not pay and
is not the default, 4.

    python -m bench.pack [rounds [steps [runs]]]
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from bench.figures import in_turn, publish, ratio
from bench.trainings import invent, invented_logits, open_training, take
from kd.config import DistillConfig, ModelTraining
from kd.evaluation.speed import describe_hardware
from kd.training.loop import Training
from kd.training.stacked import Pack

BATCH_SIZE = 128
WARM_UP_STEPS = 2
DEFAULTS = {"cuda": (5, 50, 16), "cpu": (3, 2, 4)}  # rounds, steps, runs
STUDENTS = {"mnist_mlp": ((1, 28, 28), 10), "cifar_light_cnn": ((3, 32, 32), 1)}
"""Shape of the images, and by how many times the number of steps is raised, since they are short."""


class Students:
    """Runs of one student, opened once for each side.

    Args:
        model: Its name.
        runs: How many there are.
        have_own_seeds: Whether each sees its own batches.
        steps: That one measurement takes of each run.
        rounds: How many measurements there will be.
        device: To compute on.
    """

    def __init__(self, model: str, runs: int, have_own_seeds: bool, steps: int, rounds: int, device: torch.device):
        num_images = BATCH_SIZE * (steps * rounds + WARM_UP_STEPS)
        torch.manual_seed(0)
        data = invent(num_images, STUDENTS[model][0], 10, device)
        teacher = invented_logits(data)
        training = ModelTraining(model=model, epochs=1, batch_size=BATCH_SIZE)

        def open_all() -> list[Training]:
            return [
                open_training(
                    training,
                    data,
                    teacher,
                    seed=number if have_own_seeds else 0,
                    distill=DistillConfig(alpha=number / max(runs - 1, 1), temperature=1.0 + number),
                )
                for number in range(runs)
            ]

        self._steps = steps
        self._device = device
        self._alone, packed = open_all(), open_all()
        self._alone_batches = [training.steps() for training in self._alone]
        self._packed_batches = [training.steps() for training in packed]
        first = [next(batches) for batches in self._packed_batches]
        self._pack = Pack(packed)
        self._pack.train_step(first)
        self._take_packed(WARM_UP_STEPS - 1)
        self._take_alone(WARM_UP_STEPS)

    def alone(self) -> float:
        """Seconds of the next steps, run after run."""
        return self._timed(self._take_alone)

    def packed(self) -> float:
        """Seconds of the next steps of all."""
        return self._timed(self._take_packed)

    def _take_alone(self, steps: int) -> None:
        for training, batches in zip(self._alone, self._alone_batches, strict=True):
            take(training, batches, steps)

    def _take_packed(self, steps: int) -> None:
        for _ in range(steps):
            self._pack.train_step([next(batches) for batches in self._packed_batches])

    def _timed(self, take: Callable[[int], None]) -> float:
        self._wait()
        began = time.perf_counter()
        take(self._steps)
        self._wait()
        return time.perf_counter() - began

    def _wait(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


def pack_ratio(model: str, kind: str, runs: int, steps: int, rounds: int, device: torch.device) -> dict[str, Any]:
    """Images a second of both sides, and the pack's over the other's."""
    steps *= STUDENTS[model][1]
    students = Students(model, runs, kind == "seeds", steps, rounds, device)
    seconds = in_turn({"alone": students.alone, "packed": students.packed}, rounds)
    num_images = runs * steps * BATCH_SIZE
    what = f"{runs} {kind} of {model}: images/s in a pack / one after the other"
    return {
        "images_per_s": {side: [round(num_images / each) for each in values] for side, values in seconds.items()},
        "ratio": ratio(seconds["alone"], seconds["packed"], what, "above 1" if device.type == "cuda" else ""),
    }


def main() -> None:
    """Measure, print, and keep the figures."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    given = [int(word) for word in sys.argv[1:]]
    rounds, steps, runs = (*given, *DEFAULTS[device.type][len(given) :])
    torch.set_num_threads(1)
    figures = {
        f"{model}_{kind}": pack_ratio(model, kind, runs, steps, rounds, device)
        for model in STUDENTS
        for kind in ("trials", "seeds")
    }
    name = "pack" if device.type == "cpu" else "pack_gpu"
    publish(name, {"rounds": rounds, "steps": steps, "device": describe_hardware(device), **figures})


if __name__ == "__main__":
    main()
