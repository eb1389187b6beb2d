"""Teachers that come trained: what is known of where they were trained, by the sweep and its files alone."""

from collections.abc import Iterator
from pathlib import Path

from harness.sweep.plan import Plan
from kd.config import HF_PREFIX, ModelTraining, StoredData, TrainConfig, is_of_library
from kd.data.division.splits import Division
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import RunRecord


def source_of(training: ModelTraining) -> str:
    """Where a teacher that is used as it is has its weights from."""
    if training.checkpoint is not None:
        return training.checkpoint
    if training.model.startswith(HF_PREFIX):
        return training.model
    if is_of_library(training.model):
        return training.model.partition(":")[0]
    return f"what its factory {training.model} loads"


def may_have_seen_test(plan: Plan, division: Division) -> tuple[str, ...]:
    """The places in the sweep file of teachers that come trained, where test is set apart here from train.

    One that a run trained on the very same division has seen none of it.
    """
    if division.test_split != "train":
        return ()
    sweep = plan.sweep
    places = {"teacher": sweep.teacher} if sweep.teacher else {f"teachers.{n}": t for n, t in enumerate(sweep.teachers)}
    return tuple(
        place
        for place, training in places.items()
        if (training.checkpoint is not None or training.is_used_as_it_is) and not _was_trained_on(plan.data, training)
    )


def pretrained_lines(plan: Plan, division: Division, command: str | None) -> Iterator[str]:
    """What a person should know before a sweep begins: which teachers are taken as they are, and what they may know.

    Args:
        plan: The sweep.
        division: Of its data.
        command: Writes the division down, so that a model can be trained without the test images; None where none can.
    """
    sweep = plan.sweep
    for training in sweep.all_teachers:
        if training.is_used_as_it_is:
            yield f"Teacher: {training.model} as it is, with the weights of {source_of(training)}."
    if places := may_have_seen_test(plan, division):
        remedy = f", or train it by the division that this writes: {command}" if command else ""
        who = " and ".join(places)
        yield (
            f"Test: it is set apart here from the images of {sweep.data.source}, and {who} comes trained: if that was "
            "on all of them, it has seen the test images, and accuracies are too good. Give data with a test split of "
            f"their own{remedy}"
        )


def _was_trained_on(data: StoredData, training: ModelTraining) -> bool:
    """Whether its weights lie in the folder of a run over the same images, divided alike."""
    if training.checkpoint is None:
        return False
    try:
        config = read_record(Path(training.checkpoint).parent / "config.json", RunRecord).config
    except (OSError, UnreadableFileError):
        return False
    if not isinstance(config, TrainConfig):
        return False
    if config.training.is_used_as_it_is:  # that run trained nothing either
        return config.training.checkpoint != training.checkpoint and _was_trained_on(data, config.training)
    return config.data.model_copy(update={"source": data.source}) == data
