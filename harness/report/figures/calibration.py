"""Confidence drawn: beside accuracy, and in the right answer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from harness.report.analysis.errors.calibration import NUM_BINS, Calibration
from harness.report.analysis.errors.true_class import TrueClass
from harness.report.figures.drawing.records import grid
from harness.report.figures.drawing.style import (
    INK,
    MUTED,
    PAPER,
    Drawing,
    color_of,
    empty_figure,
    finish,
    new_figure,
    of_arm,
)
from harness.report.text.language import Language
from harness.report.text.numbers import percent

MIN_IN_BIN = 20  # images per seed: with fewer a bin's accuracy is luck
MARKERS = {"teacher": "s", "baseline": "o", "distilled": "D"}
PROBABILITIES = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)  # on the axis of the true class
NEARLY_CERTAIN = (1e-6, 1 - 1e-6)  # beyond the axis; 0 and 1 themselves have no logit
MAX_STEPS = 200  # of a distribution: more than a figure of this width can show


def reliability_diagram(calibration: Calibration, say: Language) -> Drawing:
    """Accuracy against confidence by bin, above how many images each bin has."""
    figure = empty_figure(440, 430)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 100], [0, 100], color=MUTED, linewidth=1.2, linestyle="--")
    for number, arm in enumerate(calibration.arms):
        before = {*upper.get_children(), *lower.get_children()}
        label, color = say("arm", kind=arm.key), color_of(arm.key)
        filled = arm.count_B >= MIN_IN_BIN
        known = arm.count_B > 0
        places, heights = 100 * arm.confidence_B, 100 * arm.accuracy_B
        # A line through bins of a few images would show nothing but their luck.
        upper.plot(places[filled], heights[filled], color=color, linewidth=1.4, alpha=0.7)
        for chosen, face in ((filled, color), (known & ~filled, PAPER)):
            upper.scatter(
                places[chosen], heights[chosen], marker=MARKERS[arm.key], s=38, facecolors=face, edgecolors=color,
                label=label if face == color else None, zorder=3,
            )  # fmt: skip
        width = 100 / NUM_BINS / (len(calibration.arms) + 1)
        left = 100 * np.arange(NUM_BINS) / NUM_BINS + (number + 0.5) * width
        lower.bar(left, 100 * arm.count_B / arm.num_images, width=width, align="edge", color=color)
        of_arm(arm.key, {*upper.get_children(), *lower.get_children()} - before)
    upper.set_ylabel(say("calibration-accuracy"))
    upper.set_ylim(-3, 103)
    lower.set_ylabel(say("calibration-images"))
    lower.set_xlabel(say("calibration-confidence"))
    lower.set_xlim(0, 100)
    for axes in (upper, lower):
        axes.tick_params(length=0)
    upper.legend(loc="lower right", labelcolor=INK, handletextpad=0.3)
    values = "; ".join(
        say("calibration-spoken", arm=say("arm", kind=arm.key), ece=percent(arm.ece.mean)) for arm in calibration.arms
    )
    data = [
        record
        for arm in calibration.arms
        for record in grid(
            {"arm": arm.key},
            {
                "bin": range(1, NUM_BINS + 1),
                "images_per_seed": arm.count_B.tolist(),
                "confidence_percent": (100 * arm.confidence_B).tolist(),
                "accuracy_percent": (100 * arm.accuracy_B).tolist(),
            },
        )
    ]
    return finish("calibration", figure, say("calibration-figure", values=values), data=data)


def true_class_figure(arms: Sequence[TrueClass], say: Language) -> Drawing | None:
    """For each arm the share of test images whose true class gets at most a probability; lower is better."""
    import seaborn  # takes a third of a second to load, and most commands draw nothing

    if not arms:
        return None
    figure, axes = new_figure(440, 300)
    # A good model is nearly sure of nearly every image: on a linear axis all of it would happen in the last millimetre.
    axes.set_xscale("logit", nonpositive="clip")
    for arm in arms:
        seaborn.ecdfplot(
            x=_thinned(arm.probability_N).clip(*NEARLY_CERTAIN), stat="percent", ax=axes, color=color_of(arm.key),
            linewidth=1.8, label=say("arm", kind=arm.key),
        )  # fmt: skip
        of_arm(arm.key, axes.lines[-1:])
    axes.set_xlim(PROBABILITIES[0], PROBABILITIES[-1])
    axes.set_ylim(0, 100)
    axes.xaxis.set_major_locator(FixedLocator(PROBABILITIES))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(say("true-class-axis"))
    axes.set_ylabel(say("true-class-images"))
    axes.tick_params(length=0)
    axes.legend(loc="upper left", labelcolor=INK)
    values = [say("true-class-spoken", arm=say("arm", kind=arm.key), median=percent(arm.median, 1)) for arm in arms]
    data = [
        {"arm": arm.key, "probability_percent": 100 * probability, "images_percent": share}
        for arm in arms
        for probability, share in zip(*(values.tolist() for values in _steps(arm)), strict=True)
    ]
    return finish("true-class", figure, say("true-class-figure", values=values), data=data)


def _steps(arm: TrueClass) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probabilities, rising, and the share of images in per cent that get at most each."""
    probabilities = np.sort(_thinned(arm.probability_N))
    return probabilities, 100 * np.arange(1, len(probabilities) + 1) / len(probabilities)


def _thinned(values_N: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most ``MAX_STEPS`` values that stand for all: the middle ones of parts with equally many each."""
    num_steps = min(len(values_N), MAX_STEPS)
    return np.quantile(values_N, (np.arange(num_steps) + 0.5) / num_steps, method="inverted_cdf")
