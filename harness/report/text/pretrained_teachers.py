"""What should be known of a teacher that came trained: what it may have seen, and what it knows by heart."""

from collections.abc import Iterator
from pathlib import Path

from harness.report.results.message import Message
from harness.report.results.sweep_results import Results
from harness.report.text.numbers import percent
from harness.sweep.preparation.pretrained_teachers import may_have_seen_test
from kd.data.division.splits import open_division
from kd.data.source_names import public_name
from kd.errors import InputError, UnreadableFileError
from kd.scores import TEST_MARGIN, TRAIN_MARGIN, is_far_above


def find_pretrained(results: Results, data_root: Path) -> tuple[Message, ...]:
    """A sentence for each thing; none of a teacher that was trained here.

    Args:
        results: The sweep.
        data_root: Holds the decoded data sets; where they are gone, how they were divided is not known.
    """
    return (*_seen(results, data_root), *_compared(results))


def _seen(results: Results, data_root: Path) -> Iterator[Message]:
    try:
        division = open_division(results.plan.data, data_root).division
    except (InputError, UnreadableFileError, ValueError, OSError):
        return
    places = may_have_seen_test(results.plan, division)
    if places:
        source = public_name(results.plan.sweep.data.source)
        yield Message("given-test-seen", {"source": source, "number": len(places)})


def _compared(results: Results) -> Iterator[Message]:
    tested = results.test.scores if results.test else {}
    for run in results.teachers:
        if run.training is None or not run.training.training.is_used_as_it_is:
            continue
        if run.metrics is None or run.metrics.val is None:
            continue
        val, train, test = run.metrics.val, run.metrics.train, tested.get(run.id)
        values = {"run": run.id, "val": _percentage(val.accuracy)}
        if train is not None and is_far_above(train, val, TRAIN_MARGIN):
            yield Message("given-train-known", values | {"train": _percentage(train.accuracy)})
        if test is not None and is_far_above(test, val, TEST_MARGIN):
            yield Message("given-test-above-val", values | {"test": _percentage(test.accuracy)})


def _percentage(share: float) -> Message:
    return Message("percentage", {"value": percent(share)})
