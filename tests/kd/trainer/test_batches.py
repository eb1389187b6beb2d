"""Batches of every form that loaders give, and what is said of others."""

from collections import UserDict

import pytest
import torch

from kd.errors import InputError
from kd.trainer.batches import Batch, read_batch, skip

IMAGES, LABELS = torch.rand(3, 1, 2, 2), torch.tensor([0, 1, 1])
KEPT = torch.arange(10.0).view(5, 2)
LOGITS = torch.rand(3, 2)
NUMBERS = torch.tensor([4, 0, 2])


@pytest.mark.parametrize(
    ("raw", "kept", "teacher"),
    [
        ([IMAGES, LABELS], None, None),
        ((IMAGES, LABELS.to(torch.uint8)), KEPT, None),
        ((IMAGES, LABELS, LOGITS), None, LOGITS),
        ((IMAGES, LABELS, LOGITS), KEPT, LOGITS),
        ((IMAGES, LABELS, NUMBERS), KEPT, KEPT[[4, 0, 2]]),
        ((IMAGES, LABELS, NUMBERS), None, None),
        ({"pixel_values": IMAGES, "labels": LABELS}, None, None),
        (UserDict(pixel_values=IMAGES, labels=LABELS, pixel_mask=None), None, None),
        ({"pixel_values": IMAGES, "labels": LABELS, "teacher_logits": LOGITS}, None, LOGITS),
        ({"pixel_values": IMAGES, "labels": LABELS, "index": NUMBERS}, KEPT, KEPT[[4, 0, 2]]),
    ],
)
def test_forms(raw, kept, teacher):
    images, labels, said = read_batch(raw, kept, "train_loader")
    assert images is IMAGES
    assert labels.dtype is torch.int64
    assert torch.equal(labels, LABELS)
    assert said is None if teacher is None else torch.equal(said, teacher)


def test_labels_of_mixed_images_stay_weights():
    weights = torch.tensor([[0.5, 0.5]] * 3)
    assert read_batch((IMAGES, weights), None, "train_loader").labels is weights


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            {"image": IMAGES, "labels": LABELS},
            "gave a dict with image, labels, without pixel_values; wanted",
        ),
        ((IMAGES,), r"train_loader gave a tuple of 1; wanted are \(images, labels\)"),
        (IMAGES, "train_loader gave a Tensor; wanted"),
        ((IMAGES, ["cat", "dog", "dog"]), "gave Tensor and list, not tensors"),
        ((IMAGES, LABELS[:2]), "gave 3 images with 2 labels"),
        ((IMAGES[:0], LABELS[:0]), "gave a batch of no image"),
        ((IMAGES, LABELS, LOGITS[:2]), "of 2 samples with 3 labels"),
        ((IMAGES, LABELS, ["a.png", "b.png", "c.png"]), "gave a list as what the teacher says"),
        ((IMAGES, LABELS, NUMBERS + 1), "gave sample numbers 1 to 5; logits are kept of 0 to 4"),
        ((IMAGES, LABELS, NUMBERS - 1), "gave sample numbers -1 to 3"),
        ((IMAGES, LABELS, NUMBERS[:, None]), r"gave \[3, 1\] integers"),
    ],
)
def test_other_forms_are_refused_in_one_line(raw, message):
    with pytest.raises(InputError, match=message) as caught:
        read_batch(raw, KEPT, "train_loader")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("num_parts", [1, 2, 3, 5])
def test_parts_are_torchs_chunks(num_parts):
    batch = Batch(torch.rand(7, 2), torch.arange(7), torch.rand(7, 3))
    parts = batch.split(num_parts)
    for column, whole in enumerate(batch):
        for part, chunk in zip(parts, whole.chunk(num_parts), strict=True):
            assert torch.equal(part[column], chunk)
    assert [part.teacher_BC for part in Batch(batch.images, batch.labels).split(2)] == [None, None]


def test_batches_that_were_trained_on_are_passed_over():
    batches = iter([Batch(torch.full((1,), number), LABELS) for number in range(3)])
    assert skip(batches, 2).images == 1
    assert next(batches).images == 2
    with pytest.raises(InputError, match="gave 0 batches, the checkpoint is 1 into an epoch"):
        skip(batches, 1)
