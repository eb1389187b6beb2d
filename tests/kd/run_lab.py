"""A small real world for the core: digits, a teacher with its logits, and folders to run in."""

import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from kd.augment.transforms import epoch_order
from kd.config import (
    AugmentConfig,
    DistillConfig,
    FeatureConfig,
    LogitsConfig,
    ModelTraining,
    OptimizerConfig,
    RandAugmentConfig,
    StoredData,
    TestConfig,
    TrainConfig,
    UnlabeledConfig,
    UnlabeledImages,
    run_id,
)
from kd.data.images import open_training
from kd.files import read_record, write_record
from kd.models import build_model
from kd.records import History, Metrics, RunRecord
from kd.runs.execute import execute
from kd.runs.folder.context import UNATTENDED, RunContext, RunPaths

STEPS = 9  # of a lab run: 3 epochs of 90 images in batches of 32
RESULTS = ("metrics.json", "predictions.npz", "steps.npz", "model/model.safetensors", "model/config.json")

CPU = torch.device("cpu")
SHIFT = AugmentConfig(shift=2, num_views=2)
UNLABELED = UnlabeledImages(digest=None, max_images=25)  # of the digits that max_train leaves out
MIXED = AugmentConfig(shift=1, rand_augment=RandAugmentConfig(), mixup=0.8, cutmix=1.0, num_views=2)


@dataclass(frozen=True)
class Lab:
    """A sweep folder over the digits: 90 training images in batches of 32, 3 epochs, so 9 steps."""

    paths: RunPaths
    data: StoredData

    def config(self, **changes: Any) -> TrainConfig:
        """A short training of the student; ``training`` holds changes of that part."""
        training = {
            "model": "mnist_mlp",
            "epochs": 3,
            "batch_size": 32,
            "optimizer": OptimizerConfig(lr=2e-3),
        } | changes.pop("training", {})
        fields = {
            "role": "baseline",
            "seed": 0,
            "data": self.data,
            "training": ModelTraining(**training),
            "augment": AugmentConfig(),
        }
        return TrainConfig(**(fields | changes))

    def distilled(self, alpha: float = 0.5, temperature: float = 2.0, **changes: Any) -> TrainConfig:
        """The same training with the teacher's logits."""
        distill = DistillConfig(alpha=alpha, temperature=temperature)
        logits = self.logits_config(changes.get("augment", AugmentConfig()))
        return self.config(**({"role": "final", "distill": distill, "logits": run_id(logits)} | changes))

    def with_unlabeled(self, ratio: float = 0.7, **changes: Any) -> TrainConfig:
        """``distilled`` with 25 images without labels: in 63 draws it goes through them three times."""
        logits = self.unlabeled_logits(changes.get("augment", AugmentConfig()))
        unlabeled = UnlabeledConfig(images=UNLABELED, ratio=ratio, logits=run_id(logits))
        return self.distilled(**({"unlabeled": unlabeled} | changes))

    def featured(self, *features: dict[str, Any], alpha: float = 0.5, **changes: Any) -> TrainConfig:
        """The same training of another CNN with the teacher at its side, and losses on features."""
        distill = DistillConfig(alpha=alpha, features=tuple(FeatureConfig(**each) for each in features))
        training = {"model": "mnist_cnn"} | changes.pop("training", {})
        fields = {"role": "final", "distill": distill, "teachers": (run_id(self.teacher()),), "training": training}
        return self.config(**(fields | changes))

    def teacher(self) -> TrainConfig:
        """The teacher: a CNN."""
        training = {"model": "mnist_cnn", "epochs": 5, "optimizer": OptimizerConfig(lr=1e-2)}
        return self.config(role="teacher", training=training)

    def logits_config(self, augment: AugmentConfig) -> LogitsConfig:
        """The teacher's pass over two views, or the one plain view."""
        return LogitsConfig(
            data=self.data,
            teacher=run_id(self.teacher()),
            augment=augment.model_copy(update={"num_views": None}),
            num_views=2 if augment.changes_pixels else 1,
        )

    def unlabeled_logits(self, augment: AugmentConfig) -> LogitsConfig:
        """The same of images without labels."""
        return self.logits_config(augment).model_copy(update={"unlabeled": UNLABELED})

    def add(self, config: TrainConfig | LogitsConfig | TestConfig) -> Path:
        """Make the run's folder; returns it."""
        name = run_id(config)
        folder = self.paths.run(name)
        folder.mkdir(parents=True, exist_ok=True)
        write_record(folder / "config.json", RunRecord(run_id=name, config=config))
        return folder

    def execute(self, config: TrainConfig | LogitsConfig | TestConfig, context: RunContext = UNATTENDED) -> Metrics:
        """Add the run where it is new and carry it on."""
        name = run_id(config)
        if not (self.paths.run(name) / "config.json").exists():
            self.add(config)
        return execute(name, self.paths, CPU, context)

    def elsewhere(self, sweep: Path) -> "Lab":
        """A fresh sweep folder with this one's teacher and logits."""
        for part in ("runs", "teacher_logits"):
            shutil.copytree(self.paths.sweep / part, sweep / part)
        return Lab(RunPaths(sweep, self.paths.data), self.data)


@dataclass
class Memory:
    """A ``RunHooks`` that keeps the newest checkpoint to itself, and stops or prunes where it is told to."""

    state: dict[str, Any] | None = None
    stop_at: int | None = None
    prune_after: int | None = None
    looks: Any = field(default_factory=count)

    def load(self) -> dict[str, Any] | None:
        return self.state

    def save(self, step: int, state: dict[str, Any]) -> None:
        self.state = torch.utils._pytree.tree_map_only(Tensor, torch.clone, state)

    def record(self, history: History) -> None:
        pass

    def should_stop(self) -> bool:
        return next(self.looks) == self.stop_at

    def should_save(self, after_epoch: bool) -> bool:
        return after_epoch

    def should_prune(self, history: History) -> bool:
        return len(history.epochs) == self.prune_after


class KilledError(BaseException):
    """As SIGKILL: no checkpoint is written on the way out."""


def stop_at(look):
    """A control that asks to stop at its n-th look, counted from 0."""
    looks = count()
    return RunContext(should_stop=lambda: next(looks) == look)


def kill_at(look):
    """A control that ends the attempt at its n-th look without a checkpoint."""
    looks = count()

    def should_stop():
        if next(looks) == look:
            raise KilledError
        return False

    return RunContext(should_stop=should_stop)


def results(folder: Path) -> dict[str, bytes]:
    """The files that an interruption may not change."""
    return {name: (folder / name).read_bytes() for name in RESULTS}


def weights(lab, config):
    """The weights that a run ended with, by name."""
    return load_file(lab.paths.run(run_id(config)) / "model" / "model.safetensors")


def run(lab, config):
    """Execute; gives the final weights."""
    lab.execute(config)
    return weights(lab, config)


def same_weights(one, other):
    """Whether two sets of weights are the same bits."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def tree(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file with its content, inode and time of change."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def by_hand(lab, config, step):
    """The run's batches through ``step(model, optimizer, images, labels, number)``; gives the model."""
    data = open_training(config.data, lab.paths.data, CPU)
    torch.manual_seed(config.seed)
    model = build_model(config.training.model, 10, (1, 28, 28)).train()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    batches = [batch for epoch in range(3) for batch in torch.split(epoch_order(config.seed, epoch, 90), 32)]
    for number, batch in enumerate(batches):
        optimizer.zero_grad()
        step(model, optimizer, data.train.images_NCHW[batch], data.train.labels_N[batch], number)
    return model


def difference(one, other):
    """The largest difference between two sets of weights."""
    return max((one[name] - other[name]).abs().max().item() for name in one)


def history(lab, config):
    """What a run wrote down of its epochs."""
    return read_record(lab.paths.run(run_id(config)) / "history.json", History)


def fresh(lab, augment_config):
    """Forget the logits run that the lab came with; gives its configuration and its folder of views."""
    config = lab.logits_config(augment_config)
    (lab.paths.run(run_id(config)) / "metrics.json").unlink()
    folder = lab.paths.logits(run_id(config))
    for path in folder.iterdir():
        path.unlink()
    return config, folder


def folder_of(lab, augment_config):
    """Where the logits of views lie."""
    return lab.paths.logits(run_id(lab.logits_config(augment_config)))
