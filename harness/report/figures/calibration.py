"""Calibration and changes of confusion, drawn."""

import numpy as np

from harness.report.analysis.calibration import NUM_BINS, Calibration
from harness.report.figures.style import INK, MUTED, PAPER, Drawing, color_of, empty_figure, finish
from harness.report.text.language import Language
from harness.report.text.numbers import percent

MIN_IN_BIN = 20  # images a seed: with fewer a bin's accuracy is luck
MARKERS = {"teacher": "s", "baseline": "o", "distilled": "D"}


STRONGEST = 0.85  # opacity, so that numbers stay readable on the fullest cell


def reliability_diagram(calibration: Calibration, say: Language) -> Drawing:
    """Accuracy against confidence by bin, above how many images each bin has."""
    figure = empty_figure(440, 430)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([0, 100], [0, 100], color=MUTED, linewidth=1.2, linestyle="--")
    for number, arm in enumerate(calibration.arms):
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
    return finish("calibration", figure, say("calibration-figure", values=values))
