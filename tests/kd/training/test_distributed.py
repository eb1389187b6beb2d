"""Two processes train what one would, and survive what it would."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from kd.config import DistillConfig, OptimizerConfig, ScheduleConfig, run_id
from kd.files import read_record
from kd.records import History, Metrics
from kd.training.distributed import SINGLE_PROCESS, ProcessGroup, is_synchronized, synchronized
from tests.kd.run_lab import MIXED, SHIFT
from tests.support.root import ROOT

RANK = ROOT / "tests" / "kd" / "users" / "rank.py"
SGD_ON_ALL = OptimizerConfig(name="sgd", lr=0.05, weight_decay=1e-3, decay="all")
LEARNED = DistillConfig(temperature=15.0, temperature_schedule="learned", warmup_epochs=2, scale=5.0)
ONLY_UNLABELED = LEARNED.model_copy(update={"alpha": 0.0})  # by which the temperature learns, in some steps on one rank
RESULTS = ("metrics.json", "predictions.npz", "model/model.safetensors")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def together(data: Path, orders: list[dict[str, Any]], size: int = 2) -> list[tuple[int, str]]:
    """Let ``size`` ranks carry out orders; gives each one's exit code and output."""
    port = str(free_port())
    environment = os.environ | {"PYTHONPATH": f"{ROOT}:{RANK.parent}"}
    ranks = [
        subprocess.Popen(
            [
                sys.executable,
                "-X",
                "faulthandler",
                "-W",
                "error",
                str(RANK),
                str(rank),
                str(size),
                port,
                str(data),
                json.dumps(orders),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(size)
    ]
    outputs = [rank.communicate(timeout=120)[0] for rank in ranks]
    return [(rank.returncode, output) for rank, output in zip(ranks, outputs, strict=True)]


def order(lab: Any, config: Any, **deed: Any) -> dict[str, Any]:
    if not (lab.paths.run(run_id(config)) / "config.json").exists():
        lab.add(config)
    return {"sweep": str(lab.paths.sweep), "run_id": run_id(config), **deed}


def on_two(config: Any) -> Any:
    return config.model_copy(update={"training": config.training.model_copy(update={"gpus": 2})})


def results(lab: Any, config: Any) -> dict[str, bytes]:
    return {name: (lab.paths.run(run_id(config)) / name).read_bytes() for name in RESULTS}


def history(lab: Any, config: Any) -> list[dict[str, Any]]:
    record = read_record(lab.paths.run(run_id(config)) / "history.json", History)
    return [epoch.model_dump(exclude={"seconds", "images_per_s"}, exclude_none=True) for epoch in record.epochs]


def test_alone_nothing_is_changed() -> None:
    tensor = torch.arange(5)
    assert SINGLE_PROCESS.any(True, False) == (True, False)
    assert SINGLE_PROCESS.broadcast(tensor) is SINGLE_PROCESS.sum(tensor) is SINGLE_PROCESS.gather(tensor) is tensor
    assert SINGLE_PROCESS.own(tensor) is SINGLE_PROCESS.part(tensor) is tensor
    assert SINGLE_PROCESS.first_failure("mine") == "mine"
    model = torch.nn.Linear(1, 1)
    assert SINGLE_PROCESS.wrap(model) is model


class NormAndActivation(nn.BatchNorm2d):
    """As timm's, in one layer."""

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return super().forward(features).relu()


class SlowNorm(nn.BatchNorm2d):
    """Another default alone."""

    def __init__(self, num_features: int) -> None:
        super().__init__(num_features, momentum=0.01)


@pytest.mark.parametrize(
    ("layer", "expected"), [(nn.BatchNorm2d, True), (SlowNorm, True), (NormAndActivation, False), (nn.GroupNorm, None)]
)
def test_on_gpus_a_network_normalises_over_all_ranks_and_stays_the_same(
    layer: Any, expected: bool | None, caplog: pytest.LogCaptureFixture
) -> None:
    norm = layer(4) if layer is not nn.GroupNorm else layer(2, 4)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(norm, nn.Identity()))
    images = torch.randn(2, 3, 8, 8)
    before = model.eval()(images)
    assert synchronized(model, torch.device("cpu"), ProcessGroup(0, 2)) is model
    assert not is_synchronized(model)
    converted = synchronized(model, torch.device("cuda"), ProcessGroup(0, 2))
    assert converted(images).equal(before)
    assert is_synchronized(converted) is bool(expected)
    assert ("each rank normalises its part of a batch by itself" in caplog.text) is (expected is False)


@pytest.mark.parametrize("size", [2, 3, 7])
@pytest.mark.parametrize("num_images", [1, 2, 5, 32])
def test_the_parts_of_a_batch_are_the_batch_in_order(size: int, num_images: int) -> None:
    batch = torch.arange(num_images)
    parts = [ProcessGroup(rank, size).part(batch) for rank in range(size)]
    assert torch.cat(parts).equal(batch)
    assert len(parts[0]) >= 1
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.slow
def test_other_machines_reach_none_of_what_the_ranks_listen_on(lab: Any) -> None:
    """Rank 0 has the store, and each rank gloo's exchange; neither asks who is there."""
    ranks = together(lab.paths.data, [])
    assert [code for code, _ in ranks] == [0, 0], ranks
    assert [re.findall(r"listens on: (.*)", output) for _, output in ranks] == [["['127.0.0.1']"]] * 2


@pytest.mark.slow
def test_two_train_what_one_does(lab: Any) -> None:
    """Uneven parts, a last batch of one image, accumulation, clipping, distillation, views, averaged weights."""
    training = {
        "batch_size": 89,
        "optimizer": OptimizerConfig(name="sgd", lr=0.05, weight_decay=1e-3),
        "schedule": ScheduleConfig(name="cosine"),
        "clip_grad_norm": 0.5,
        "ema_decay": 0.8,
        "accumulation_steps": 3,
    }
    configs = [
        lab.config(),
        lab.distilled(augment=SHIFT, training=training),
        lab.config(training={"batch_size": 27}),
        lab.distilled(augment=MIXED),
        lab.distilled(distill=LEARNED, training=training | {"optimizer": SGD_ON_ALL}),
        lab.featured({"loss": "fitnet", "teacher": "4", "student": "1"}, {"loss": "pooled"}, training=training),
        lab.with_unlabeled(augment=MIXED, training=training),
        lab.with_unlabeled(ratio=0.012, distill=ONLY_UNLABELED, training=training | {"optimizer": SGD_ON_ALL}),
    ]
    ranks = together(lab.paths.data, [order(lab, on_two(config)) for config in configs])
    assert [code for code, _ in ranks] == [0, 0], ranks
    for config in configs:
        metrics = lab.execute(config)
        shared = read_record(lab.paths.run(run_id(on_two(config))) / "metrics.json", Metrics)
        assert shared.val.accuracy == metrics.val.accuracy
        one, two = (
            load_file(lab.paths.run(run_id(each)) / "model" / "model.safetensors") for each in (config, on_two(config))
        )
        for name in one:
            torch.testing.assert_close(two[name], one[name], rtol=2e-4, atol=2e-5)
        for left, right in zip(history(lab, config), history(lab, on_two(config)), strict=True):
            assert right == pytest.approx(left, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("learns_features", [False, True])
def test_a_stop_on_any_rank_does_not_change_a_byte(taught: Any, tmp_path: Path, learns_features: bool) -> None:
    changes = {"augment": SHIFT, "training": {"model": "users_nets:dropout_net", "ema_decay": 0.9}}
    features = ({"loss": "pooled"}, {"loss": "rkd"})
    config = on_two(taught.featured(*features, **changes) if learns_features else taught.distilled(**changes))
    labs = [taught.elsewhere(tmp_path / name) for name in ("calm", "first", "second")]
    orders = [order(labs[0], config)]
    for lab, rank, look in ((labs[1], 0, 4), (labs[2], 1, 1)):
        orders += [order(lab, config, rank=rank, look=look, deed="stop"), order(lab, config)]
    ranks = together(taught.paths.data, orders)
    assert [code for code, _ in ranks] == [0, 0], ranks
    for _, output in ranks:
        assert re.findall(r"interrupted: stopped after step (\d+)", output) == ["4", "1"]
    for lab in labs[1:]:
        assert results(lab, config) == results(labs[0], config)
        assert history(lab, config) == history(labs[0], config)
        assert not (lab.paths.run(run_id(config)) / "checkpoint").exists()


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_a_failure_on_one_rank_is_told_to_all(lab: Any, rank: int) -> None:
    ranks = together(lab.paths.data, [order(lab, on_two(lab.config()), rank=rank, look=2, deed="fail")])
    assert [code for code, _ in ranks] == [1, 1]
    assert "first: KeyError('on one rank')" in ranks[rank][1]
    told = ranks[1 - rank][1]
    assert "first: KeyError('on one rank')" in told or (rank == 0 and "LostRankError: rank 0 is gone" in told), told


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_the_death_of_a_rank_is_nobodys_failure(lab: Any, rank: int) -> None:
    config = on_two(lab.config())
    ranks = together(lab.paths.data, [order(lab, config, rank=rank, look=5, deed="die")])
    assert ranks[rank][0] == -9
    assert "LostRankError: rank" in ranks[1 - rank][1]
    again = together(lab.paths.data, [order(lab, config)])
    assert [code for code, _ in again] == [0, 0], again
