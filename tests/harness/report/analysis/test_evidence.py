"""What result files tell of why it did not help: numbers by hand."""

import numpy as np
import pytest

from harness.report.analysis.evidence import count_disputed, judge, late_learning, mass_at
from kd.records import EpochRecord, SoftLabels


def history(losses: list[float], accuracies: list[float], lrs: list[float] | None = None) -> list[EpochRecord]:
    return [
        EpochRecord(
            epoch=n, lr=lr, train_loss=loss, hard_loss=loss, train_accuracy=0.5, val_loss=1.0, val_accuracy=accuracy,
            seconds=1.0, images_per_s=1.0,
        )
        for n, (loss, accuracy, lr) in enumerate(zip(losses, accuracies, lrs or [0.1] * len(losses), strict=True), 1)
    ]  # fmt: skip


def test_the_end_of_a_training_is_its_last_fifth() -> None:
    losses = [11.0, *np.linspace(6.0, 2.0, 8).tolist(), 1.0]
    found = late_learning([history(losses, [0.1] * 8 + [0.5, 0.56])])
    assert found is not None
    assert found.fall == pytest.approx((losses[7] - 1.0) / 10.0)
    assert (found.rise, found.num_late, found.num_epochs) == (pytest.approx(0.46), 2, 10)


def test_seeds_are_averaged_and_two_epochs_do() -> None:
    found = late_learning([history([2.0, 1.0], [0.5, 0.6]), history([3.0, 1.0], [0.5, 0.8])])
    assert found is not None and found.fall == 1.0 and found.rise == pytest.approx(0.2) and found.num_late == 1


@pytest.mark.parametrize(
    "histories",
    [
        [],
        [history([1.0], [0.5])],
        [history([1.0, 1.0], [0.5, 0.5])],
        [history([1.0, 2.0], [0.5, 0.5])],
        [history([3.0, 2.0, 1.0], [0.1, 0.2, 0.3], [0.1, 0.05, 0.0])],
    ],
    ids=["none", "one epoch", "no fall", "a rise", "the learning rate came down"],
)
def test_nothing_is_told_where_nothing_can_be(histories: list[list[EpochRecord]]) -> None:
    assert late_learning(histories) is None


def logits(shares: list[list[float]]) -> np.ndarray:
    return np.log(np.array(shares))


def test_a_label_is_disputed_where_all_are_as_sure_as_they_are_of_that_class_elsewhere() -> None:
    labels = np.array([0, 0, 1, 1, 2, 1])
    one = logits(
        [[0.9, 0.06, 0.04], [0.9, 0.06, 0.04], [0.1, 0.8, 0.1], [0.9, 0.05, 0.05], [0.1, 0.1, 0.8], [0.6, 0.35, 0.05]]
    )
    judged = judge(one, labels)
    assert judged.is_sure_N.tolist() == [False, False, False, True, False, False]  # the last is between two classes
    assert count_disputed([judged, judged]) == 1
    other = one.copy()
    other[3] = np.log([0.02, 0.06, 0.92])
    assert count_disputed([judged, judge(other, labels)]) == 0  # sure, but of another class


def test_a_class_that_nothing_is_labelled_as_is_no_yardstick() -> None:
    judged = judge(logits([[0.1, 0.9], [0.1, 0.9]]), np.array([0, 0]))
    assert not judged.is_sure_N.any()


def test_off_label_mass_between_temperatures() -> None:
    soft = SoftLabels(num_images=1, num_views=1, accuracy=1.0, temperatures=(1.0, 4.0), off_label=(0.1, 0.3))
    assert mass_at(soft, 2.0) == pytest.approx(0.2)
    assert (mass_at(soft, 0.5), mass_at(soft, 99.0)) == (0.1, 0.3)
