"""A rehearsal: bad models are one line before anything is trained, good ones are described, nothing is left behind."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from kd.config import FeatureConfig, ModelTraining
from kd.errors import InputError
from kd.files import read_record, write_record
from kd.models import build_model
from kd.models.files import save_model
from kd.records import ModelCard, Rehearsal, RehearsalRequest
from kd.runs.rehearsal.models import rehearse, rehearse_model

CPU = torch.device("cpu")
HEAD = """
import torch
from torch import nn
def flat(shape, wide): return nn.Sequential(nn.Flatten(), nn.Linear(shape[0] * shape[1] * shape[2], wide))
class Net(nn.Module):
    def __init__(self, shape, wide, change):
        super().__init__()
        self.net, self.change = flat(shape, wide), change
    def forward(self, images): return self.change(self.net(images))
"""
BAD = {
    "wide": ("def make(n, s): return flat(s, 1000)", "gives 1,000 logits per image, the data has 10 classes; make its"),
    "narrow": ("def make(n, s): return flat(s, 3)", "gives 3 logits per image, the data has 10 classes; make its last"),
    "tuple": ("def make(n, s): return Net(s, n, lambda x: (x, x))", "returns a tuple; wanted are logits [batch, class"),
    "dict": ("def make(n, s): return Net(s, n, lambda x: {'logits': x})", "returns a dict; wanted are logits [batch,"),
    "maps": (
        "def make(n, s): return Net(s, n, lambda x: x[:, :, None, None])",
        "gives [2, 10, 1, 1] for 2 images; wan",
    ),
    "nan": ("def make(n, s): return Net(s, n, lambda x: x * float('nan'))", "gives logits that are not finite on imag"),
    "softmax": ("def make(n, s): return Net(s, n, lambda x: x.softmax(1))", "gives probabilities, whose sum is 1"),
    "cut": ("def make(n, s): return Net(s, n, lambda x: x.detach())", "gives logits that no gradient flows back from"),
    "frozen": (
        "def make(n, s): return flat(s, n).requires_grad_(False)",
        "has no parameter to train: every requires_g",
    ),
    "apart": (
        "def make(n, s): return Net(s, n, lambda x: x.detach() + torch.ones(1, requires_grad=True))",
        "has parameters, but its logits depend on none of them",
    ),
    "timm": (
        "def make(pretrained=False, **options): return flat((1, 28, 28), 10)",
        "cannot be called as bad_timm:make(",
    ),
    "torchvision": (
        "def make(*, weights=None, **options): return flat((1, 28, 28), 10)",
        "too many positional argumen",
    ),
    "url": (
        "def make(weights=None, progress=True): raise OSError('no network')",
        "failed: OSError: no network; a facto",
    ),
    "text": ("def make(n, s): return 'resnet'", "returned str, not a torch module"),
    "colour": (
        "def make(n, s): return nn.Conv2d(3, n, 3)",
        "cannot compute images of 1×28×28: RuntimeError: Given gro",
    ),
    "raises": (
        "def make(n, s):\n    def change(x):\n        raise KeyError('layer4')\n    return Net(s, n, change)",
        "cannot compute images of 1×28×28: KeyError: 'layer4'",
    ),
    "in-training": (
        "class Late(Net):\n    def forward(self, images):\n        if self.training: raise RuntimeError('late')\n"
        "        return self.net(images)\ndef make(n, s): return Late(s, n, None)",
        "cannot be trained: RuntimeError: late",
    ),
    "secret": (
        "class Secret(Net):\n    def __init__(self, s, n):\n        super().__init__(s, n, None)\n"
        "        self.offset = torch.randn(n)\n    def forward(self, images): return self.net(images) + self.offset\n"
        "def make(n, s): return Secret(s, n)",
        "gives other logits after it was saved and loaded again: something that decides them is neither a parameter",
    ),
    "always-dropout": (
        "def make(n, s): return Net(s, n, lambda x: nn.functional.dropout(x, training=True))",
        "gives other logits when it is asked again for the same images: something in it is random, or counts",
    ),
    "counts": (
        "class Counts(Net):\n    calls = 0\n    def forward(self, images):\n        self.calls += 1\n"
        "        return self.net(images) + self.calls * torch.arange(10)\ndef make(n, s): return Counts(s, n, None)",
        "gives other logits when it is asked again for the same images",
    ),
    "no-reason": ("def make(n, s): assert n == 3", "(10, (1, 28, 28)) failed: AssertionError; a factory takes"),
    "pixels": (
        "def make(n, s):\n    net = flat(s, n)\n    net.image_mean = [123.7]\n    return net",
        "image_mean and image_std of its module: mean and std are of pixels in 0…1, got 123.7; divide those of 0…255",
    ),
    "no-deviation": (
        "def make(n, s):\n    net = flat(s, n)\n    net.image_std = torch.zeros(3)\n    return net",
        "image_mean and image_std of its module: std must be > 0, got 0",
    ),
    "side": (
        "def make(n, s):\n    net = flat(s, n)\n    net.image_size = (0, 32)\n    return net",
        "image_size of its module is (0, 32); it is a side in pixels, or (height, width)",
    ),
    "syntax": ("def make(n, s) return", "cannot import bad_syntax:make: SyntaxError: "),
}


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes an importable module."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, text: str) -> str:
        name = f"bad_{name.replace('-', '_')}"
        (tmp_path / f"{name}.py").write_text(HEAD + text + "\n")
        sys.modules.pop(name, None)
        return f"{name}:make"

    return write


def training(model, **changes):
    return ModelTraining(model=model, **{"epochs": 1, "batch_size": 32} | changes)


def request_for(digits, **models):
    return RehearsalRequest(data=digits, models=models)


@pytest.fixture
def tried(digits, store_root, tmp_path):
    """Rehearses a student; gives what is said of it."""

    def run(student):
        return rehearse(request_for(digits, student=student), store_root, tmp_path / "result.json", CPU)

    return run


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_model_is_one_line_that_names_it(tried, module, kind):
    text, message = BAD[kind]
    name = module(kind, text)
    found = tried(training(name))
    assert found.models == []
    assert found.failure.startswith("student.model: ")
    assert name in found.failure
    assert message in found.failure
    assert "\n" not in found.failure


def test_a_good_model_is_described(tried):
    found = tried(training("mnist_cnn"))
    assert found.failure is None
    (model,) = found.models
    assert (model.place, model.model, model.num_parameters, model.notes) == ("student", "mnist_cnn", 20490, [])
    assert model.macs == 28 * 28 * 16 * 9 + 14 * 14 * 32 * 16 * 9 + 7 * 7 * 32 * 10
    assert model.fed == "28×28, mean 0, std 1"
    assert model.num_parameters * 4 * 4 < model.memory_bytes < model.free_bytes  # weights, gradients, Adam's two


GOOD = {
    "tied": "def make(n, s):\n    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 784), nn.Linear(784, 784), "
    "nn.Linear(784, n))\n    net[2].weight = net[1].weight\n    return net",
    "arrays": "import numpy as np\ndef make(n, s):\n    net = nn.Sequential(nn.Conv2d(3, n, 3), nn.Flatten(2), "
    "nn.AdaptiveAvgPool1d(1), nn.Flatten())\n    net.image_mean, net.image_std = np.array([0.5, 0.4, 0.3]), 0.25\n"
    "    net.image_size = 14\n    return net",
    "scripted": "def make(n, s): return torch.jit.script(flat(s, n))",
}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("kind", GOOD)
def test_what_others_build_otherwise_is_taken(tried, module, kind):
    found = tried(training(module(kind, GOOD[kind])))
    assert found.failure is None
    assert found.models[0].macs > 0


def test_one_that_is_used_as_it_is_may_give_more_in_training(tried, module, taught):
    """As those do that have heads beside the last for their own training."""
    name = module(
        "aux",
        "class Aux(Net):\n    def forward(self, images):\n        out = self.net(images)\n"
        "        return (out, out) if self.training else out\ndef make(n, s): return Aux(s, n, None)",
    )
    assert "returns a tuple" in tried(training(name)).failure
    assert "is used as it is and tells" in tried(training(name, epochs=0)).failure  # it knows nothing


def test_one_that_is_used_as_it_is_and_fails_on_some_images_is_refused(tried, module):
    name = module(
        "some-nan",
        "class Some(Net):\n    def forward(self, images):\n        out = self.net(images)\n"
        "        return out / (torch.arange(len(out))[:, None] < 5)\ndef make(n, s): return Some(s, n, None)",
    )
    failure = tried(training(name, epochs=0)).failure
    assert failure.startswith(f"student.model: {name} gives logits that are not finite for ")
    assert "images of the data; mend its code" in failure


def test_what_is_needed_grows_with_the_batch_and_not_with_its_parts(tried):
    def needed(**changes):
        return tried(training("mnist_cnn", **changes)).models[0].memory_bytes

    assert needed(batch_size=64) > 1.5 * needed(batch_size=32)
    assert needed(batch_size=64, accumulation_steps=2) == needed(batch_size=32)


@pytest.mark.parametrize(
    ("free", "model", "message"),
    [
        (2**17, "mnist_cnn", "student.model: mnist_cnn needs 0.45 MiB of memory for one image, a job gets 0.12 MiB"),
        (2**20, "mnist_cnn", None),
    ],
)
def test_memory_is_held_against_what_a_job_gets(tried, monkeypatch, free, model, message):
    monkeypatch.setattr("kd.runs.rehearsal.models.free_memory", lambda device: free)
    found = tried(training(model))
    if message is not None:
        assert found.failure.startswith(message)
        return
    (note,) = found.models[0].notes
    assert note.startswith("32 images at once need about ")
    steps = int(note.partition("accumulation_steps: ")[2].partition(" ")[0])
    assert tried(training(model, accumulation_steps=steps)).models[0].notes == []


def test_the_first_bad_model_ends_it_and_the_file_says_how_far_it_came(digits, store_root, tmp_path, module):
    models = {"teacher": training("mnist_cnn"), "student": training(module("wide", BAD["wide"][0]))}
    found = rehearse(request_for(digits, **models), store_root, tmp_path / "result.json", CPU)
    assert [model.place for model in found.models] == ["teacher"]
    assert found.failure.startswith("student.model: bad_wide:make gives 1,000 logits")
    assert read_record(tmp_path / "result.json", Rehearsal) == found


def checkpoint(folder: Path, names, seed=0) -> Path:
    torch.manual_seed(seed)
    folder.mkdir()
    card = ModelCard(model="mnist_mlp", num_classes=10, input_shape=(1, 28, 28), class_names=names)
    save_model(folder, build_model("mnist_mlp", 10, (1, 28, 28)), card)
    return folder


def test_a_model_that_is_used_as_it_is_and_knows_nothing_stops_the_sweep(tried, tmp_path):
    trained_on_nothing = str(checkpoint(tmp_path / "net", [*"0123456789"]))
    failure = tried(training("mnist_mlp", epochs=0, checkpoint=trained_on_nothing)).failure
    assert failure.startswith("student.model: mnist_mlp is used as it is and tells ")
    assert "student.normalize and student.image_size say otherwise" in failure
    assert failure.endswith("accept_weak_teacher: true goes on all the same")


def test_a_trained_teacher_is_not(tried, taught):
    from kd.config import run_id

    model = taught.paths.run(run_id(taught.teacher())) / "model"
    assert tried(training("mnist_cnn", epochs=0, checkpoint=str(model))).models[0].notes == []


def test_a_source_that_changed_since_the_sweep_was_started_is_refused(tried, module):
    name = module("net", "def make(n, s): return flat(s, n)")
    found = tried(training(name, model_sha256="0" * 64))
    assert found.failure == f"student.model: {name} changed since the sweep was started; start the sweep again"


def test_it_draws_no_number_and_writes_nothing_beside_its_result(digits, store_root, tmp_path):
    before = sorted(store_root.rglob("*"))
    torch.manual_seed(3)
    rehearse(request_for(digits, student=training("mnist_mlp")), store_root, tmp_path / "result.json", CPU)
    assert sorted(store_root.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


FROZEN = """
class Frozen(nn.Module):
    def __init__(self, shape, wide):
        super().__init__()
        self.early = nn.Conv2d(shape[0], 4, 3).requires_grad_(False)
        self.late = nn.LazyLinear(wide)
        self.late(torch.zeros(1, 4 * (shape[1] - 2) * (shape[2] - 2)))
    def forward(self, images): return self.late(self.early(images).flatten(1))
def make(n, s): return Frozen(s, n)
"""


def test_features_are_compared_before_a_student_is_trained_on_them(digits, store_root, tmp_path, module):
    student = module("frozen", FROZEN)
    request = request_for(digits, teacher=training("mnist_cnn"), student=training(student))

    def failure(**config):
        asked = request.model_copy(update={"features": {"distill.features.0": FeatureConfig(**config)}})
        found = rehearse(asked, store_root, tmp_path / "result.json", CPU)
        assert len(found.models) == (1 if found.failure else 2)  # a death meanwhile is the student's
        return found.failure

    assert failure(loss="sp", teacher="4", student="late") is None
    assert failure(loss="fitnet", teacher="4", student="late").startswith(
        "distill.features.0: fitnet compares features"
    )
    assert failure(loss="sp", teacher="net.4", student="late").startswith(
        "distill.features.0.teacher: the teacher has no"
    )
    lost = "distill.features.0.student: no gradient flows back from there: name another place"
    assert failure(loss="at", teacher="4", student="early") == lost
    assert failure(loss="fitnet", teacher="4", student="early") == lost


@pytest.mark.thorough
def test_as_a_process(digits, store_root, tmp_path):
    write_record(tmp_path / "request.json", request_for(digits, student=training("mnist_mlp")))
    words = [sys.executable, "-m", "kd.runs.rehearsal", "request.json", str(store_root), "result.json"]
    root = Path(__file__).parents[4]
    done = subprocess.run(
        words, cwd=tmp_path, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read_record(tmp_path / "result.json", Rehearsal).models) == 1


def test_an_error_of_the_program_is_named_too(taught, digits):
    with pytest.raises(InputError, match=r"^teacher\.model: mnist_mlp cannot be built: "):
        rehearse_model("teacher", training("mnist_mlp", epochs=0, checkpoint="/nowhere"), None, CPU)
