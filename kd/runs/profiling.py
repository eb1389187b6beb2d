"""Where the time of a run goes.

``python -m kd.runs.profiling SWEEP DATA RUN STARTED`` carries a run out and prints its seconds by phase as JSON;
``STARTED`` is when the process was asked for, in seconds since the epoch.
"""

import json
import pkgutil
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import torch

from kd.runs.context import RunPaths
from kd.runs.execute import execute

START, REST = "start-up", "everything else"
PHASES = {
    START: ("kd.training.loop.build_optimizer",),  # the first one of a process loads torch's compiler
    "data": ("kd.runs.train.open_training", "kd.training.loop.epoch_order"),
    "views": ("kd.augment.views.View.__init__", "kd.augment.views.View.images", "kd.augment.views.View.labels"),
    "teacher's logits": (
        "kd.training.teacher.TeacherLogits.__init__",
        "kd.training.teacher.TeacherLogits.__call__",
        "kd.training.teacher.OnlineTeacher._logits",
    ),
    "forward": ("kd.models.image_model.ImageModel.forward",),
    "loss": ("kd.training.loop.Training.losses",),
    "backward": ("torch.Tensor.backward",),
    "optimizer": (
        "torch.optim.SGD.step",
        "torch.optim.Adam.step",
        "kd.training.ema.WeightAverage.update",
    ),  # AdamW is an Adam
    "evaluation": ("kd.training.loop.Training._evaluate", "kd.runs.train.score", "kd.runs.train.measure_size"),
    "checkpoint": ("kd.runs.folder.RunFolder.load", "kd.runs.folder.RunFolder.save", "kd.runs.folder.RunFolder.record"),
    "results": ("kd.runs.train.save_model", "kd.runs.teacher_pass.write_view", "kd.runs.teacher_pass.write_index"),
}
"""The functions that a phase is spent in. What one of them calls counts as its own."""


class Stopwatch:
    """Seconds by phase, of the functions that it was put on.

    Args:
        wait: Called before a look at the clock: until a device has done what it was given.
    """

    def __init__(self, wait: Callable[[], None]) -> None:
        self.seconds = dict.fromkeys(PHASES, 0.0)
        self._wait = wait
        self._is_running = False

    def put_on(self, path: str, phase: str) -> None:
        """Time every call of the function at ``package.module.name``, or ``package.module.Class.name``."""
        place, _, name = path.rpartition(".")
        owner = pkgutil.resolve_name(place)
        function = getattr(owner, name)

        @wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            if self._is_running:
                return function(*args, **kwargs)
            self._is_running, began = True, self._now()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[phase] += self._now() - began
                self._is_running = False

        setattr(owner, name, timed)

    def _now(self) -> float:
        self._wait()
        return time.perf_counter()


def main() -> None:
    """Carry the run out under a stopwatch."""
    sweep, data, run_id, started = sys.argv[1:]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stopwatch = Stopwatch(torch.cuda.synchronize if device.type == "cuda" else lambda: None)
    for phase, paths in PHASES.items():
        for path in paths:
            stopwatch.put_on(path, phase)
    stopwatch.seconds[START] = time.time() - float(started)
    execute(run_id, RunPaths(Path(sweep), Path(data)), device)
    took = time.time() - float(started)
    json.dump(stopwatch.seconds | {REST: took - sum(stopwatch.seconds.values())}, sys.stdout)


if __name__ == "__main__":
    main()
