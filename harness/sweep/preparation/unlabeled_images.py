"""A sweep's images without labels, decoded and counted before anything is trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.sweep.plan import Plan
from harness.sweep.preparation.teacher_cost import bytes_of_logits, passes, size_of
from harness.sweep.schema import Sweep
from harness.sweep.sections.unlabeled import UNLABELED
from kd.config import LogitsConfig, StoredData
from kd.data.decoded.store import prepare_unlabeled
from kd.data.division.splits import open_division
from kd.data.division.summary import how_it_was_read
from kd.data.division.unlabeled import choose_unlabeled, explain_held_out
from kd.errors import InputError
from kd.files import read_record
from kd.plain_text import one_line
from kd.records import StoreIndex

_KEYS = ("source", "config", "image_column")  # of data that stand under unlabeled too


def with_unlabeled(sweep: Sweep, digest: str, root: Path) -> Sweep:
    """The sweep with what its images without labels were found to be; one that has none as it is.

    Args:
        sweep: As it was read from its file.
        digest: Of its labelled images.
        root: Of all stores.

    Raises:
        InputError: They cannot be decoded alike, some are in val or test, or none is left.
    """
    asked = sweep.unlabeled
    if asked is None:
        return sweep
    data = sweep.data.stored(digest)
    division, labelled, _ = open_division(data, root)
    channels, *size = labelled.splits["train"].shape
    source = None if asked.is_rest else asked.data(sweep.data)
    if source is not None:
        with _blamed():
            index = prepare_unlabeled(source, root, channels)
        (split,) = index.splits.values()
        if split.shape != (channels, *size):
            raise InputError(f"unlabeled.source: {asked.source}: {_misfit(split.shape, (channels, *size))}")
        asked = asked.model_copy(update={"digest": index.digest})
    elif asked.digest is not None:
        asked = asked.model_copy(update={"digest": None})
    if asked.duplicates == "refuse" and (said := explain_held_out(data, asked.images, root, source)) is not None:
        raise InputError(
            f"unlabeled.source: {asked.source}: {said}; remove them, or leave them out: unlabeled.duplicates=drop"
        )
    part = choose_unlabeled(data, asked.images, root)
    counted = {"num_images": len(part.positions), "num_labelled": len(division.train)}
    return sweep.model_copy(update={"unlabeled": asked.model_copy(update=counted)})


def unlabeled_lines(sweep: Sweep, data: StoredData, root: Path) -> Iterator[str]:
    """What was read of them, and what a person should know before it is paid for.

    Args:
        sweep: As ``with_unlabeled`` gives it.
        data: Its labelled images.
        root: Of all stores.
    """
    asked = sweep.unlabeled
    if asked is None:
        return
    part = choose_unlabeled(data, asked.images, root)
    left_out = [
        f"{number:,} also in {where}"
        for number, where in ((part.num_in_train, "train"), (part.num_held_out, "val or test"))
        if number
    ]
    read = [] if asked.digest is None else list(how_it_was_read(read_record(part.folder / "index.json", StoreIndex)))
    gone = "".join(f"; {said}" for said in [*([f"left out: {', '.join(left_out)}"] if left_out else []), *read])
    name = "the training images that data.max_train leaves out" if asked.is_rest else one_line(asked.source)
    yield f"Unlabelled images: {len(part.positions):,} of {name}{gone}."
    largest = max(student.batch_size for student in sweep.all_students.values())
    share = asked.taught_by(None).num_drawn(largest)
    if share > len(part.positions):
        yield (
            f"unlabeled.ratio: {share:,} stand beside a batch, and there are {len(part.positions):,}: each is seen "
            "more than once in a step."
        )


def unlabeled_cost(plan: Plan, num_classes: int) -> str | None:
    """What they cost in steps, passes and bytes, in one line; None of a sweep without.

    Args:
        plan: The sweep.
        num_classes: Of its data.
    """
    asked, students = plan.sweep.unlabeled, plan.sweep.all_students.values()
    if asked is None:
        return None
    assert asked.num_images is not None and asked.num_labelled is not None, "they were counted when the sweep was read"
    epochs = sorted(student.epochs for student in students)
    drawn = [f"{asked.taught_by(None).num_drawn(number * asked.num_labelled):,}" for number in epochs]
    gone_through = [asked.num_passes(number) for number in epochs]
    taken = (
        f"{sum(member.seeds.number for member in plan.members)} run(s) of as many steps as without, each step with "
        f"{1 + asked.ratio:g} times the images: {_range(drawn[0], drawn[-1])} drawn "
        f"({_range(f'{gone_through[0]:,}', passes(gone_through[-1]))} over {asked.num_images:,})"
    )
    if not plan.unlabeled_passes:
        return f"Unlabelled images: {taken}; the teacher's logits of them are computed in every step."
    whole = dict(member.unlabeled_passes[UNLABELED][-1] for member in plan.members)  # those that see alike share one
    num_views = sum(config.num_views for config in whole.values() if isinstance(config, LogitsConfig))
    size = bytes_of_logits(num_views * asked.num_images * num_classes, plan.sweep)
    kept = f"the teacher's logits of them are kept, for {passes(num_views)} and {size_of(size)}"
    return f"Unlabelled images: {taken}; {kept}{'; the control takes as many steps again' if asked.control else ''}."


def _range(low: str, high: str) -> str:
    """Both ends, the higher with its unit; that one alone where they are equal."""
    return high if low == high.partition(" ")[0] else f"{low} to {high}"


@contextmanager
def _blamed() -> Iterator[None]:
    """What a reader of data says of ``data``'s keys, said of those under ``unlabeled``."""
    try:
        yield
    except InputError as error:
        message = str(error).replace("data.splits", "unlabeled.split")
        for key in _KEYS:
            message = message.replace(f"data.{key}", f"unlabeled.{key}")
        raise InputError(message) from error


def _misfit(found: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    """In what images differ from the labelled ones, and the remedy."""
    if found[1:] != wanted[1:]:
        return (
            f"these images are {found[2]}×{found[1]} but those of data {wanted[2]}×{wanted[1]}; bring them to that "
            "size, or all to one: data.image_size"
        )
    return "these images have colour but those of data are grey; make them grey"
