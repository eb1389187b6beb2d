"""What a sweep file asks for and the data, once read, makes nothing of: said before anything begins, and no error.

Limits and shared values may well be larger than what is there. That they change nothing is worth a line all the same.
"""

from collections.abc import Iterator

from harness.sweep.checks.balance import class_sizes, imbalance_remarks
from harness.sweep.schema import Sweep
from kd.config import AugmentConfig, ModelTraining
from kd.data.division.splits import Division, LabelledDivision


def data_remarks(sweep: Sweep, data: LabelledDivision) -> Iterator[str]:
    """Lines on values that do nothing with these images, and on classes of unequal size.

    Args:
        sweep: As it was read from its file: which keys were given is known of no other.
        data: Its images, divided.
    """
    division, store, _ = data
    yield from imbalance_remarks(sweep, class_sizes(data))
    yield from _on_parts(sweep, division)
    channels, height, width = store.splits["train"].shape
    for place, training in _trained(sweep):
        if training.batch_size > len(division.train):
            number = f"{training.batch_size} is above the {len(division.train):,} training images"
            yield f"{place}.batch_size: {number}: each epoch is one step."
        where, augment = _seen_augment(place, training, sweep)
        yield from (f"{where}.{line}" for line in _on_views(augment, training.epochs, channels, min(height, width)))


def _on_parts(sweep: Sweep, division: Division) -> Iterator[str]:
    data = sweep.data
    for part, split in (("val", division.val_split), ("test", division.test_split)):
        key = f"{part}_fraction"
        if split == part and key in data.model_fields_set:
            instead = f"data.splits: {{{part}: null}} sets some of train apart"
            yield f"data.{key}: does nothing: {part} is a split of the source; {instead}."
    num_train = len(division.train) + (len(division.val) if division.val_split == "train" else 0)
    for part, number in (("train", num_train), ("test", len(division.test))):
        most = data.max_train if part == "train" else data.max_test
        if most is not None and most > number and data.duplicates != "drop":  # of which some may be gone
            yield f"data.max_{part}: {most:,} leaves nothing out: there are {number:,}."


def _trained(sweep: Sweep) -> Iterator[tuple[str, ModelTraining]]:
    places = {"teacher": sweep.teacher} if sweep.teacher else {f"teachers.{n}": t for n, t in enumerate(sweep.teachers)}
    yield from ((place, training) for place, training in places.items() if training.epochs)
    yield from sweep.all_students.items()


def _seen_augment(place: str, training: ModelTraining, sweep: Sweep) -> tuple[str, AugmentConfig]:
    """The views of a training, and where the sweep file has them."""
    if training.augment is not None:
        return f"{place}.augment", training.augment
    return f"{place}: data.augment", sweep.data.augment


def _on_views(augment: AugmentConfig, epochs: int, channels: int, side: int) -> Iterator[str]:
    if augment.num_views is not None and augment.num_views > epochs:
        yield f"num_views: {augment.num_views} is above the {epochs} epochs: each has a view of its own in any case."
    if augment.hue and channels != 3:
        yield f"hue: does nothing on images of {channels} channel{'s' if channels > 1 else ''}."
    if augment.shift >= side and augment.shift_fill == "black":
        yield f"shift: {augment.shift} can move an image of {side} pixels out of sight: some views are black."
