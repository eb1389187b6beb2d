"""The teachers' pass: which logits belong to which image, and what a cut leaves."""

import pytest
import torch
from torch import nn

from kd.augment.views import View
from kd.config import AugmentConfig, run_id
from kd.data.images import Split, open_training
from kd.errors import FencedError, InterruptedTrainingError
from kd.files import read_record, sha256_of_file
from kd.models import ImageModel
from kd.models.files import load_model
from kd.records import LogitsIndex, Metrics
from kd.runs.folder.context import RunContext
from kd.training.teacher.logits import TeacherLogits, compute_view_logits, view_path
from tests.kd.run_lab import CPU, MIXED, SHIFT, folder_of, fresh

PLAIN = AugmentConfig()


def test_the_raw_logits_of_several_teachers_are_averaged(lab):
    other = lab.config(role="teacher", seed=5)
    lab.execute(other)
    one = lab.logits_config(lab.config().augment)
    both = one.model_copy(update={"more_teachers": (run_id(other),)})
    alone = one.model_copy(update={"teacher": run_id(other)})
    for config in (both, alone):
        lab.execute(config)
    first, second, mean = (TeacherLogits(lab.paths.logits(run_id(c)), CPU)(0).float() for c in (one, alone, both))
    torch.testing.assert_close(mean, (first + second) / 2, rtol=2e-3, atol=2e-3)
    assert not torch.equal(first, second)


def directly(lab, sample, view=0, config=PLAIN):
    """The teacher's logits of one training image, by itself."""
    train = open_training(lab.data, lab.paths.data, CPU).train
    teacher = load_model(lab.paths.run(run_id(lab.teacher())) / "model", CPU).eval()
    with torch.no_grad():
        return teacher(View(view, train, config).images(torch.tensor([sample])))[0]


def close_to_float16(stored, exact):
    torch.testing.assert_close(stored.float(), exact, rtol=2**-11, atol=1e-5)


def test_row_i_belongs_to_sample_i(taught):
    logits = TeacherLogits(folder_of(taught, PLAIN), CPU)(0)
    assert logits.dtype is torch.float16
    assert logits.shape == (90, 10)
    for sample in range(90):
        close_to_float16(logits[sample], directly(taught, sample))


@pytest.mark.parametrize("config", [SHIFT, MIXED], ids=["shifted", "mixed"])
def test_under_augmentation_each_view_has_its_own(taught, config):
    read = TeacherLogits(folder_of(taught, config), CPU)
    for view in (1, 0):
        for sample in range(0, 90, 7):
            close_to_float16(read(view)[sample], directly(taught, sample, view, config))
    assert (read(0) - read(1)).abs().max() > 0.5


def test_the_index_seals_what_was_written(taught):
    folder = folder_of(taught, SHIFT)
    index = read_record(folder / "index.json", LogitsIndex)
    teacher = run_id(taught.teacher())
    metrics = read_record(taught.paths.run(teacher) / "metrics.json", Metrics)
    assert (index.num_images, index.num_classes, index.dtype) == (90, 10, "float16")
    assert index.teacher == teacher
    assert index.teacher_weights_sha256 == metrics.weights_sha256
    assert index.teacher_weights_sha256 == sha256_of_file(taught.paths.run(teacher) / "model" / "model.safetensors")
    assert index.sha256 == [sha256_of_file(view_path(folder, view)) for view in range(2)]


def test_a_cut_pass_keeps_the_views_it_has(lab):
    reference = view_path(folder_of(lab, SHIFT), 0).read_bytes(), view_path(folder_of(lab, SHIFT), 1).read_bytes()
    config, folder = fresh(lab, SHIFT)
    with pytest.raises(InterruptedTrainingError, match="before view 2 of 2"):
        lab.execute(config, RunContext(should_stop=lambda: view_path(folder, 0).exists()))
    assert [path.name for path in folder.iterdir()] == ["view-0000.npy"]
    kept = view_path(folder, 0).stat().st_mtime_ns, view_path(folder, 0).stat().st_ino
    lab.execute(config)
    assert (view_path(folder, 0).stat().st_mtime_ns, view_path(folder, 0).stat().st_ino) == kept
    assert (view_path(folder, 0).read_bytes(), view_path(folder, 1).read_bytes()) == reference


@pytest.mark.parametrize("passes", range(4))
def test_a_fenced_pass_writes_nothing_more(lab, passes):
    # Guarded are: view 0, view 1, the index, the metrics.
    config, folder = fresh(lab, SHIFT)
    left = iter([None] * passes)

    def guard():
        if next(left, "fenced") == "fenced":
            raise FencedError("attempt 2 owns the run")

    with pytest.raises(FencedError):
        lab.execute(config, RunContext(guard=guard))
    written = sorted(path.name for path in folder.iterdir())
    assert written == sorted(["view-0000.npy", "view-0001.npy", "index.json"][:passes])
    assert not (lab.paths.run(run_id(config)) / "metrics.json").exists()


def test_the_teacher_is_in_evaluation_mode_when_it_is_asked():
    torch.manual_seed(0)
    model = ImageModel(nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(4, 2))).train()
    split = Split(torch.randint(0, 256, (9, 1, 2, 2), dtype=torch.uint8), torch.zeros(9, dtype=torch.int64))
    first, second = (compute_view_logits(model, split, PLAIN, 0) for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1,), ()])
def test_a_pass_in_parts_is_the_same_pass(lab, order):
    reference = [view_path(folder_of(lab, SHIFT), view).read_bytes() for view in range(2)]
    config, folder = fresh(lab, SHIFT)
    for view in order:
        part = config.model_copy(update={"part_of": run_id(config), "first_view": view, "num_views": 1})
        lab.execute(part)
        assert not (folder / "index.json").exists()
    written = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert len(written) == len(order)
    lab.execute(config)
    assert [view_path(folder, view).read_bytes() for view in range(2)] == reference
    assert all((folder / name).stat().st_mtime_ns == when for name, when in written.items())
    assert TeacherLogits(folder, CPU)(1).shape == (90, 10)
