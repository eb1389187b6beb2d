"""Records survive the round trip, and those of other versions are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kd.files import read_record, write_record
from kd.records import EpochRecord, Failure, History, Metrics, Pruning, Scores

FLOAT = st.floats(allow_nan=False, allow_infinity=False)


def test_records_without_the_newer_figures_are_still_read():
    old = '{"num_images": 2, "accuracy": 0.5, "nll": 1.0, "confusion": [[1, 0], [1, 0]]}'
    scores = Scores.model_validate_json(old)
    assert (scores.top5, scores.ece) == (None, None)


def test_keys_that_a_later_program_added_are_passed_over(tmp_path):
    path = tmp_path / "failure.json"
    path.write_text('{"schema_version": 1, "reason": "x", "kind": "code error", "mood": "bad"}')
    assert read_record(path, Failure) == Failure(reason="x", kind="code error")


@given(
    st.lists(
        st.builds(
            EpochRecord,
            epoch=st.integers(1, 999),
            lr=FLOAT,
            train_loss=FLOAT,
            soft_loss=st.none() | FLOAT,
            hard_loss=FLOAT,
            train_accuracy=FLOAT,
            val_loss=FLOAT,
            val_accuracy=FLOAT,
            val_balanced_accuracy=st.none() | FLOAT,
            seconds=FLOAT,
            images_per_s=FLOAT,
        ),
        max_size=3,
    )
)
def test_numbers_survive_the_round_trip_to_the_last_bit(tmp_path_factory, epochs):
    path = tmp_path_factory.getbasetemp() / "history.json"
    history = History(num_epochs=5, epochs=tuple(epochs))
    write_record(path, history)
    assert read_record(path, History) == history


def test_pruning_thresholds_survive_the_round_trip(tmp_path):
    pruning = Pruning(metric="val_loss", thresholds={2: 0.25, 10: 0.125})
    write_record(tmp_path / "pruning.json", pruning)
    assert read_record(tmp_path / "pruning.json", Pruning) == pruning


def epoch(number, accuracy, loss):
    return EpochRecord(
        epoch=number,
        lr=1e-3,
        train_loss=1,
        hard_loss=1,
        train_accuracy=0.5,
        val_loss=loss,
        val_accuracy=accuracy,
        seconds=1,
        images_per_s=1,
    )


@pytest.mark.parametrize(
    ("metric", "threshold", "prunes"),
    [
        ("val_accuracy", 0.8, False),  # the best so far counts, and equal is good enough
        ("val_accuracy", 0.81, True),
        ("val_loss", 0.4, False),
        ("val_loss", 0.39, True),
    ],
)
def test_a_run_is_pruned_where_its_best_epoch_is_worse(metric, threshold, prunes):
    history = History(num_epochs=4, epochs=(epoch(1, 0.8, 0.4), epoch(2, 0.5, 0.9)))
    assert Pruning(metric=metric, thresholds={2: threshold}).prunes(history) is prunes
    assert Pruning(metric=metric, thresholds={1: threshold, 3: threshold}).prunes(history) is False


def test_a_run_is_pruned_by_its_balanced_accuracy_where_that_was_written():
    epochs = (epoch(1, 0.9, 0.4).model_copy(update={"val_balanced_accuracy": 0.3}), epoch(2, 0.9, 0.4))
    history = History(num_epochs=4, epochs=epochs[:1])
    assert Pruning(metric="val_balanced_accuracy", thresholds={1: 0.31}).prunes(history)
    assert not Pruning(metric="val_balanced_accuracy", thresholds={1: 0.3}).prunes(history)
    # Of classes of one size it is the accuracy, and not written.
    assert [each.value("val_balanced_accuracy") for each in epochs] == [0.3, 0.9]


def test_metrics_hold_nothing_that_changes_from_attempt_to_attempt():
    assert not {"seconds", "started_at", "host", "device"} & set(Metrics.model_fields)
