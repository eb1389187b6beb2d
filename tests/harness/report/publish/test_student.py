"""The published student: the best by val, loadable by its own library, with a card; the runs untouched."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import ModelCard as HubCard
from PIL import Image
from transformers import AutoModelForImageClassification, ViTConfig, ViTForImageClassification
from transformers.utils import logging

from harness.report.build import build_report
from harness.report.outcome import find_outcome
from harness.report.publish.student import publish_student
from harness.report.results.reading.reader import read_results
from harness.state.files.records import write_sweep_record
from kd.data.images import open_test
from kd.files import read_record, write_record
from kd.models.files import load_model
from kd.records import Metrics
from tests.support.secret_sweep import HOME, TOKENS, USER
from tests.support.small_sweep import SMALL, carry_out

CPU = torch.device("cpu")


def run_files(sweep_dir: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (sweep_dir / "runs").rglob("*") if path.is_file()}


def set_val(sweep_dir: Path, seed: int, **changes: Any) -> str:
    """Change the recorded val scores of a final seed; returns the run's id."""
    path = next(sweep_dir.glob(f"runs/final-*-s{seed}/metrics.json"))
    metrics = read_record(path, Metrics)
    assert metrics.val is not None
    write_record(path, metrics.model_copy(update={"val": metrics.val.model_copy(update=changes)}))
    return metrics.run_id


def published(sweep_dir: Path) -> HubCard:
    assert publish_student(read_results(sweep_dir)) == sweep_dir / "model"
    return HubCard.load(sweep_dir / "model" / "README.md")


def test_the_card_says_what_was_measured(sweep_dir: Path) -> None:
    best = set_val(sweep_dir, 1, accuracy=0.99)
    before = run_files(sweep_dir)
    card = published(sweep_dir)
    assert run_files(sweep_dir) == before
    results = read_results(sweep_dir)
    assert results.test is not None
    scores = results.test.scores[best]
    read = {one.metric_type: one for one in card.data.eval_results}
    assert read["accuracy"].metric_value == scores.accuracy
    assert read["accuracy"].dataset_split == "test"
    assert card.data.model_name == "small"
    assert f"run `{best}`, the best of\n3 seeds on val (99.00 % on" in card.text
    assert "distillation changes test accuracy by" in card.text
    assert "| Teacher |" in card.text and "| Baseline |" in card.text
    assert "1 CPU thread, float32" in card.text
    assert str(sweep_dir.parent) not in card.content


def test_the_card_tells_nothing_of_the_machine(sweep_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setenv("LOGNAME", USER)
    record = read_results(sweep_dir).record
    said = f"A student of {USER}'s: see {HOME}/my notes/a.txt, {TOKENS[0]}"
    sweep = record.sweep.model_copy(update={"description": said})
    write_sweep_record(sweep_dir, record.model_copy(update={"sweep": sweep}))
    text = published(sweep_dir).content
    assert "A student of user's: see …/my notes/a.txt, …" in text
    for secret in (USER, HOME, TOKENS[0]):
        assert secret not in text


def test_the_weights_are_those_of_the_run(sweep_dir: Path) -> None:
    best = set_val(sweep_dir, 2, accuracy=0.99)
    published(sweep_dir)
    results = read_results(sweep_dir)
    assert results.test is not None
    images = open_test(results.plan.data, sweep_dir.parent / ".data", CPU).images_NCHW[:16]
    with torch.inference_mode():
        logits = load_model(sweep_dir / "model", CPU).eval()(images)
    np.testing.assert_allclose(logits, results.test.logits[best][:16], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "best"),
    [
        ([(0.9, 0.5), (0.8, 0.1), (0.7, 0.1)], 0),
        ([(0.9, 0.5), (0.9, 0.4), (0.9, 0.6)], 1),
        ([(0.9, 0.5), (0.9, 0.5), (0.9, 0.5)], 0),
    ],
)
def test_val_decides_then_its_loss_then_the_lowest_seed(
    sweep_dir: Path, changes: list[tuple[float, float]], best: int
) -> None:
    ids = [set_val(sweep_dir, seed, accuracy=accuracy, nll=nll) for seed, (accuracy, nll) in enumerate(changes)]
    assert f"run `{ids[best]}`" in published(sweep_dir).text


def test_publishing_again_gives_the_same_bytes_and_leaves_nothing_beside(sweep_dir: Path) -> None:
    published(sweep_dir)
    before = {path.name: path.read_bytes() for path in (sweep_dir / "model").iterdir()}
    published(sweep_dir)
    assert {path.name: path.read_bytes() for path in (sweep_dir / "model").iterdir()} == before
    assert sorted(before) == ["README.md", "config.json", "model.safetensors"]
    assert not list(sweep_dir.glob(".model*"))


@pytest.mark.parametrize("missing", ["runs/test-*", "runs/final-*/model"])
def test_without_a_full_answer_or_files_nothing_is_published(sweep_dir: Path, missing: str) -> None:
    for path in sweep_dir.glob(missing):
        shutil.rmtree(path)
    assert publish_student(read_results(sweep_dir)) is None
    assert not (sweep_dir / "model").exists()


@pytest.mark.thorough
def test_a_student_of_transformers_is_loaded_by_from_pretrained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=14, patch_size=7
    )
    ViTForImageClassification(config).save_pretrained(tmp_path / "tiny-vit")
    training = {"model": f"hf:{tmp_path / 'tiny-vit'}", "epochs": 1, "batch_size": 64}
    content = SMALL | {"student": training, "teacher": training, "search": None, "compare": [], "seeds": 1}
    content["data"] = {"source": "embedded:mnist5k", "max_train": 120, "max_test": 60}
    sweep_dir = carry_out(content, tmp_path / "results")
    card = published(sweep_dir)
    assert card.data.library_name == "transformers"
    assert str(tmp_path) not in card.content
    for path in (sweep_dir / "model").iterdir():
        assert str(tmp_path).encode() not in path.read_bytes(), path.name
    results = read_results(sweep_dir)
    assert results.unreadable == ()
    final = results.arms[2].runs[0].id
    assert results.test is not None
    images = open_test(results.plan.data, sweep_dir.parent / ".data", CPU).images_NCHW[:4]
    model = AutoModelForImageClassification.from_pretrained(sweep_dir / "model").eval()
    with torch.inference_mode():
        prepared = load_model(sweep_dir / "model", CPU).prepare(torch.as_tensor(images[:]))
        np.testing.assert_allclose(model(prepared).logits, results.test.logits[final][:4], atol=1e-4)
    monkeypatch.chdir(sweep_dir / "model")
    names = {"image": Image.fromarray(images[0, 0].numpy())}
    exec(card.text.partition("```python\n")[2].partition("```")[0], names)
    np.testing.assert_allclose(names["logits"].detach(), results.test.logits[final][:1], atol=0.05)  # other resizing
    assert model.config.id2label[3] == "3"
    assert "tiny-vit" in build_report(sweep_dir, sweep_dir.parent / ".data").read_text()


@pytest.mark.thorough
def test_the_card_of_one_of_several_students_says_what_the_others_are_worth(lab: Any) -> None:
    tiny = {"model": "mnist_mlp", "arguments": {"hidden": 8}, "epochs": 1, "batch_size": 32, "name": "tiny"}
    controller = lab.controller(student=None, students=[tiny, tiny | {"epochs": 2, "name": "longer"}], search=None)
    assert controller.run()
    outcome = find_outcome(controller.folder.path)
    published = publish_student(outcome.results, outcome.among)
    assert published is not None
    card = (published / "README.md").read_text("utf-8")
    assert "within 1 point of the teacher" in card
    assert any(run.id in card for run in outcome.results.arm("distilled").runs)
