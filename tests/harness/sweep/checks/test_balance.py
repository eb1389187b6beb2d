"""What is said of classes of unequal size before anything is trained."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.sweep.checks.balance import class_sizes, imbalance_remarks
from harness.sweep.loading import read_sweep
from kd.config import Part
from kd.data.division.splits import Division, LabelledDivision
from kd.records import SplitSize, StoreIndex
from tests.support.sweep_files import MINIMAL

WriteSweep = Callable[[str], Path]
EVEN: dict[Part, list[int]] = {"train": [50, 50], "val": [5, 5], "test": [10, 10]}
UNEVEN: dict[Part, list[int]] = {"train": [500, 5], "val": [50, 1], "test": [100, 4]}


def remarks(path: Path, overrides: str = "", sizes: dict[Part, list[int]] = UNEVEN) -> list[str]:
    return list(imbalance_remarks(read_sweep(path, overrides), sizes))


def test_of_even_classes_not_a_word(write_sweep: WriteSweep) -> None:
    assert remarks(write_sweep(MINIMAL), sizes=EVEN) == []


def test_of_uneven_ones_the_sizes_the_headline_and_what_chooses(write_sweep: WriteSweep) -> None:
    sizes, headline, choice = remarks(write_sweep(MINIMAL))
    assert sizes == "Classes differ in size: images per class train 5 to 500, val 1 to 50, test 4 to 100."
    assert headline == "The answer is given in balanced accuracy on test (metric: accuracy gives the other)."
    assert choice.startswith("search.metric: val_accuracy chooses mostly for the large classes")


def test_what_is_asked_for_is_said_and_not_advised_against(write_sweep: WriteSweep) -> None:
    path = write_sweep(MINIMAL)
    assert remarks(path, "metric=accuracy")[1:] == ["The answer is given in accuracy on test (by metric)."]
    assert remarks(path, "search.metric=val_balanced_accuracy")[1:] == remarks(path)[1:2]
    assert remarks(path, "metric=balanced_accuracy", EVEN)[0].startswith("The answer is given in balanced accuracy")


def test_an_even_test_set_weighs_classes_alike_by_itself(write_sweep: WriteSweep) -> None:
    found = remarks(write_sweep(MINIMAL), sizes=UNEVEN | {"test": [10, 10]})
    assert found[0] == "Classes differ in size: images per class train 5 to 500, val 1 to 50."
    assert [line.partition(":")[0] for line in found[1:]] == ["search.metric"]  # val is uneven all the same


@pytest.mark.parametrize(
    ("overrides", "sizes", "says"),
    [
        ("student.class_weights=sqrt", EVEN, "student.class_weights: does nothing: every class has 50 training images"),
        ("teacher.sampling=balanced", EVEN, "teacher.sampling: does nothing"),
        (
            "student.class_weights=balanced student.sampling=balanced",
            UNEVEN,
            "student: class_weights and sampling both make up for the sizes",
        ),
    ],
)
def test_weights_and_draws_that_do_nothing_or_too_much(
    write_sweep: WriteSweep, overrides: str, sizes: dict[Part, list[int]], says: str
) -> None:
    assert [line for line in remarks(write_sweep(MINIMAL), overrides, sizes) if line.startswith(says)]


@pytest.mark.parametrize(
    ("overrides", "place"),
    [
        ("search=null distill.alpha=1", "distill"),
        ("search.space.alpha=null distill.alpha=1", "distill"),
        ("distill.alpha=1", None),  # the search tries others
        ("search=null distill.alpha=0.5", None),
        ("'compare=[{alpha: 1, temperature: 2}]'", "compare.0"),
    ],
)
def test_weights_of_a_term_that_has_none_are_told(write_sweep: WriteSweep, overrides: str, place: str | None) -> None:
    lines = remarks(write_sweep(MINIMAL), f"student.class_weights=balanced {overrides}")
    found = [line for line in lines if "leaves out" in line]
    assert len(found) == (place is not None)
    assert all(f"{place}.alpha 1 leaves out" in line for line in found)


def test_of_several_students_each_one_s_weights_are_told(write_sweep: WriteSweep) -> None:
    plain, weighed = "{model: mnist_mlp, epochs: 3}", "{model: mnist_cnn, epochs: 3, class_weights: balanced}"
    path = write_sweep(MINIMAL.replace(f"student: {plain}", f"students: [{plain}, {weighed}]"))
    found = [line for line in remarks(path, "search=null distill.alpha=1") if "leaves out" in line]
    assert [line.partition(":")[0] for line in found] == ["students.1.class_weights"]
    assert found[0].endswith("students.1.sampling: balanced acts on both.")


def test_sizes_are_counted_of_each_part_in_its_own_split() -> None:
    store = StoreIndex(
        source="s", digest="d", class_names=["a", "b", "c"], splits={"train": SplitSize(num_images=6, shape=(1, 2, 2))}
    )
    labels = {"train": np.array([0, 0, 0, 1, 1, 2]), "test": np.array([2, 2])}
    division = Division(np.array([0, 1, 3, 5]), np.array([2, 4]), np.array([0, 1]), "test")
    assert class_sizes(LabelledDivision(division, store, labels)) == {
        "train": [2, 1, 1],
        "val": [1, 1, 0],
        "test": [0, 0, 2],
    }
