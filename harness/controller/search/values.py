"""What a search is told of a run: its metric after each epoch."""

from pathlib import Path

from harness.state.attempts.run_state import read_metrics
from kd.errors import InputError
from kd.records import AttemptEnd, History, ValMetric
from kd.scores import balanced_accuracy, is_unequal


def metric_values(folder: Path, history: History, metric: ValMetric) -> list[float]:
    """The metric after each epoch of a run that is over.

    Balanced accuracy is written of every epoch where the classes of val differ much in size. Elsewhere the last value,
    by which is chosen, is that of the confusions at the end; those on the way, by which trials are ended early, are
    accuracies, in jobs and here alike.

    Args:
        folder: The run's.
        history: Of its epochs.
        metric: The search's.

    Raises:
        InputError: An earlier version trained the run, which did not write down what is asked for.
    """
    values = [epoch.value(metric) for epoch in history.epochs]
    is_written = all(epoch.val_balanced_accuracy is not None for epoch in history.epochs)
    if metric != "val_balanced_accuracy" or is_written:
        return values
    end = read_metrics(folder)
    if end.val is not None and is_unequal(end.val):
        raise InputError(
            f"search.metric: {folder.name} was trained by an earlier version, which did not measure {metric}; another "
            "search.seed trains every trial anew, and val_accuracy and val_loss go on with what there is"
        )
    if end.val is not None and end.status == AttemptEnd.COMPLETE:
        values[-1] = balanced_accuracy(end.val.confusion)
    return values
