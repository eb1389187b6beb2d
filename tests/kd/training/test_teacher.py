"""The teacher's logits: row i is sample i, view v is view v, and damage is noticed."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from kd.augment.views import View
from kd.config import AugmentConfig, RandAugmentConfig, run_id
from kd.data.images import Split, open_training
from kd.errors import FencedError, InterruptedTrainingError, UnreadableFileError
from kd.files import read_record, sha256_of_file
from kd.models import ImageModel
from kd.models.files import load_model
from kd.records import History, LogitsIndex, Metrics
from kd.runs.context import RunContext
from kd.training.teacher import TeacherLogits, compute_view_logits, view_path, write_view

CPU = torch.device("cpu")
PLAIN, SHIFT = AugmentConfig(), AugmentConfig(shift=2, num_views=2)
STUDENT = {"model": "mnist_mlp", "epochs": 2, "batch_size": 32}
MIXED = AugmentConfig(shift=1, rand_augment=RandAugmentConfig(), mixup=0.8, cutmix=1.0, num_views=2)


def folder_of(lab, augment_config):
    return lab.paths.logits(run_id(lab.logits_config(augment_config)))


def fresh(lab, augment_config):
    """Forget the logits run that the lab came with; gives its configuration and its folder of views."""
    config = lab.logits_config(augment_config)
    (lab.paths.run(run_id(config)) / "metrics.json").unlink()
    folder = lab.paths.logits(run_id(config))
    for path in folder.iterdir():
        path.unlink()
    return config, folder


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


@given(st.lists(st.floats(-60000, 60000, width=32), min_size=1, max_size=20))
def test_logits_are_rounded_to_the_nearest_float16(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    write_view(folder, 0, torch.tensor([values]))
    stored = np.load(view_path(folder, 0))
    assert stored.dtype == np.float16
    for value, kept in zip(values, stored[0], strict=True):
        gaps = [abs(float(np.nextafter(kept, np.float16(end))) - value) for end in (-np.inf, np.inf)]
        assert abs(float(kept) - value) <= min(gaps)


@pytest.mark.parametrize("damage", ["flip", "cut", "swap"])
def test_a_damaged_view_is_unreadable_and_named(lab, damage):
    folder = folder_of(lab, SHIFT)
    path = view_path(folder, 1)
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[-1] ^= 1
    elif damage == "cut":
        del content[-2:]
    else:
        content = view_path(folder, 0).read_bytes()
    path.write_bytes(content)
    read = TeacherLogits(folder, CPU)
    assert read(0).shape == (90, 10)
    with pytest.raises(UnreadableFileError, match=r"view-0001\.npy: checksum differs"):
        read(1)
    with pytest.raises(UnreadableFileError, match=r"view-0001\.npy"):
        lab.execute(lab.distilled(augment=SHIFT))


def test_an_unsealed_folder_is_not_read(lab):
    _, folder = fresh(lab, SHIFT)
    with pytest.raises(FileNotFoundError):
        TeacherLogits(folder, CPU)


def test_a_cut_pass_keeps_the_views_it_has(lab):
    reference = view_path(folder_of(lab, SHIFT), 0).read_bytes(), view_path(folder_of(lab, SHIFT), 1).read_bytes()
    config, folder = fresh(lab, SHIFT)
    looks = iter([False, True])
    with pytest.raises(InterruptedTrainingError, match="before view 2 of 2"):
        lab.execute(config, RunContext(should_stop=lambda: next(looks)))
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


def test_two_readers_of_a_view_share_one_load(taught):
    read = TeacherLogits(folder_of(taught, SHIFT), CPU)
    assert read(0) is read(0)


def test_the_teacher_is_in_evaluation_mode_when_it_is_asked():
    torch.manual_seed(0)
    model = ImageModel(nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(4, 2))).train()
    split = Split(torch.randint(0, 256, (9, 1, 2, 2), dtype=torch.uint8), torch.zeros(9, dtype=torch.int64))
    first, second = (compute_view_logits(model, split, PLAIN, 0) for _ in range(2))
    assert torch.equal(first, second)


def taught_twice(lab, augment, **training):
    """The same student of logits kept in float32, and of the teacher itself: their runs' folders."""
    kept = lab.logits_config(augment).model_copy(update={"dtype": "float32"})
    lab.execute(kept)
    changes = {"augment": augment, "training": STUDENT | training}
    offline = lab.distilled(**changes, logits=run_id(kept))
    online = lab.distilled(**changes, logits=None, teachers=(run_id(lab.teacher()),))
    for config in (offline, online):
        lab.execute(config)
    return lab.paths.run(run_id(offline)), lab.paths.run(run_id(online))


def results_of(folder):
    """What does not depend on the clock or on a run's name."""
    history = read_record(folder / "history.json", History)
    epochs = [epoch.model_copy(update={"seconds": 0.0, "images_per_s": 0.0}) for epoch in history.epochs]
    metrics = read_record(folder / "metrics.json", Metrics).model_copy(update={"run_id": ""})
    return epochs, metrics, (folder / "predictions.npz").read_bytes()


@pytest.mark.parametrize("augment", [PLAIN, SHIFT, MIXED], ids=["plain", "shifted", "mixed"])
@pytest.mark.parametrize("accumulation_steps", [1, 2])
def test_kept_in_float32_or_online_the_student_is_the_same(lab, augment, accumulation_steps):
    offline, online = taught_twice(lab, augment, accumulation_steps=accumulation_steps)
    assert results_of(offline) == results_of(online)


def test_kept_in_float16_the_losses_are_within_its_rounding(lab):
    _, online = taught_twice(lab, SHIFT)
    rounded = lab.distilled(augment=SHIFT, training=STUDENT)
    lab.execute(rounded)
    first, other = (results_of(folder)[0] for folder in (lab.paths.run(run_id(rounded)), online))
    assert first != other
    assert [e.soft_loss for e in first] == pytest.approx([e.soft_loss for e in other], rel=2e-3)
    assert [e.val_loss for e in first] == pytest.approx([e.val_loss for e in other], rel=2e-3)


def test_several_teachers_teach_online_by_their_mean(lab):
    second = lab.teacher().model_copy(update={"seed": 1})
    lab.execute(second)
    ids = tuple(run_id(config) for config in (lab.teacher(), second))
    online = lab.distilled(training=STUDENT, logits=None, teachers=ids)
    lab.execute(online)
    kept = lab.logits_config(PLAIN).model_copy(update={"more_teachers": ids[1:], "dtype": "float32"})
    lab.execute(kept)
    offline = lab.distilled(training=STUDENT, logits=run_id(kept))
    lab.execute(offline)
    assert results_of(lab.paths.run(run_id(offline))) == results_of(lab.paths.run(run_id(online)))


def test_a_student_cut_under_an_online_teacher_goes_on_to_the_same_bits(lab, tmp_path):
    online = lab.distilled(training=STUDENT, augment=SHIFT, logits=None, teachers=(run_id(lab.teacher()),))
    other = lab.elsewhere(tmp_path / "cut")
    lab.execute(online)
    looks = iter([False] * 4)
    with pytest.raises(InterruptedTrainingError):
        other.execute(online, RunContext(should_stop=lambda: next(looks, True)))
    other.execute(online)
    name = run_id(online)
    assert results_of(other.paths.run(name)) == results_of(lab.paths.run(name))


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


@pytest.mark.parametrize("changes", [{"logits": None}, {"teachers": ("teacher-1",)}, {"distill": None}])
def test_a_distilled_run_has_one_source_of_logits(lab, changes):
    with pytest.raises(ValueError, match="distill goes together with logits or with teachers"):
        lab.distilled(**changes)
