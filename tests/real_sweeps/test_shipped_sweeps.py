"""Every shipped sweep file from its teacher to its report: small, on real digits in the form of its own data."""

import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from rich.console import Console

from harness.commands.report import write_report
from harness.sweep.loading import load_sweep
from harness.sweep.schema import Sweep
from harness.sweep.sections.reference import published_figures, sources
from harness.sweep.totals import stage_totals
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.files import read_record
from kd.records import Metrics
from tests.support.root import ROOT

pytestmark = pytest.mark.slow

SWEEPS = sorted((ROOT / "sweeps").glob("*.yaml"))
SHORT = "teacher.epochs=2 student.epochs=2 teacher.batch_size=32 student.batch_size=32 seeds=2"
SMALL = f"{SHORT} data.max_train=200 data.max_test=100 search.num_trials=3"
HUNDRED_CLASSES = f"{SHORT} data.val_fraction=0.25"  # one of the four images of each class is val
STEPS = f"{HUNDRED_CLASSES} search.num_trials=3 teacher.epochs=1 student.epochs=1"  # convolutions take the longest
SIZES = {
    "quickstart": SMALL,
    "mnist_cnn_mlp": SMALL,
    "mnist_unlabeled": f"{SHORT} data.max_train=100 data.max_test=100",
    "mnist_students": "teacher.epochs=1 students.0.epochs=1 students.1.epochs=1 students.2.epochs=1 data.max_train=200 "
    "data.max_test=100 seeds=2",
    "cifar10_resnet18_cnn": f"{SMALL} data.max_train=100 teacher.epochs=1 teacher.schedule.warmup_epochs=0.5",
    "fashion_resnet_conv": SMALL,
    "fashion_custom": SMALL,
    "cifar100_vit_deit": f"{HUNDRED_CLASSES} search.num_trials=3",
    "cifar100_vit_deit_plain": HUNDRED_CLASSES,
    "cifar100_r32x4_r8x4": STEPS,
    "cifar100_wrn40_2_wrn16_2": STEPS,
    "cifar100_vgg13_vgg8": STEPS,
    "cifar100_methods": f"{STEPS} 'methods=[kd, dkd, hard]'",  # of seven, each like the others
}

SIDE = 16  # of the images that stand for CIFAR's, half of theirs: every network takes them, in a quarter of the time
DIGITS = [str(number) for number in range(10)]
FASHION = ["T - shirt / top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
CIFAR100 = {"fine_label": [f"fine {n}" for n in range(100)], "coarse_label": [f"coarse {n}" for n in range(20)]}
COLUMNS = {  # of the data sets on the Hub: the images', and every label's with its classes
    "ylecun/mnist": ("image", {"label": DIGITS}),
    "zalando-datasets/fashion_mnist": ("image", {"label": FASHION}),
    "uoft-cs/cifar10": ("img", {"label": CIFAR10}),
    "uoft-cs/cifar100": ("img", CIFAR100),
}


@pytest.fixture
def picture(digits: Path) -> Callable[[str, int], Image.Image]:
    """Gives a number, each of its digits as one hand of 500 wrote it."""
    store = digits / prepare(DataConfig(source="embedded:mnist5k"), digits).digest
    pixels = np.load(store / "train_images.npy").reshape(10, 500, 28, 28)  # digit by digit
    return lambda number, hand: Image.fromarray(np.hstack([pixels[int(digit), hand] for digit in number]))


def write_stand_in(source: str, folder: Path, picture: Callable[[str, int], Image.Image]) -> None:
    """Digits, or numbers of two digits for a hundred classes, with the columns, classes and shape of a Hub data set."""
    import datasets

    image_column, labels = COLUMNS[source]
    features: dict[str, Any] = {column: datasets.ClassLabel(names=names) for column, names in labels.items()}
    features[image_column] = datasets.Image()
    num_classes = max(len(names) for names in labels.values())
    num_train, num_test = (20, 10) if num_classes == 10 else (4, 1)
    for split, hands in (("train", range(num_train)), ("test", range(num_train, num_train + num_test))):
        rows = []
        for number in range(num_classes):
            for hand in hands:
                image = picture(str(number).zfill(len(str(num_classes - 1))), hand)
                if image_column == "img":  # CIFAR
                    image = ImageOps.colorize(image.resize((SIDE, SIDE)), "navy", "gold")
                row = {column: number * len(names) // num_classes for column, names in labels.items()}
                rows.append(row | {image_column: image})
        table = datasets.Dataset.from_list(rows, features=datasets.Features(features))
        folder.mkdir(exist_ok=True)
        table.to_parquet(str(folder / f"{split}-00000-of-00001.parquet"))


def write_small_models(folder: Path) -> str:
    """ViT and DeiT of one layer for 48×48 images, with the processors of the real ones; gives SET's words."""
    from transformers import DeiTConfig, DeiTForImageClassification, ViTConfig, ViTForImageClassification

    size = {"hidden_size": 48, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 48, "num_labels": 1000}
    vit = ViTForImageClassification(ViTConfig(**size, intermediate_size=96))
    deit = DeiTForImageClassification(DeiTConfig(**size | {"hidden_size": 24}, intermediate_size=48))
    half, imagenet = ([0.5] * 3, [0.5] * 3), ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    looks: dict[str, Any] = {
        "vit": (vit, half, {"size": 48, "resample": 2}),
        "deit": (deit, imagenet, {"size": 55, "resample": 3, "crop_size": 48, "do_center_crop": True}),
    }
    for name, (net, (mean, std), look) in looks.items():
        net.save_pretrained(folder / name)
        processor = look | {"do_resize": True, "do_normalize": True, "image_mean": mean, "image_std": std}
        (folder / name / "preprocessor_config.json").write_text(json.dumps(processor))
    return f"teacher.model=hf:{folder / 'vit'} student.model=hf:{folder / 'deit'}"


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.essential] * (path.stem == "quickstart")) for path in SWEEPS],
    ids=lambda path: path.stem,
)
def test_a_shipped_sweep_runs_from_its_teacher_to_its_report(
    path: Path, lab: Any, tmp_path: Path, picture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    datasets.disable_progress_bars()
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    overrides = SIZES[path.stem]
    shipped = load_sweep(path)
    if shipped.data.source in COLUMNS:
        write_stand_in(shipped.data.source, tmp_path / "data", picture)
        overrides += f" data.source={tmp_path / 'data'}"
    if shipped.teacher.model.startswith("hf:"):
        overrides += f" {write_small_models(tmp_path)}"
    sweep = load_sweep(path, overrides)

    controller = lab.controller(sweep=sweep)
    assert controller.run()
    assert Counter(step.stage for step in controller.steps) == stage_totals(controller.plan)
    (test,) = (step.run for step in controller.steps if step.stage == "test")
    scores = read_record(controller.folder.run(test.id) / "metrics.json", Metrics).test
    assert set(scores) == set(test.config.models)
    num_variants = 0 if sweep.unlabeled is None else len(sweep.unlabeled.arms())
    num_arms = 1 + len(sweep.all_methods) + len(sweep.compare) + num_variants
    assert len(scores) == 1 + 2 * len(sweep.members) * num_arms
    for score in scores.values():
        assert score.num_images == np.sum(score.confusion) == 100
        assert len(score.confusion) == (100 if "cifar100" in path.stem else 10)
        assert score.accuracy == np.trace(score.confusion) / 100 <= score.top5

    predicted = io.StringIO()
    write_report(controller.folder, Console(file=predicted))
    told = "which student is within 1 point" if sweep.students else "distillation changes test accuracy by"
    assert told in predicted.getvalue()
    assert "report/index.html" in predicted.getvalue()
    site = controller.folder.path / "report"
    for key in sweep.members:
        check_pages(sweep, site / "students" / key if key else site)


def check_pages(sweep: Sweep, site: Path) -> None:
    """The front page of one student shows what its table holds, and the published figures beside it."""
    page = (site / "index.html").read_text(encoding="utf-8")
    table = json.loads((site / "table.json").read_text(encoding="utf-8"))["table"]
    for row in table:
        assert f"{100 * row['test_accuracy']:.2f}" in page
    assert [(row["arm"], row["num_seeds"]) for row in table[:3]] == [("teacher", 1), ("baseline", 2), ("distilled", 2)]
    assert [(row["alpha"], row["temperature"]) for row in table if row["arm"].startswith("compare")] == [
        (setting.alpha, setting.temperature) for setting in sweep.compare
    ]
    for arm in ("teacher", "baseline", "distilled"):
        row = page.partition(f'<i class="dot {arm}">')[2].partition("</tr>")[0]
        assert all(f"{100 * figure:.2f}" in row for figure in published_figures(sweep.reference, arm))
    assert (f"Published figures: {sources(sweep.reference)}" in page) if sweep.reference else "Published" not in page
