"""Figures, tables and pages that could not be made: one of them never takes the others with it.

A command that builds a report collects what fails (``collecting``); each part is made by ``attempt``, and a part that
fails says so in its place. Where nobody collects, an error is an error, so that a test sees it.
"""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, NamedTuple, TypeVar

from markupsafe import Markup

from harness.report.text.language import Language
from harness.report.text.numbers import shortened

Kind = Literal["figure", "table", "section", "page", "file"]
Made = TypeVar("Made")
MAX_REASON = 300  # letters


class FailedPart(NamedTuple):
    """A part that could not be made, and the error, in one line and as Python traces it."""

    kind: Kind
    name: str
    reason: str
    trace: str

    def text(self, say: Language) -> str:
        """What is said in its place."""
        return say("failed-part", kind=self.kind, name=self.name, reason=self.reason)

    def html(self, say: Language) -> Markup:
        """The same on a page."""
        return Markup('<p class="failed-part">{}</p>').format(self.text(say))


_failed: ContextVar[dict[tuple[Kind, str], FailedPart] | None] = ContextVar("failed", default=None)


@contextmanager
def collecting() -> Iterator[dict[tuple[Kind, str], FailedPart]]:
    """What fails in here, by kind and name: a part that fails in every language is one."""
    failed: dict[tuple[Kind, str], FailedPart] = {}
    token = _failed.set(failed)
    try:
        yield failed
    finally:
        _failed.reset(token)


@contextmanager
def uncollected() -> Iterator[None]:
    """Nobody collects in here: an error is an error."""
    token = _failed.set(None)
    try:
        yield
    finally:
        _failed.reset(token)


def attempt(kind: Kind, name: str, make: Callable[[], Made]) -> Made | FailedPart:
    """What ``make`` returns; where it raises and failures are collected, the failure.

    Args:
        kind: What it is.
        name: Which one, as its file or its place on the page is called.
        make: Makes it.

    Raises:
        Exception: What ``make`` raises, where nobody collects.
    """
    failed = _failed.get()
    if failed is None:
        return make()
    try:
        return make()
    except Exception as error:
        reason = shortened(f"{type(error).__name__}: {error}", MAX_REASON)
        part = FailedPart(kind, name, reason, traceback.format_exc())
        return failed.setdefault((kind, name), part)
