"""What is drawn of trainings: every arm's curves for the front page, one run's for its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harness.report.figures.drawing.line_charts import Chart, Curve, Floats, is_drawable, thinned
from harness.report.results.sweep_results import Arm, RunResult
from harness.report.text.labels import arm_label
from harness.report.text.language import Language
from kd.config import TrainConfig
from kd.records import EpochRecord

MAX_EPOCHS = 150  # points of a curve on the front page
MAX_PARTS = 300  # points of a curve over steps
NUM_DASHES = 4
KINDS = {
    "teacher": "teacher",
    "baseline": "baseline",
    "search": "distilled",
    "compare": "compare",
    "variant": "variant",
    "final": "distilled",
}
"""The colour of a run by its role."""


Value = Callable[[EpochRecord], float | None]


class Detail(NamedTuple):
    """How much a run's page shows.

    Args:
        num_points: Of a curve by epoch.
        num_epochs: Rows of the table of epochs.
        everything: Also what others share or can be looked up: unchanged settings, the log of a run without trouble.
    """

    num_points: int
    num_epochs: int
    everything: bool


class Quantity(NamedTuple):
    """Something measured once an epoch. ``title``, and ``short`` among others of a run: messages that name it."""

    title: str
    short: str
    value: Value
    digits: int | None = None
    log: bool = False

    @property
    def key(self) -> str:
        """Its name in data, with the unit: cross-entropies and divergences are in nats.

        >>> VAL_ACCURACY.key, SOFT_LOSS.key, RATE.key
        ('val_accuracy_percent', 'soft_loss_nats', 'rate')
        """
        name = self.short.removeprefix("curves-").removesuffix("-short").replace("-", "_")
        unit = "_percent" if self.digits is not None else "_nats" if self.log else ""
        return name + unit


VAL_ACCURACY = Quantity(
    "curves-val-accuracy", "curves-val-accuracy-short", lambda epoch: 100 * epoch.val_accuracy, digits=2
)
TRAIN_ACCURACY = Quantity(
    "curves-train-accuracy", "curves-train-accuracy-short", lambda epoch: 100 * epoch.train_accuracy, digits=2
)
VAL_LOSS = Quantity("curves-val-loss", "curves-val-loss-short", lambda epoch: epoch.val_loss, log=True)
HARD_LOSS = Quantity("curves-hard-loss", "curves-hard-loss-short", lambda epoch: epoch.hard_loss, log=True)
SOFT_LOSS = Quantity("curves-soft-loss", "curves-soft-loss-short", lambda epoch: epoch.soft_loss, log=True)
FEATURE_LOSS = Quantity("curves-feature-loss", "curves-feature-loss-short", lambda epoch: epoch.feature_loss, log=True)
UNLABELED_LOSS = Quantity(
    "curves-unlabeled-loss", "curves-unlabeled-loss-short", lambda epoch: epoch.unlabeled_loss, log=True
)
TRAIN_LOSS = Quantity("curves-steps", "curves-train-loss-short", lambda epoch: epoch.train_loss, log=True)
RATE = Quantity("curves-rate", "curves-rate-short", lambda epoch: epoch.lr)


def arm_charts(arms: Sequence[Arm], say: Language) -> list[Chart]:
    """Every quantity with all arms that have it: means over seeds, bands from the lowest to the highest seed."""
    losses = (VAL_LOSS, HARD_LOSS, SOFT_LOSS, FEATURE_LOSS, UNLABELED_LOSS)
    charts = epoch_charts(arms, (VAL_ACCURACY, TRAIN_ACCURACY, *losses), say)
    return charts + _steps_chart(arms, say) + epoch_charts(arms, (RATE,), say)


def epoch_charts(arms: Sequence[Arm], quantities: Iterable[Quantity], say: Language) -> list[Chart]:
    """Some quantities, each with all arms that have it."""
    charts = []
    for quantity in quantities:
        curves = tuple(curve for arm in arms if (curve := _arm_curve(arm, quantity, say)) is not None)
        runs = tuple(curve for arm in arms for curve in _run_curves(arm, partial(_by_epoch, quantity=quantity), say))
        charts += _chart(say(quantity.title), curves, quantity, say, runs=runs)
    return charts


def shown_alone(arm: Arm) -> tuple[RunResult, ...]:
    """The runs of an arm that have curves beside the arm's: all where there are several."""
    return arm.runs if len(arm.runs) > 1 else ()


def run_charts(run: RunResult, say: Language, detail: Detail) -> list[Chart]:
    """One run's accuracies and losses; in full also its learning rate, where that changes, and its steps."""
    epochs = run.history.epochs if run.history else ()
    kind = KINDS.get(run.run.config.role, "compare")

    def charts(title: str, quantities: Sequence[Quantity]) -> list[Chart]:
        curves = []
        for dash, quantity in enumerate(quantities):
            values = _values(run, quantity.value)
            if values is not None:
                kept = thinned(len(values), detail.num_points)
                curves.append(
                    Curve(
                        say(quantity.short),
                        kind,
                        kept + 1.0,
                        values[kept],
                        dash=dash,
                        quantity=quantity.key,
                    )
                )
        drawn = _chart(say(title), tuple(curves), quantities[0], say, name=title.removeprefix("curves-"))
        # The words would be as long as the curves.
        return drawn if detail.everything else [replace(chart, coarse=True, description="") for chart in drawn]

    has_soft = any(epoch.soft_loss is not None for epoch in epochs)
    of_teacher = (SOFT_LOSS, FEATURE_LOSS, UNLABELED_LOSS)
    learned = [part for part in of_teacher if any(part.value(epoch) is not None for epoch in epochs)]
    losses = [VAL_LOSS, HARD_LOSS, *learned]
    found = charts("curves-accuracy", (VAL_ACCURACY, TRAIN_ACCURACY))
    if not detail.everything:
        return found + charts("curves-loss", losses)
    found += charts("curves-loss", [*losses, TRAIN_LOSS] if has_soft else losses)
    if len({epoch.lr for epoch in epochs}) > 1:
        found += charts("curves-rate", (RATE,))
    return found + _run_steps(run, kind, say)


def _chart(
    title: str,
    curves: tuple[Curve, ...],
    quantity: Quantity,
    say: Language,
    parts: int = 1,
    name: str = "",
    runs: tuple[Curve, ...] = (),
) -> list[Chart]:
    if not is_drawable(curves):
        return []
    chart = Chart(
        title,
        curves,
        digits=quantity.digits,
        log=quantity.log,
        x_parts=parts,
        is_share=quantity.digits is not None,
        from_zero=quantity is RATE,
        runs=runs,
        name=name or quantity.key,
    )
    return [replace(chart, description=_spoken(chart, say))]


def _spoken(chart: Chart, say: Language) -> str:
    """The chart in words: where each curve begins and ends."""
    parts = [
        say("curves-spoken", label=c.label, first=chart.text(float(c.y[0])), last=chart.last(c), epoch=f"{c.x[-1]:g}")
        for c in chart.curves
    ]
    return f"{chart.title}: {'; '.join(parts)}"


def _values(run: RunResult, value: Value) -> Floats | None:
    """By epoch; None where there are none."""
    if run.history is None or not run.history.epochs:
        return None
    numbers = [value(epoch) for epoch in run.history.epochs]
    return None if any(number is None for number in numbers) else np.array(numbers, float)


def _arm_curve(arm: Arm, quantity: Quantity, say: Language) -> Curve | None:
    """Over the epochs that every started seed has reached."""
    rows = [values for run in arm.runs if (values := _values(run, quantity.value)) is not None]
    if not rows:
        return None
    length = min(len(row) for row in rows)
    kept = thinned(length, MAX_EPOCHS)
    return _over_seeds(arm, arm_label(arm, say), kept + 1.0, np.stack([row[:length] for row in rows])[:, kept])


def _over_seeds(arm: Arm, label: str, x: Floats, values_SE: Floats) -> Curve:
    several = len(values_SE) > 1
    return Curve(
        label=label,
        kind=arm.kind,
        x=x,
        y=values_SE.mean(axis=0),
        low=values_SE.min(axis=0) if several else None,
        high=values_SE.max(axis=0) if several else None,
        dash=max(arm.number - 1, 0) % NUM_DASHES,
        arm=arm.key,
    )


Points = tuple[Floats, Floats]
"""Epochs and values."""


def _by_epoch(run: RunResult, quantity: Quantity) -> Points | None:
    values = _values(run, quantity.value)
    if values is None:
        return None
    kept = thinned(len(values), MAX_EPOCHS)
    return kept + 1.0, values[kept]


def _by_part(run: RunResult, num_parts: int) -> Points | None:
    losses = _losses_ES(run)
    if losses is None:
        return None
    means = _parts_of(losses, num_parts).mean
    return _part_ends(len(means), num_parts), means


def _run_curves(arm: Arm, points: Callable[[RunResult], Points | None], say: Language) -> Iterator[Curve]:
    """Each run of an arm of several, as far as it has come."""
    for number, run in enumerate(shown_alone(arm)):
        found, config = points(run), run.run.config
        if found is not None and isinstance(config, TrainConfig):
            label = say("arm-seed", arm=arm_label(arm, say), seed=str(config.seed))
            yield Curve(label, arm.kind, *found, dash=number % NUM_DASHES, arm=arm.key, run=run.id)


class _Parts(NamedTuple):
    """A run's training loss over parts of its epochs: mean, lowest and highest step of each part."""

    mean: Floats
    low: Floats
    high: Floats


def _losses_ES(run: RunResult) -> NDArray[np.float64] | None:  # noqa: N802
    """The training loss of each step by epoch; None where steps were not kept or do not fit the history."""
    num_epochs = len(run.history.epochs) if run.history else 0
    if run.step_losses is None or not num_epochs or len(run.step_losses) % num_epochs or not len(run.step_losses):
        return None
    return run.step_losses.reshape(num_epochs, -1).astype(float)


def _num_parts(losses: Iterable[NDArray[np.float64]]) -> int:
    """Into how many parts epochs are divided, so that curves stay short and every part holds a step."""
    return max(1, min(min(MAX_PARTS // len(each), int(each.shape[1])) for each in losses))


def _parts_of(losses_ES: NDArray[np.float64], num_parts: int) -> _Parts:
    edges = np.arange(num_parts) * losses_ES.shape[1] // num_parts
    counts = np.diff(np.append(edges, losses_ES.shape[1]))
    mean, low, high = (f.reduceat(losses_ES, edges, axis=1) for f in (np.add, np.minimum, np.maximum))
    return _Parts((mean / counts).ravel(), low.ravel(), high.ravel())


def _part_ends(length: int, num_parts: int) -> Floats:
    """In epochs: what holds for a part stands at its end, as what holds for an epoch does."""
    return np.arange(1, length + 1) / num_parts


def _steps_chart(arms: Sequence[Arm], say: Language) -> list[Chart]:
    by_arm = [(arm, [each for run in arm.runs if (each := _losses_ES(run)) is not None]) for arm in arms]
    every = [each for _, losses in by_arm for each in losses]
    if not every or (num_parts := _num_parts(every)) == 1:
        return []
    curves = []
    for arm, losses in by_arm:
        rows = [_parts_of(each, num_parts).mean for each in losses]
        if rows:
            length = min(len(row) for row in rows)
            stack = np.stack([row[:length] for row in rows])
            curves.append(_over_seeds(arm, arm_label(arm, say), _part_ends(length, num_parts), stack))
    runs = tuple(curve for arm in arms for curve in _run_curves(arm, partial(_by_part, num_parts=num_parts), say))
    return _chart(say(TRAIN_LOSS.title), tuple(curves), TRAIN_LOSS, say, num_parts, runs=runs)


def _run_steps(run: RunResult, kind: str, say: Language) -> list[Chart]:
    losses = _losses_ES(run)
    if losses is None or (num_parts := _num_parts([losses])) == 1:
        return []
    parts = _parts_of(losses, num_parts)
    x = _part_ends(len(parts.mean), num_parts)
    curve = Curve(say(TRAIN_LOSS.short), kind, x, parts.mean, parts.low, parts.high, quantity=TRAIN_LOSS.key)
    return _chart(say(TRAIN_LOSS.title), (curve,), TRAIN_LOSS, say, num_parts)
