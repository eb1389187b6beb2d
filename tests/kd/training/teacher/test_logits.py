"""The teacher's logits: row i is sample i, view v is view v, and damage is noticed."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kd.config import AugmentConfig, run_id
from kd.errors import InputError, InterruptedTrainingError, UnreadableFileError
from kd.files import read_record
from kd.records import History, Metrics
from kd.runs.folder.context import RunContext
from kd.training.teacher.logits import LARGEST_ERROR, TeacherLogits, as_kept, view_path, write_view
from tests.kd.run_lab import CPU, MIXED, SHIFT, folder_of, fresh

PLAIN = AugmentConfig()
STUDENT = {"model": "mnist_mlp", "epochs": 2, "batch_size": 32}


@given(st.lists(st.floats(-128, 128, width=32), min_size=1, max_size=20))
def test_logits_are_rounded_to_the_nearest_float16(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    write_view(folder, 0, torch.tensor([values]))
    stored = np.load(view_path(folder, 0))
    assert stored.dtype == np.float16
    for value, kept in zip(values, stored[0], strict=True):
        gaps = [abs(float(np.nextafter(kept, np.float16(end))) - value) for end in (-np.inf, np.inf)]
        assert abs(float(kept) - value) <= min(gaps)


LOGITS = np.random.default_rng(0).normal(0, 5, (6, 10)).astype(np.float32)


@pytest.mark.parametrize(
    ("logits", "dtype"),
    [
        (LOGITS, "float16"),
        (LOGITS + 1000, "float16"),  # beside which float16 tells 0.5 apart
        (LOGITS - 1e5, "float16"),  # which it has no number for
        (LOGITS * 1000, "float32"),
        (LOGITS * 1e5, "float32"),
    ],
)
def test_kept_logits_teach_what_online_ones_do(logits, dtype):
    kept = as_kept(logits, "float16")
    assert kept.dtype == dtype
    learnt, meant = (torch.from_numpy(each.astype(np.float64)).log_softmax(1) for each in (kept, logits))
    torch.testing.assert_close(learnt, meant, atol=2 * LARGEST_ERROR, rtol=0)


def test_ordinary_logits_are_kept_as_they_are():
    assert np.array_equal(as_kept(LOGITS, "float16"), LOGITS.astype(np.float16))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_logits_that_are_not_finite_are_refused_before_anyone_learns_from_them(value):
    with pytest.raises(InputError, match="logits of some training images are not finite"):
        as_kept(np.array([[0.0, value]], np.float32), "float16")


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


def test_two_readers_of_a_view_share_one_load(taught):
    read = TeacherLogits(folder_of(taught, SHIFT), CPU)
    assert read(0) is read(0)


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


@pytest.mark.parametrize("changes", [{"logits": None}, {"teachers": ("teacher-1",)}, {"distill": None}])
def test_a_distilled_run_has_one_source_of_logits(lab, changes):
    with pytest.raises(ValueError, match="distill goes together with logits or with teachers"):
        lab.distilled(**changes)
