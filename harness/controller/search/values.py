"""What a search is told of a run: its metric after each epoch."""

from pathlib import Path

from kd.errors import InputError
from kd.files import read_record
from kd.records import History, Metrics, ValMetric


def metric_values(folder: Path, history: History, metric: ValMetric) -> list[float]:
    """The metric after each epoch of a run that is over.

    Balanced accuracy is written where the classes of val differ in size; where they do not, accuracy is the same.

    Args:
        folder: The run's.
        history: Of its epochs.
        metric: The search's.

    Raises:
        InputError: An earlier version trained the run, which did not write down what is asked for.
    """
    is_written = all(epoch.val_balanced_accuracy is not None for epoch in history.epochs)
    if metric == "val_balanced_accuracy" and not is_written:
        val = read_record(folder / "metrics.json", Metrics).val
        if val is not None and len({sum(row) for row in val.confusion}) > 1:
            raise InputError(
                f"search.metric: {folder.name} was trained by an earlier version, which did not measure {metric}; "
                "another search.seed trains every trial anew, and val_accuracy and val_loss go on with what there is"
            )
    return [epoch.value(metric) for epoch in history.epochs]
