"""A teacher, its pass and its students as runs in a folder, as a sweep has them, without the harness."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from bench.gpu.images import SOURCE
from kd.config import (
    AugmentConfig,
    DataConfig,
    DistillConfig,
    LogitsConfig,
    ModelTraining,
    OptimizerConfig,
    StoredData,
    TrainConfig,
    run_id,
)
from kd.data.decoded.store import prepare
from kd.files import read_record, write_record
from kd.records import Metrics, RunRecord
from kd.runs.execute import execute
from kd.runs.folder.context import UNATTENDED, RunContext, RunPaths
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup


@dataclass(frozen=True)
class Study:
    """Runs in a folder of their own, over data that studies share.

    Args:
        paths: Its folder, and that of the data.
        data: What is learned from.
        epochs: Of teacher and students.
        device: To compute on.
    """

    paths: RunPaths
    data: StoredData
    epochs: int
    device: torch.device

    @classmethod
    def open(cls, room: Path, name: str, num_images: int, epochs: int, device: torch.device) -> "Study":
        """A new one, ``name``, of so many training images."""
        data = DataConfig(source=SOURCE, max_train=num_images, max_test=100)
        digest = prepare(data, room / "data").digest
        return cls(RunPaths(room / name, room / "data"), data.stored(digest), epochs, device)

    def elsewhere(self, name: str, device: torch.device) -> "Study":
        """A new one beside it with this one's teacher and logits."""
        folder = self.paths.sweep.parent / name
        shutil.copytree(self.paths.sweep / "teacher_logits", folder / "teacher_logits")
        shutil.copytree(self.paths.run(run_id(self.teacher)), folder / "runs" / run_id(self.teacher))
        return Study(RunPaths(folder, self.paths.data), self.data, self.epochs, device)

    def training(self, role: str, model: str, **changes: Any) -> TrainConfig:
        """A training; the model's options are in ``training``, all else as in ``TrainConfig``."""
        options = {"model": model, "epochs": self.epochs, "batch_size": 64, "optimizer": OptimizerConfig(lr=2e-3)}
        training = ModelTraining(**(options | changes.pop("training", {})))
        fields = {"role": role, "seed": 0, "data": self.data, "training": training, "augment": AugmentConfig()}
        return TrainConfig(**(fields | changes))

    @property
    def teacher(self) -> TrainConfig:
        """A small CNN."""
        return self.training("teacher", "mnist_cnn")

    @property
    def teacher_pass(self) -> LogitsConfig:
        """Over the images as they are."""
        return LogitsConfig(data=self.data, teacher=run_id(self.teacher), augment=AugmentConfig(), num_views=1)

    def student(self, model: str = "plain_conv", alpha: float = 0.5, **changes: Any) -> TrainConfig:
        """Distilled, from kept logits unless ``teachers`` are named."""
        taught = {} if "teachers" in changes else {"logits": run_id(self.teacher_pass)}
        distill = DistillConfig(alpha=alpha, temperature=2.0)
        return self.training(changes.pop("role", "final"), model, **({"distill": distill} | taught | changes))

    def add(self, config: TrainConfig | LogitsConfig) -> str:
        """Make the run's folder; gives its name."""
        name = run_id(config)
        path = self.paths.run(name) / "config.json"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_record(path, RunRecord(run_id=name, config=config))
        return name

    def run(
        self,
        config: TrainConfig | LogitsConfig,
        context: RunContext = UNATTENDED,
        process_group: ProcessGroup = SINGLE_PROCESS,
    ) -> Metrics:
        """Carry a run to its end, from wherever it was."""
        return execute(self.add(config), self.paths, self.device, context, process_group)

    def teach(self) -> None:
        """Train the teacher and keep its logits."""
        self.run(self.teacher)
        self.run(self.teacher_pass)

    def weights(self, config: TrainConfig) -> dict[str, torch.Tensor]:
        """Those that a run ended with."""
        return load_file(self.paths.run(run_id(config)) / "model" / "model.safetensors")

    def step_losses(self, config: TrainConfig) -> NDArray[np.float32]:
        """The training loss of each step [steps]."""
        with np.load(self.paths.run(run_id(config)) / "steps.npz") as arrays:
            return np.asarray(arrays["train_loss"])

    def accuracy(self, config: TrainConfig) -> float:
        """On val, in per cent."""
        metrics = read_record(self.paths.run(run_id(config)) / "metrics.json", Metrics)
        assert metrics.val is not None
        return 100 * metrics.val.accuracy


def num_different(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> int:
    """Weights that are not the same bits."""
    assert one.keys() == other.keys()
    return sum(int((one[name] != other[name]).sum()) for name in one)


def largest_difference(one: NDArray[np.float32], other: NDArray[np.float32], number: int | None = None) -> float:
    """Of the first values of two series, relative to the larger of each pair."""
    one, other = one[:number], other[:number]
    return float((np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))).max())


def be_deterministic() -> None:
    """Let torch take the kernels that come to the same bits; before anything is computed on a GPU.

    Where there is no such kernel torch warns, and goes on.
    """
    os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
