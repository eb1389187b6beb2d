"""The examples of docs/library.md run as they stand, each in a fresh folder, and train what they say they train."""

import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import kd
from harness.shipped import CHECKOUT
from tests.kd.image_folders import picture, write_tree

assert CHECKOUT is not None
PAGE = (CHECKOUT / "docs" / "library.md").read_text(encoding="utf-8")
PLAIN = "optimizer.zero_grad()\n    total.backward()"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def block(mark: str) -> str:
    """The one example that holds this."""
    (found,) = [each for each in BLOCKS if mark in each]
    return found


def network(width: int, seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, 3))


def batches(num_images: int, seed: int) -> DataLoader[tuple[Tensor, ...]]:
    """Images of which the brightest corner is the class; in order, so that every loop sees the same batches."""
    images, labels = torch.randn(num_images, 1, 4, 4, generator=torch.Generator().manual_seed(seed)), torch.arange(3)
    labels = labels.repeat(num_images // 3)
    images[range(num_images), 0, labels, labels] += 4
    return DataLoader(TensorDataset(images, labels), batch_size=32)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the page says is its reader's; other packages' warnings are theirs."""
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield {
            "teacher": network(16, 0).requires_grad_(False),
            "student": network(8, 1),
            "train_loader": batches(96, 0),
            "test_loader": batches(30, 1),
        }


def run(code: str, world: dict[str, Any]) -> dict[str, Any]:
    """Run an example; its teacher must be as it was, also in what batch normalisation gathers."""
    before = {name: value.clone() for name, value in world["teacher"].state_dict().items()}
    teacher = world["teacher"]
    exec(compile(code, "docs/library.md", "exec"), world)
    for name, value in teacher.state_dict().items():
        assert torch.equal(value, before[name]), name
    return world


def plain(world: dict[str, Any]) -> list[Tensor]:
    """The student's parameters after the page's plain loop."""
    by_hand = world | {"teacher": network(16, 0).requires_grad_(False), "student": network(8, 1)}
    return list(run(block(PLAIN), by_hand)["student"].parameters())


def test_the_plain_loop_teaches(world: dict[str, Any]) -> None:
    images, labels = world["train_loader"].dataset.tensors
    says = world["teacher"].eval()(images)

    def loss() -> float:
        student = world["student"].eval()
        found: float = kd.DistillationLoss(4.0, 0.7)(student(images), says, labels).total.item()
        student.train()
        return found

    before = loss()
    run(block(PLAIN), world)
    assert loss() < before


@pytest.mark.parametrize(("package", "mark"), [("lightning", "LightningModule"), ("accelerate", "Accelerator()")])
def test_other_loops_take_the_plain_loops_steps(world: dict[str, Any], package: str, mark: str) -> None:
    pytest.importorskip(package)
    run(block(mark), world)
    for one, other in zip(world["student"].parameters(), plain(world), strict=True):
        torch.testing.assert_close(one.cpu(), other)


@pytest.mark.thorough
def test_transformers_trainer_divides_the_loss_among_accumulated_batches(world: dict[str, Any]) -> None:
    pytest.importorskip("accelerate")
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=8, patch_size=4,
        num_channels=1, num_labels=3,
    )  # fmt: skip
    torch.manual_seed(0)
    teacher, student = ViTForImageClassification(config), ViTForImageClassification(config)
    images, labels = torch.randn(32, 1, 8, 8), torch.arange(32) % 3
    dataset = [{"pixel_values": image, "labels": label} for image, label in zip(images, labels, strict=True)]
    with torch.no_grad():
        loss = kd.DistillationLoss(4.0, 0.7)(student(images).logits, teacher(images).logits, labels).total.item()
    code = block("compute_loss").replace('report_to="none"', 'report_to="none", use_cpu=True, learning_rate=0.0')
    ran = run(code, world | {"teacher": teacher, "student": student, "dataset": dataset})
    assert ran["trainer"].state.log_history[-1]["train_loss"] == pytest.approx(loss, rel=0.05)
    ran = run(block("compute_loss"), world | {"teacher": teacher, "student": student, "dataset": dataset})
    assert ran["trainer"].state.global_step == 2  # of 4 batches


def test_the_whole_loop_goes_on_from_its_checkpoint(world: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    code = block("checkpoints=")

    def history(code: str) -> Any:
        return run(code, world | {"student": network(8, 1)})["history"]

    whole = history(code)
    assert Path("curves.png").stat().st_size > 1000
    assert len(whole["val_loss"]) == 3
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert len(history(code.replace("train(num_epochs=3)", "train(num_epochs=2)"))["val_loss"]) == 2
    assert history(code) == whole


def test_kept_logits_and_callbacks(world: dict[str, Any]) -> None:
    assert run(block("numbered"), world)["trainer"].epochs_done == 1
    assert 1 <= run(block("EarlyStop"), world)["trainer"].epochs_done <= 5


@pytest.mark.thorough
def test_models_and_images(world: dict[str, Any]) -> None:
    tree = {f"photos/{name}/{number}.png": picture(40, 50, 3) for name in ("cat", "dog") for number in range(10)}
    write_tree(Path(), tree)
    code, call, argument = block("open_folder").partition('export_onnx("')
    ran = run(code, world | {"teacher": nn.Identity()})
    assert ran["logits"].shape == (20, 2)
    assert ran["class_names"] == ["cat", "dog"]
    pytest.importorskip("onnxruntime")
    exec(call + argument, ran)
    assert Path("student.onnx").stat().st_size > 1000


def test_every_public_name_is_on_the_page() -> None:
    rest = {
        "LabelledImages",
        "LossParts",
        "execute",
        "kd_divergence",
    }  # what the others give; the sweep's; a pure function
    assert [name for name in kd.__all__ if name not in rest and f"`{name}`" not in PAGE] == ["Callback"]
    assert "Callback" in block("EarlyStop")


def test_every_example_is_run() -> None:
    marks = [
        PLAIN, "LightningModule", "Accelerator()", "compute_loss",
        "checkpoints=", "numbered", "EarlyStop", "open_folder",
    ]  # fmt: skip
    assert sorted(block(mark) for mark in marks) == sorted(BLOCKS)
