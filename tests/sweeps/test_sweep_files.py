"""The shipped sweep files load, say what they cost, and do what pages say of them."""

import importlib
import re

import pytest
import torch
import torch.nn.functional as F

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.sections.reference import PUBLISHED, published_figures
from harness.sweep.totals import stage_totals
from kd.config import MODELS, AugmentConfig
from kd.losses import DistillationLoss
from tests.support.root import ROOT
from tests.support.sweep_files import MINIMAL, refusal

SWEEPS = sorted((ROOT / "sweeps").glob("*.yaml"))


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_sweep_file_loads_and_is_named_after_its_file(path):
    sweep = load_sweep(path)
    assert sweep.name == path.stem
    assert sweep.description
    plan = Plan(sweep, "0" * 16)
    runs = [*plan.teachers, plan.logits, *plan.baselines(), *(run for runs in plan.compares for run in runs)]
    assert len({run.id for run in runs}) == len(sweep.all_teachers) + 1 + sweep.seeds * (1 + len(sweep.compare))


def test_the_sweep_of_function_matching_in_the_docs_is_one(write_sweep):
    page = (ROOT / "docs/design/0008-one-loss-many-soft-terms.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    sweep = load_sweep(write_sweep(block))
    plan = Plan(sweep, "0" * 16)
    assert (sweep.distill.alpha, sweep.distill.temperature, sweep.search) == (1.0, 1.0, None)
    assert plan.logits.config.num_views == 200
    assert plan.logits.config.augment.mixup == plan.finals({})[0].config.augment.mixup == 1.0
    assert plan.teachers[0].config.augment == AugmentConfig(shift=4, flip=True)


def test_the_sweep_of_features_in_the_docs_is_one(write_sweep):
    page = (ROOT / "docs/features.md").read_text(encoding="utf-8")
    block, methods = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    listed = load_sweep(write_sweep(MINIMAL + methods))
    assert {method.key: list(method.space) for method in listed.all_methods if method.distill.features} == {
        "kd+rkd": ["alpha", "temperature", "features.0.weight"],
        "at": [],
    }
    sweep = load_sweep(write_sweep(block))
    assert [(each.loss, each.teacher, each.factor) for each in sweep.distill.features] == [
        ("fitnet", "5", 100.0),
        ("rkd", None, 1.0),
    ]
    plan = Plan(sweep, "0" * 16)
    assert plan.is_online and plan.finals()[0].config.logits is None


def test_there_are_sweep_files():
    assert {path.stem for path in SWEEPS} >= {
        "quickstart",
        "mnist_cnn_mlp",
        "cifar10_resnet18_cnn",
        "fashion_resnet_conv",
        "fashion_custom",
        "cifar100_vit_deit",
        "cifar100_vit_deit_plain",
        "cifar100_r32x4_r8x4",
        "cifar100_wrn40_2_wrn16_2",
        "cifar100_vgg13_vgg8",
    }


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_model_of_a_sweep_file_can_be_built(path):
    sweep = load_sweep(path)
    for training in (*sweep.all_teachers, sweep.student):
        module, colon, factory = training.model.partition(":")
        if training.model.startswith("hf:"):
            assert "/" in training.model
        elif colon:
            assert callable(getattr(importlib.import_module(module), factory))
        else:
            assert training.model in MODELS


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_header_says_source_expectation_cost_and_command(path):
    header = path.read_text(encoding="utf-8").partition("name:")[0]
    assert "Source: document 00" in header or "Source: arXiv:" in header or path.stem == "quickstart"
    assert "Expected" in header
    assert re.search(r"Cost: [^:]* (CPU cores|GPU)", header)
    assert f"make sweep SWEEP={path.stem}" in header or (path.stem == "quickstart" and "make sweep\n" in header)
    sweep = load_sweep(path)
    published = [figure for arm in PUBLISHED for figure in published_figures(sweep.reference, arm)]
    if path.stem != "cifar10_resnet18_cnn":  # whose source gives ranges
        assert all(f"{100 * figure:.2f} %" in header for figure in published)


COUNTED = [path for path in SWEEPS if "students and a teacher" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", COUNTED, ids=lambda path: path.stem)
def test_a_header_counts_the_trainings(path):
    totals = stage_totals(Plan(load_sweep(path), "0" * 16))
    students = sum(number for stage, number in totals.items() if stage not in ("teacher", "logits", "test"))
    assert f"Cost: {students} students and a teacher" in path.read_text(encoding="utf-8")
    assert totals["teacher"] == 1


@pytest.mark.parametrize("path", [*SWEEPS, ROOT / "README.md"], ids=lambda path: path.stem)
def test_what_a_page_tells_people_to_set_is_understood(path):
    commands = re.findall(r'(?:SWEEP=(\S+) )?SET="([^"…]*)"', path.read_text(encoding="utf-8"))
    assert commands or path.stem in ("quickstart", "cifar100_vit_deit_plain")
    for name, words in commands:
        sweep = path if path in SWEEPS else ROOT / "sweeps" / f"{name or 'quickstart'}.yaml"
        if "checkpoint=FOLDER" in words:  # is opened at once
            assert "teacher.checkpoint: no file or folder" in refusal(sweep, words)
        else:
            assert load_sweep(sweep, words) != load_sweep(sweep)


PAGES = sorted((ROOT / "docs").rglob("*.md"))
SEARCHED = "'search.space.student.optimizer.lr={low: 1.0e-4, high: 1.0e-2, log: true}'"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_the_docs_tell_people_to_set_is_understood(page, write_sweep):
    """In a sweep that comes along, or else in a small one that has what is changed."""
    text = page.read_text(encoding="utf-8")
    for name, double, single in re.findall(r"""(?:SWEEP=(\S+)\s+)?SET=(?:"([^"…]*)"|'([^'…]*)')""", text):
        words = double or single
        named = ROOT / "sweeps" / f"{'mnist_students' if words.startswith('students.') else name}.yaml"
        sweep = named if named.exists() else write_sweep(MINIMAL)
        load_sweep(sweep, f"{SEARCHED} {words}" if words.startswith("search.space.") else words)


def test_the_settings_of_a_loss_without_t_squared_have_its_gradient():
    """What the header of cifar100_vit_deit_plain says of document 000's loss."""
    random = torch.Generator().manual_seed(0)
    student, teacher = torch.randn(2, 8, 100, generator=random, dtype=torch.float64)
    labels = torch.randint(0, 100, (8,), generator=random)
    student.requires_grad_()
    (path,) = (path for path in SWEEPS if path.stem == "cifar100_vit_deit_plain")
    converted = load_sweep(path).compare[2:]
    published = [(0.7, 4.0), (0.5, 4.0), (0.7, 2.0)]
    for (alpha, temperature), setting in zip(published, converted, strict=True):
        assert setting.temperature == temperature
        soft = F.kl_div(
            F.log_softmax(student / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean"
        )
        theirs = alpha * soft + (1 - alpha) * F.cross_entropy(student, labels)
        ours = DistillationLoss(temperature, setting.alpha)(student, teacher, labels).total
        directions = [torch.autograd.grad(loss, student)[0] for loss in (theirs, ours)]
        torch.testing.assert_close(*(F.normalize(d.flatten(), dim=0) for d in directions), rtol=0, atol=1e-4)


BENCHMARKS = [path for path in SWEEPS if "(RepDistiller)" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_the_benchmark_is_its_published_recipe(path):
    sweep = load_sweep(path)
    for training in (sweep.teacher, sweep.student):
        assert training.model_dump(include={"epochs", "batch_size"}) == {"epochs": 240, "batch_size": 64}
        assert training.optimizer.model_dump(include={"name", "lr", "momentum", "weight_decay", "decay"}) == {
            "name": "sgd", "lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4, "decay": "all",
        }  # fmt: skip
        assert (training.schedule.name, training.schedule.milestones, training.schedule.gamma) == (
            "step", (150, 180, 210), 0.1,
        )  # fmt: skip
        assert len(training.normalize.mean) == 3
    assert sweep.data.augment == AugmentConfig(shift=4, flip=True)
    assert (sweep.compare[0].alpha, sweep.compare[0].temperature) == (0.9, 4.0)
    assert [each.method for each in sweep.reference] == ["KD", "DKD", "KD with logit standardisation"]
