"""A small real world for the core: digits, a teacher with its logits, and folders to run in."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import settings

from kd.config import (
    AugmentConfig,
    DataConfig,
    DistillConfig,
    LogitsConfig,
    ModelTraining,
    OptimizerConfig,
    RandAugmentConfig,
    ScheduleConfig,
    StoredData,
    TestConfig,
    TrainConfig,
    run_id,
)
from kd.data.store import prepare
from kd.files import write_record
from kd.records import Metrics, RunRecord
from kd.runs.context import UNATTENDED, RunContext, RunPaths
from kd.runs.execute import execute

sys.path.append(str(Path(__file__).parent / "users"))  # models by import path
torch.set_num_threads(1)  # tiny models: a second thread costs more than it brings
settings.register_profile("unhurried", deadline=None, derandomize=True)
settings.load_profile("unhurried")

CPU = torch.device("cpu")
SHIFT = AugmentConfig(shift=2, num_views=2)
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


@pytest.fixture(scope="session")
def store_root(tmp_path_factory):
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def digits(store_root) -> StoredData:
    """120 digits for training and val, 1,500 for test."""
    index = prepare(DataConfig(source="embedded:mnist5k"), store_root)
    return StoredData(
        source=index.source,
        digest=index.digest,
        val_fraction=0.25,
        test_fraction=0.3,
        split_seed=0,
        max_train=120,
        max_test=100,
    )


@pytest.fixture(scope="session")
def taught(tmp_path_factory, store_root, digits) -> Lab:
    """A sweep folder whose teacher and logits are done. Do not write here: see ``lab``."""
    lab = Lab(RunPaths(tmp_path_factory.mktemp("taught"), store_root), digits)
    lab.execute(lab.teacher())
    for augment in (AugmentConfig(), SHIFT, MIXED):
        lab.execute(lab.logits_config(augment))
    return lab


@pytest.fixture
def lab(taught, tmp_path) -> Lab:
    """A fresh sweep folder with teacher and logits."""
    return taught.elsewhere(tmp_path / "sweep")


@pytest.fixture(
    params=[
        pytest.param({}, id="adam"),
        pytest.param(
            {"training": {"optimizer": OptimizerConfig(name="sgd", lr=0.05, weight_decay=1e-3)}}, id="sgd-momentum"
        ),
        pytest.param(
            {
                "training": {
                    "optimizer": OptimizerConfig(name="adamw", weight_decay=0.1),
                    "schedule": ScheduleConfig(name="cosine", warmup_epochs=0.5),
                }
            },
            id="adamw-cosine-warmup",
        ),
        pytest.param({"augment": SHIFT}, id="adam-shifted"),
        pytest.param({"distilled": True}, id="distilled"),
        pytest.param(
            {
                "distilled": True,
                "augment": SHIFT,
                "training": {"schedule": ScheduleConfig(name="cosine"), "optimizer": OptimizerConfig(name="adamw")},
            },
            id="distilled-adamw-cosine-shifted",
        ),
        pytest.param(
            {
                "training": {
                    "optimizer": OptimizerConfig(name="sgd", lr=0.05, nesterov=True, weight_decay=1e-3),
                    "schedule": ScheduleConfig(name="step", milestones=(0.5, 2)),
                    "clip_grad_norm": 0.5,
                    "ema_decay": 0.8,
                }
            },
            id="nesterov-step-clipped-averaged",
        ),
        pytest.param(
            {
                "training": {
                    "model": "users_nets:dropout_net",
                    "schedule": ScheduleConfig(name="one_cycle"),
                    "accumulation_steps": 3,
                    "label_smoothing": 0.1,
                    "ema_decay": 0.9,
                }
            },
            id="dropout-one-cycle-accumulated-averaged",
        ),
        pytest.param(
            {
                "distilled": True,
                "distill": DistillConfig(loss="dkd", beta=2.0),
                "augment": SHIFT,
                "training": {"precision": "bf16", "clip_grad_norm": 1.0},
            },
            id="dkd-bf16-clipped-shifted",
        ),
        pytest.param(
            {"distilled": True, "augment": MIXED, "training": {"label_smoothing": 0.1, "accumulation_steps": 2}},
            id="distilled-mixed-smoothed-accumulated",
        ),
    ]
)
def recipe(request, taught) -> TrainConfig:
    """One way to train, of those whose interruption must not show."""
    changes = dict(request.param)
    return taught.distilled(**changes) if changes.pop("distilled", False) else taught.config(**changes)
