"""The small world of ``run_lab`` as fixtures, and the ways to train whose interruption must not show."""

import sys
from pathlib import Path

import pytest

from kd.config import (
    AugmentConfig,
    DataConfig,
    DistillConfig,
    OptimizerConfig,
    ScheduleConfig,
    StoredData,
    TrainConfig,
)
from kd.data.decoded.store import prepare
from kd.runs.folder import hooks
from kd.runs.folder.context import RunPaths
from tests.kd.run_lab import MIXED, SHIFT, Lab

sys.path.append(str(Path(__file__).parent / "users"))  # models by import path


@pytest.fixture(autouse=True)
def every_epoch_is_kept(monkeypatch):
    """However short it is, so that which checkpoints there are does not hang on how fast the machine is."""
    monkeypatch.setattr(hooks, "EPOCH_INTERVAL_S", -1.0)


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
    for augment in (AugmentConfig(), MIXED):
        lab.execute(lab.unlabeled_logits(augment))
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
        pytest.param(
            {
                "distilled": True,
                "distill": DistillConfig(
                    scale=2.0,
                    warmup_epochs=2,
                    temperature=8.0,
                    temperature_schedule="cosine",
                    temperature_end=1.0,
                ),
                "training": {"optimizer": OptimizerConfig(name="sgd", lr=0.05)},
            },
            id="distilled-warmed-up-cooled-down",
        ),
        pytest.param(
            {
                "distilled": True,
                "distill": DistillConfig(
                    loss="kd_zscore", alpha=0.9, temperature=15.0, temperature_schedule="learned", scale=3.0
                ),
                "training": {
                    "optimizer": OptimizerConfig(name="sgd", lr=0.05, weight_decay=1e-3, decay="all"),
                    "clip_grad_norm": 1.0,
                    "ema_decay": 0.8,
                    "accumulation_steps": 2,
                },
            },
            id="learned-temperature-clipped-averaged-accumulated",
        ),
        pytest.param(
            {
                "distilled": True,
                "distill": DistillConfig(loss="users_losses:smooth", options={"delta": 0.5, "kind": "mean"}),
                "augment": MIXED,
            },
            id="own-loss-mixed",
        ),
        pytest.param(
            {
                "features": ({"loss": "fitnet", "teacher": "4", "student": "1"}, {"loss": "rkd"}, {"loss": "pooled"}),
                "augment": MIXED,
                "training": {"accumulation_steps": 2, "clip_grad_norm": 1.0, "ema_decay": 0.9},
            },
            id="features-mixed-clipped-accumulated-averaged",
        ),
        pytest.param(
            {
                "unlabeled": True,
                "augment": MIXED,
                "distill": DistillConfig(loss="dkd", temperature=8.0, temperature_schedule="learned", warmup_epochs=2),
                "training": {"model": "mnist_cnn", "accumulation_steps": 2, "ema_decay": 0.9},
            },
            id="unlabeled-mixed-learned-temperature-accumulated-averaged",
        ),
    ]
)
def recipe(request, taught) -> TrainConfig:
    """One way to train, of those whose interruption must not show."""
    changes = dict(request.param)
    if features := changes.pop("features", ()):
        return taught.featured(*features, **changes)
    if changes.pop("unlabeled", False):
        return taught.with_unlabeled(**changes)
    return taught.distilled(**changes) if changes.pop("distilled", False) else taught.config(**changes)
