"""The console that everything is printed on: what names, errors and logs hold is shown, and nothing of it obeyed."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from kd.plain_text import printable


class PlainConsole(Console):
    """Reads no markup and no emoji codes in texts, and names their control characters as Python does.

    The console's own colours, and the live table's moves, are no texts and pass.

    Args:
        **settings: As of ``rich.console.Console``.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **settings)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As the base class does; every text that is ever written comes through here."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=printable(segment.text))


def say(console: Console, line: str) -> None:
    """Print a line as it is, whatever console it is: no markup, no guessed colours, and no break where it is long."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)
