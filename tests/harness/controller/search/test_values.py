"""What a search is told of a run's epochs."""

from pathlib import Path

import pytest

from harness.controller.search.values import metric_values
from kd.errors import InputError, UnreadableFileError
from kd.files import write_record
from kd.records import AttemptEnd, EpochRecord, History, Metrics, Scores


def history(*balanced: float | None) -> History:
    """Epochs of accuracy 0.5 with these balanced ones."""
    epochs = tuple(
        EpochRecord(
            epoch=number,
            lr=0.1,
            train_loss=1,
            hard_loss=1,
            train_accuracy=0.5,
            val_loss=2.0,
            val_accuracy=0.5,
            val_balanced_accuracy=value,
            seconds=1,
            images_per_s=1,
        )
        for number, value in enumerate(balanced, start=1)
    )
    return History(num_epochs=len(epochs), epochs=epochs)


def end(folder: Path, *rows: list[int], status: AttemptEnd = AttemptEnd.COMPLETE) -> Path:
    """A run that ended with this confusion matrix on val."""
    val = Scores(num_images=10, accuracy=0.5, nll=2.0, confusion=[*rows])
    write_record(folder / "metrics.json", Metrics(run_id=folder.name, status=status, val=val))
    return folder


def test_balanced_accuracy_is_what_the_epochs_say(tmp_path: Path) -> None:
    folder = end(tmp_path, [9, 2], [2, 1])
    assert metric_values(folder, history(0.25, 0.75), "val_balanced_accuracy") == [0.25, 0.75]
    assert metric_values(folder, history(0.25, 0.75), "val_accuracy") == [0.5, 0.5]
    assert metric_values(folder, history(0.25, 0.75), "val_loss") == [2.0, 2.0]


def test_where_classes_differ_little_the_last_value_is_that_of_the_confusions(tmp_path: Path) -> None:
    folder = end(tmp_path, [4, 2], [1, 3])
    assert metric_values(folder, history(None, None), "val_balanced_accuracy") == [
        0.5,
        pytest.approx((4 / 6 + 3 / 4) / 2),
    ]
    assert metric_values(folder, history(None, None), "val_accuracy") == [0.5, 0.5]


def test_a_pruned_trial_has_what_it_was_pruned_by(tmp_path: Path) -> None:
    folder = end(tmp_path, [4, 2], [1, 3], status=AttemptEnd.PRUNED)
    assert metric_values(folder, history(None, None), "val_balanced_accuracy") == [0.5, 0.5]


def test_an_older_run_on_classes_of_unequal_size_is_refused_with_the_way_on(tmp_path: Path) -> None:
    folder = end(tmp_path, [9, 2], [2, 1])
    with pytest.raises(InputError, match=r"earlier version.*search\.seed"):
        metric_values(folder, history(None), "val_balanced_accuracy")
    assert metric_values(folder, history(None), "val_accuracy") == [0.5]


def test_what_another_run_measured_is_not_taken(tmp_path: Path) -> None:
    folder = end(tmp_path, [4, 2], [1, 3])
    copied = folder.rename(folder.with_name("another"))
    with pytest.raises(UnreadableFileError, match="of another run"):
        metric_values(copied, history(None, None), "val_balanced_accuracy")
