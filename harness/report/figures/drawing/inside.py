"""Every text within its figure: what the layout engine, which makes room for marks and ticks, leaves to others.

It lets an axis label stick out of a plot that is narrower, and narrows a plot for its own legend, which then sticks out
as before.
"""

import textwrap
from typing import Any
from unicodedata import east_asian_width

from matplotlib.axes import Axes
from matplotlib.figure import Figure

ROOM = 2.0  # points between a label and the figure's edge


def legend_above(axes: Axes, **options: Any) -> None:
    """A plot's legend over the whole figure's width, in as many columns as that holds."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    handles, labels = axes.get_legend_handles_labels()
    for columns in range(len(handles), 0, -1):
        legend = figure.legend(handles, labels, loc="outside upper center", ncols=columns, borderaxespad=0.2, **options)
        if columns == 1 or legend.get_window_extent().width <= figure.bbox.width:
            return
        legend.remove()


def in_lines(label: str, letters: int, lines: int) -> str:
    r"""A label in at most so many lines of so many letters, of which an ideograph takes the room of two.

    >>> in_lines("Labels smoothed in place of the teacher", 26, 2)
    'Labels smoothed in place\nof the teacher'
    >>> in_lines("标签平滑代替教师模型", 12, 2)
    '标签平滑代替\n教师模型'
    """
    wide = sum(east_asian_width(letter) in "WF" for letter in label)
    width = letters // 2 if 2 * wide > len(label) else letters
    return "\n".join(textwrap.wrap(label, width, max_lines=lines, placeholder="…")) or label


def break_labels(figure: Figure) -> None:
    """Break the labels of axes that are longer than the figure; before the layout, which has to know of the lines."""
    for axes in figure.axes:
        for label, room in ((axes.xaxis.label, figure.bbox.width), (axes.yaxis.label, figure.bbox.height)):
            box = label.get_window_extent()
            length = max(box.width, box.height)
            if length > room:
                label.set_text(in_lines(label.get_text(), int(len(label.get_text()) * room / length * 0.9), 3))


def push_labels(figure: Figure) -> None:
    """Push the labels of axes that stick out into the figure, along their axis; after the layout."""
    width, height = figure.bbox.size
    for axes in figure.axes:
        along_x, along_y = axes.xaxis.label, axes.yaxis.label
        box = along_x.get_window_extent()
        along_x.set_x(along_x.get_position()[0] + _push(box.x0, box.x1, width) / axes.bbox.width)
        box = along_y.get_window_extent()
        along_y.set_y(along_y.get_position()[1] + _push(box.y0, box.y1, height) / axes.bbox.height)


def _push(low: float, high: float, room: float) -> float:
    """How far to move what reaches from ``low`` to ``high``: it begins inside even where it is too long."""
    if low < ROOM:
        return ROOM - low
    return min(0.0, room - ROOM - high)
