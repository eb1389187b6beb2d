"""Figures for print: light, exact in width, fonts embedded, colours that colour-blind readers tell apart."""

import io
from typing import NamedTuple

from harness.report.figures.drawing.style import (
    ARM_COLORS,
    COOL,
    HEAT,
    INK,
    LINE,
    MUTED,
    PAPER,
    STYLE,
    Drawing,
    FigureStyle,
    drawing_style,
    svg_text,
)

COLUMN_IN, PAGE_IN = 3.4, 7.0
_COLORS = {
    INK: "#000000",
    MUTED: "#404040",
    LINE: "#d0d0d0",
    PAPER: "#ffffff",
    HEAT: "#d55e00",
    COOL: "#56b4e9",
    ARM_COLORS["teacher"]: "#009e73",
    ARM_COLORS["baseline"]: "#e69f00",
    ARM_COLORS["distilled"]: "#0072b2",
    ARM_COLORS["compare"]: "#cc79a7",
    ARM_COLORS["method"]: "#56b4e9",
    ARM_COLORS["variant"]: "#707070",
}
"""Okabe and Ito, Color universal design, 2008."""


_SETTINGS = STYLE | {
    "pdf.fonttype": 42,  # TrueType: submission systems refuse Type 3
    "svg.fonttype": "path",
    # Hinting rounds each letter's width to whole pixels: at these sizes a label is measured up to 6 % too short for
    # the outlines that are printed, and its beginning falls off the page.
    "text.hinting": "none",
    "font.size": 7.5,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.5,
    "grid.linewidth": 0.4,
    "figure.constrained_layout.w_pad": 0.02,
    "figure.constrained_layout.h_pad": 0.02,
}
COLUMN = FigureStyle(_COLORS, _SETTINGS, width=72 * COLUMN_IN, line_scale=0.6)
PAGE = FigureStyle(_COLORS, _SETTINGS, width=72 * PAGE_IN, stretch=PAGE_IN / COLUMN_IN, line_scale=0.6)


class Print(NamedTuple):
    """A figure as files; equal figures give equal bytes."""

    pdf: bytes
    svg: bytes


def to_print(drawing: Drawing, look: FigureStyle) -> Print:
    """Save what was drawn in ``look``, with neither date nor program in it."""
    pdf = io.BytesIO()
    with drawing_style(look):
        no_metadata = dict.fromkeys(("Creator", "Producer", "CreationDate"))
        drawing.figure.savefig(pdf, format="pdf", transparent=True, metadata=no_metadata)
        svg = svg_text(drawing.figure)
    return Print(pdf.getvalue(), svg.encode())
