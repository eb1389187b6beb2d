"""Matplotlib figures as inline SVG whose colours and fonts come from the page's style sheet.

The drawing functions name colours by what they are for; a ``FigureStyle`` says what they are. On the web they are
marker colours that nobody would choose, each then replaced by a CSS variable, so that one drawing serves the
light and the dark page.
"""

import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup
from matplotlib import rc_context, rcdefaults, rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.colors import get_named_colors_mapping
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import AutoLocator

from harness.report.figures.drawing.inside import break_labels, push_labels
from harness.report.figures.drawing.svg_minify import ARM_ID, Picture, inline
from kd.plain_text import printable

INK, MUTED, LINE, PAPER, HEAT, COOL = "kd:ink", "kd:muted", "kd:line", "kd:paper", "kd:heat", "kd:cool"
ARM_COLORS = {key: f"kd:{key}" for key in ("teacher", "baseline", "distilled", "compare", "method", "variant")}
_NAMES = (INK, MUTED, LINE, PAPER, HEAT, COOL, *ARM_COLORS.values())
# Matplotlib knows no CSS variables and writes only colours that it understands. So each name stands for a colour that
# nobody would choose and that differs from all others in its last byte; Drawing finds it again in the text.
_MARKERS = {name: f"#0101{number:02x}" for number, name in enumerate(_NAMES, start=1)}
POINTS_PER_INCH = 72
MAX_ENLARGEMENT = 1.18
STYLE: Any = {
    "svg.hashsalt": "kd-sweep",
    "svg.fonttype": "none",
    # Text takes the page's font; these only measure it. The second has an em-wide box for every character, so that
    # figures in Chinese, or with class names in any script, have the room they need.
    "font.family": ["DejaVu Sans", "Last Resort High-Efficiency"],
    "font.size": 12.5,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 12,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,  # a tick of -0.01 beside "+9.999e1" is no share
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 11.5,
    "xtick.labelsize": 11.5,
    "ytick.labelsize": 11.5,
    "lines.linewidth": 2,
    "path.simplify": True,
    "text.parse_math": False,  # a name with dollars is a name
}


class FigureStyle(NamedTuple):
    """How figures are drawn in some place.

    Args:
        colors: Real colours by the names above.
        settings: Matplotlib's.
        width: Of every figure, in points, which scales its height too; None: as the drawing function asks for.
        stretch: How much flatter than drawn.
        line_scale: What widths of lines and sizes of marks are multiplied with.
    """

    colors: Mapping[str, str]
    settings: Any
    width: float | None = None
    stretch: float = 1.0
    line_scale: float = 1.0


WEB = FigureStyle(_MARKERS, STYLE)
_look: ContextVar[FigureStyle] = ContextVar("look", default=WEB)


Records = Sequence[Mapping[str, Any]]
"""What a figure shows: an observation each, with the same columns."""


class Hotspot(NamedTuple):
    """A rectangle in data coordinates that shows ``title`` and, where ``href`` is given, leads there."""

    left: float
    bottom: float
    right: float
    top: float
    title: str
    href: str | None = None


class Trail(NamedTuple):
    """A line through points in data coordinates that shows ``title`` and leads to ``href``, as a ``Hotspot`` does."""

    points: Sequence[tuple[float, float]]
    title: str
    href: str | None = None


def color_of(kind: str) -> str:
    """The colour of arms of a kind: the same one everywhere."""
    return ARM_COLORS[kind]


@dataclass(frozen=True)
class Drawing:
    """A finished figure, and what it shows in one sentence.

    ``name`` is unique on the page; it prefixes the ids inside, which would clash otherwise. ``data``: what is drawn, in
    long form, in no language, with the units in the columns' names. ``arm``: whose it is, where it is of one alone.
    """

    name: str
    figure: Figure
    description: str
    hotspots: tuple[Hotspot | Trail, ...] = ()
    data: Records = ()
    arm: str = ""

    @property
    def svg(self) -> Markup:
        """The figure as inline SVG; for figures that were drawn with the web's look."""
        return self.with_words(str, str)

    def with_words(self, said: Callable[[str], str], said_in_svg: Callable[[str], str]) -> Markup:
        """The same with other words: what ``said`` makes of its texts, and ``said_in_svg`` of the picture."""
        box, body = self._picture
        overlay = "".join(_overlay(shape, said(spot.title), spot.href) for shape, spot in self._shapes)
        width = float(box.split()[2]) * MAX_ENLARGEMENT
        whose = f' data-arm="{escape(self.arm)}"' if self.arm else ""
        role = "group" if "<a " in overlay else "img"
        return Markup(
            f'<svg id="figure-{self.name}"{whose} viewBox="{box}" role="{role}" '
            f'aria-label="{_spoken(said(self.description))}" stroke-linejoin="round" '
            f'style="max-width: {width:.0f}px">{said_in_svg(body)}{overlay}</svg>'
        )

    @cached_property
    def _picture(self) -> Picture:
        """What Matplotlib drew, small, in the page's colours."""
        with drawing_style():
            text = svg_text(self.figure)
        box, body = inline(text, self.name)
        for color, marker in _MARKERS.items():
            body = body.replace(marker, f"var(--{color.removeprefix('kd:')})")
        return Picture(box, body)

    @cached_property
    def _shapes(self) -> list[tuple[str, Hotspot | Trail]]:
        """What lies over it."""
        return [(_shape_over(self.figure, spot), spot) for spot in self.hotspots]


def svg_text(figure: Figure) -> str:
    """A figure as an SVG file without date and program; control characters, which XML cannot hold, are named."""
    stream = io.StringIO()
    no_metadata = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(stream, format="svg", transparent=True, metadata=no_metadata)
    return printable(stream.getvalue())


@contextmanager
def drawing_style(look: FigureStyle = WEB) -> Iterator[None]:
    """Matplotlib's own defaults and a look, whatever the user's matplotlibrc says.

    Matplotlib has one registry of colour names for the whole process, and no rcParam for more of them. The look's names
    are put into it for the time of drawing, so that every function of Matplotlib takes them as it takes
    "red"; afterwards it is as before, for a program that draws its own figures beside ours (a notebook).
    """
    known = get_named_colors_mapping()
    before = {name: known[name] for name in look.colors if name in known}
    token = _look.set(look)
    _name_colors(look.colors)
    try:
        with rc_context():
            rcdefaults()
            rcParams.update(look.settings)
            yield
    finally:
        _look.reset(token)
        _name_colors(before)
        for name in look.colors.keys() - before.keys():
            del known[name]


def _name_colors(colors: Mapping[str, Any]) -> None:
    known = get_named_colors_mapping()
    for name, color in colors.items():
        known[name] = color  # one by one: that alone empties matplotlib's cache of colours


def new_figure(width: float, height: float, fit: bool = True) -> tuple[Figure, Axes]:
    """As ``empty_figure``, with one plot."""
    figure = empty_figure(width, height, fit)
    return figure, figure.add_subplot()


def empty_figure(width: float, height: float, fit: bool = True) -> Figure:
    """An empty figure of a size in points (CSS pixels at full width).

    Args:
        width: In points; a look may have a width of its own.
        height: In points.
        fit: Let the layout engine make room for the labels.
    """
    look = _look.get()
    if look.width is not None:
        width, height = look.width, height * look.width / width / look.stretch
    size = (width / POINTS_PER_INCH, height / POINTS_PER_INCH)
    return Figure(figsize=size, dpi=POINTS_PER_INCH, layout="constrained" if fit else None)


def relative_size(size: float) -> float:
    """A font size, given for the web, in the look that is drawn with."""
    return float(size / STYLE["font.size"] * rcParams["font.size"])


def of_arm(key: str, artists: Iterable[Artist]) -> None:
    """Mark what is drawn of an arm, so that a page can hide it or give it another name."""
    for artist in artists:
        artist.set_gid(f"{ARM_ID}{key}")


def finish(
    name: str,
    figure: Figure,
    description: str,
    hotspots: Iterable[Hotspot | Trail] = (),
    data: Records = (),
    arm: str = "",
) -> Drawing:
    """What was drawn, ready to be shown.

    Args:
        name: Unique on the page.
        figure: What was drawn.
        description: Its text alternative.
        hotspots: Laid over the first plot.
        data: What is drawn, for who wants to draw it otherwise.
        arm: Whose it is, where it is of one alone, so that a page can hide it.
    """
    if _look.get().line_scale != 1:
        for artist in figure.findobj():
            _thin(artist, _look.get().line_scale)
    for axes in figure.axes:
        _mark_legend(axes)
    settle(figure)
    return Drawing(name, figure, description, tuple(hotspots), data, arm)


def settle(figure: Figure) -> None:
    """Give everything its final place, once: each writer would look for it again."""
    engine = figure.get_layout_engine()
    if engine is not None:
        break_labels(figure)
        engine.execute(figure)
        figure.set_layout_engine(None)
        push_labels(figure)


def _mark_legend(axes: Axes) -> None:
    """An entry belongs to the arm that what it names belongs to."""
    legend = axes.get_legend()
    if legend is None:
        return
    named, _ = axes.get_legend_handles_labels()
    for artist, *entry in zip(named, legend.legend_handles, legend.get_texts(), strict=True):
        for part in filter(None, entry):
            part.set_gid(artist.get_gid())


def _thin(artist: Artist, scale: float) -> None:
    if isinstance(artist, Line2D):
        artist.set_linewidth(artist.get_linewidth() * scale)
        artist.set_markersize(artist.get_markersize() * scale)
        artist.set_markeredgewidth(artist.get_markeredgewidth() * scale)
    elif isinstance(artist, Collection):
        artist.set_linewidth([width * scale for width in np.atleast_1d(artist.get_linewidth())])
        if isinstance(artist, PathCollection):
            artist.set_sizes(artist.get_sizes() * scale**2)


def _overlay(shape: str, said: str, href: str | None) -> str:
    title = f"<title>{_spoken(said)}</title>"
    name, _, _ = shape.partition(" ")
    return f"<{shape}>{title}</{name}>" if href is None else f'<a href="{escape(href)}">{title}<{shape}/></a>'


def _shape_over(figure: Figure, spot: Hotspot | Trail) -> str:
    return _line_over(figure, spot) if isinstance(spot, Trail) else _box_over(figure, spot)


def _box_over(figure: Figure, spot: Hotspot) -> str:
    (x0, y0), (x1, y1) = _in_picture(figure, [(spot.left, spot.bottom), (spot.right, spot.top)])
    (left, right), (top, bottom) = sorted((x0, x1)), sorted((y0, y1))
    sizes = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return 'rect class="spot" ' + " ".join(f'{key}="{round(size, 1):g}"' for key, size in sizes.items())


def _line_over(figure: Figure, trail: Trail) -> str:
    places = " ".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in _in_picture(figure, trail.points))
    return f'polyline class="spot" points="{places}"'


def _in_picture(figure: Figure, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Places of the first plot in the SVG, which counts downwards."""
    height = figure.get_figheight() * POINTS_PER_INCH
    return [(x, height - y) for x, y in figure.axes[0].transData.transform(points).tolist()]


def _spoken(text: str) -> str:
    return escape(printable(text))


class ShareLocator(AutoLocator):
    """Ticks of an axis in per cent: none below 0 or above 100, however much room the marks have there."""

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Places between two values."""
        return [tick for tick in super().tick_values(vmin, vmax) if 0 <= tick <= 100]


def nice_ticks(values: Iterable[float]) -> list[float]:
    """Ticks 1, 2, 5, 10 … within positive values; their ends where there are no two.

    >>> nice_ticks([1.2, 19.0])
    [1.0, 2.0, 5.0, 10.0, 20.0]
    """
    low, high = min(values := list(values)), max(values)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    nice = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    inside = [tick for tick in nice if low / 1.25 <= tick <= high * 1.25]
    return inside if len(inside) > 1 else sorted({float(f"{low:.2g}"), float(f"{high:.2g}")})


def boxes_over(
    axes: Axes, points: Sequence[tuple[float, float]], reach: float = 5.0
) -> list[tuple[float, float, float, float]]:
    """Squares over points as left, bottom, right and top in data coordinates; ``reach`` is in pixels."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    settle(figure)
    places = axes.transData.transform(points)
    back = axes.transData.inverted().transform
    return [(*back(place - reach).tolist(), *back(place + reach).tolist()) for place in places]
