"""Classes of unequal size: what follows from them, and what a sweep file makes of them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from harness.sweep.checks.training import trainings
from harness.sweep.schema import Sweep
from harness.sweep.sections.metric import metric_of
from kd.config import Part
from kd.data.division.splits import LabelledDivision
from kd.scores import IMBALANCED, imbalance


def class_sizes(data: LabelledDivision) -> dict[Part, list[int]]:
    """How many images of train, val and test each class has."""
    division, store, labels = data
    places: tuple[tuple[Part, str, np.ndarray], ...] = (
        ("train", "train", division.train),
        ("val", division.val_split, division.val),
        ("test", division.test_split, division.test),
    )
    number = len(store.class_names)
    return {part: np.bincount(labels[split][rows], minlength=number).tolist() for part, split, rows in places}


def imbalance_remarks(sweep: Sweep, sizes: Mapping[Part, Sequence[int]]) -> Iterator[str]:
    """Lines on how unequal the classes are, by what models are judged and chosen, and on weights without effect."""
    uneven = {part: counts for part, counts in sizes.items() if imbalance(counts) > IMBALANCED}
    if uneven:
        parts = ", ".join(f"{part} {min(filter(None, counts)):,} to {max(counts):,}" for part, counts in uneven.items())
        yield f"Classes differ in size: images per class {parts}."
    if "test" in uneven or sweep.metric is not None:
        metric = metric_of(sweep.metric, sizes["test"])
        why = "by metric" if sweep.metric else "metric: accuracy gives the other"
        yield f"The answer is given in {metric.replace('_', ' ')} on test ({why})."
    is_by_accuracy = sweep.search is not None and bool(sweep.all_searches) and sweep.search.metric == "val_accuracy"
    if is_by_accuracy and metric_of(sweep.metric, sizes["val"]) == "balanced_accuracy":
        yield (
            "search.metric: val_accuracy chooses mostly for the large classes; val_balanced_accuracy weighs all alike."
        )
    yield from _on_trainings(sweep, sizes["train"])
    weighed = [place for place, student in sweep.all_students.items() if student.class_weights is not None]
    for loss, distill in sweep.all_losses.items():
        if distill.alpha == 1 and not _is_alpha_searched(sweep, loss):
            for place in weighed:
                yield (
                    f"{place}.class_weights: weigh the labels' term, which {loss}.alpha 1 leaves out: they act on the "
                    f"student alone; {place}.sampling: balanced acts on both."
                )


def _on_trainings(sweep: Sweep, sizes: Sequence[int]) -> Iterator[str]:
    """Lines on weights and draws that do nothing, or too much."""
    for place, training in ((".".join(key), training) for key, training in trainings(sweep)):
        given = [key for key in ("class_weights", "sampling") if training.epochs and getattr(training, key) is not None]
        if given and len(set(sizes)) == 1:
            yield f"{place}.{given[0]}: does nothing: every class has {sizes[0]:,} training images."
        elif len(given) == 2:
            yield (
                f"{place}: class_weights and sampling both make up for the sizes of classes: together the small ones "
                "weigh more than the large; give one of the two."
            )


def _is_alpha_searched(sweep: Sweep, place: str) -> bool:
    """Whether the loss at this place of the sweep file is trained with other alphas than its own."""
    if place.startswith("compare."):
        return False
    number = int(place.partition(".")[2] or 0)
    return "alpha" in sweep.all_methods[number].space
