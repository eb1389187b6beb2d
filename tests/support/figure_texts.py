"""Which texts of a figure are cut off at its edge."""

from collections.abc import Iterator

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

from harness.report.figures.drawing.style import FigureStyle, drawing_style

TOLERANCE = 0.5  # points: letters are measured with the room that surrounds them


def cut_off(figure: Figure, look: FigureStyle) -> list[str]:
    """Each text that does not lie inside the figure, with its left, bottom, right and top edge in points."""
    with drawing_style(look):
        figure.draw_without_rendering()
        width, height = figure.bbox.size
        found = []
        for text in _drawn(figure):
            box = text.get_window_extent()
            inside = (
                box.x0 >= -TOLERANCE
                and box.y0 >= -TOLERANCE
                and box.x1 <= width + TOLERANCE
                and box.y1 <= height + TOLERANCE
            )
            if not inside:
                edges = [round(float(edge), 1) for edge in box.extents]
                found.append(f"{text.get_text()!r} at {edges} in {width:.0f} × {height:.0f}")
        return found


def _drawn(figure: Figure) -> Iterator[Text]:
    """All texts but the labels of ticks outside their axes, which Matplotlib keeps and never draws."""
    hidden = {id(label) for axis in figure.findobj(Axis) for label in _never_drawn(axis)}
    for text in figure.findobj(Text):
        if id(text) not in hidden and text.get_visible() and text.get_text().strip():
            yield text


def _never_drawn(axis: Axis) -> Iterator[Text]:
    low, high = sorted(axis.get_view_interval())
    room = 1e-9 * (high - low)
    for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
        if not low - room <= tick.get_loc() <= high + room:
            yield from (tick.label1, tick.label2)
