"""What pages of a site share of a figure: the drawing, and its data as a file.

The data is CSV, once at the site's root, since numbers are in no language.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from harness.report.figures.drawing.style import Records
from harness.report.figures.drawing.words import DrawnFigure
from harness.report.tables.form.table import flat, to_csv
from harness.report.text.language import Language, folder_of

FOLDER = "figures"


class FigureFile(NamedTuple):
    """What a figure is called where it is saved, and the way from its page to its data; "" where it has none."""

    save_as: str
    path: str


@dataclass(frozen=True)
class FigureFiles:
    """The files of a site's figures by path, and those that are drawn by name.

    ``sweep``: the beginning of every name under which one is saved.
    """

    sweep: str
    texts: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, DrawnFigure | None] = field(default_factory=dict)


_files: ContextVar[FigureFiles | None] = ContextVar("figure_files", default=None)


@contextmanager
def figure_files(sweep: str) -> Iterator[dict[str, str]]:
    """The data of every figure that is made in here, by path, whatever page and language it is made for."""
    files = FigureFiles(sweep)
    token = _files.set(files)
    try:
        yield files.texts
    finally:
        _files.reset(token)


def with_data(make: Callable[[], dict[str, str | bytes]]) -> dict[str, str | bytes]:
    """Files of a site, and with them the data of every figure that is made for them.

    Args:
        make: Makes the files, within ``figure_files``.
    """
    files = _files.get()
    assert files is not None
    own = replace(files, texts={})
    token = _files.set(own)
    try:
        return make() | own.texts
    finally:
        _files.reset(token)


def drawn_once(name: str, draw: Callable[[], DrawnFigure | None]) -> DrawnFigure | None:
    """A figure, which several pages may show, each in every language: drawn for the first of them.

    Args:
        name: Unique among the figures of a site.
        draw: Draws it.
    """
    files = _files.get()
    if files is None:
        return draw()
    if name not in files.drawn:
        files.drawn[name] = draw()
    return files.drawn[name]


def file_of(name: str, data: Callable[[], Records], say: Language, up: str = "") -> FigureFile:
    r"""Keep a figure's data, and say where it is.

    A figure of one name is the same figure on every page and in every language: its data is written once.

    Args:
        name: Unique among the figures of a site.
        data: What is drawn; asked for once.
        say: The language of the page.
        up: The way from the page to its language's folder.

    >>> from harness.report.text.language import language
    >>> with figure_files("quickstart") as texts:
    ...     file_of("gains", lambda: [{"gain_points": 0.5}], language("zh")), texts
    (FigureFile(save_as='quickstart-gains', path='../figures/gains.csv'), {'figures/gains.csv': 'gain_points\n0.5\n'})
    """
    files = _files.get() or FigureFiles("figure")
    name = name.replace("_", "-")
    path = f"{FOLDER}/{name}.csv"
    if path not in files.texts:
        records = data()
        if not records:
            return FigureFile(f"{files.sweep}-{name}", "")
        files.texts[path] = to_csv([flat(record) for record in records])
    root = up + "../" * folder_of(say.code).count("/")
    return FigureFile(f"{files.sweep}-{name}", root + path)
