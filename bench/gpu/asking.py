"""Questions and answers: what a stage is given, and what it says."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import torch

from kd.errors import one_line


class SkippedError(Exception):
    """Nothing to be asked here, and why."""


class Wanted(NamedTuple):
    """What would be good: at least or at most so much.

    ``of_card``: part of the name of the card that it is said of, on others nobody knows. ``is_speed``: at a small size
    it says nothing.
    """

    at_least: float | None = None
    at_most: float | None = None
    of_card: str = ""
    is_speed: bool = True

    def __str__(self) -> str:
        number = self.at_least if self.at_least is not None else self.at_most
        if number is None:
            return ""
        where = f" on an {self.of_card}" if self.of_card else ""
        return f"{'at least' if self.at_least is not None else 'at most'} {number:,g}{where}"

    def is_met(self, value: float, card: str, small: bool) -> bool | None:
        """None where it cannot be said.

        >>> Wanted(at_most=1.1).is_met(1.2, card="", small=False)
        False
        >>> Wanted(at_least=60_000, of_card="H100").is_met(1.0, card="Tesla T4", small=False) is None
        True
        """
        if (self.at_least, self.at_most) == (None, None) or self.of_card not in card or (small and self.is_speed):
            return None
        is_large, is_little = (
            self.at_least is None or value >= self.at_least,
            self.at_most is None or value <= self.at_most,
        )
        return is_large and is_little


@dataclass(frozen=True)
class Answer:
    """One figure, over several rounds where it is of a time.

    Args:
        question: Its name.
        values: Of each round; the median counts.
        wanted: What would be good.
        unit: Of the values.
        note: What else a reader should know.
    """

    question: str
    values: tuple[float, ...]
    wanted: Wanted
    unit: str = ""
    note: str = ""

    @property
    def median(self) -> float:
        """Of the rounds."""
        return statistics.median(self.values)


@dataclass(frozen=True)
class Rate:
    """How fast a student is trained, for the constants and estimates that follow from it.

    Args:
        model: Its name.
        how: ``eager``, ``compiled``, ``graphs``, or ``pack of N``.
        batch_size: Images of a step.
        images_per_s: Median over the rounds; in a pack of all together.
        first_s: The first step, whatever is made ready or compiled in it included.
        macs: Multiply-accumulates of one image's forward pass.
        image: Channels, height, width of the images.
    """

    model: str
    how: str
    batch_size: int
    images_per_s: float
    first_s: float
    macs: int
    image: tuple[int, int, int]


@dataclass(frozen=True)
class Unanswered:
    """A question that could not be answered, in one line."""

    question: str
    why: str


Told = Answer | Rate | Unanswered


@dataclass(frozen=True)
class Setting:
    """Where and how large the questions are asked.

    Args:
        device: ``cuda`` or ``cpu``.
        num_cards: That there are.
        small: At a size for a CPU, where figures of speed mean nothing.
        room: A folder for what is made on the way.
        tell: Takes what a stage says, at once.
    """

    device: torch.device
    num_cards: int
    small: bool
    room: Path
    tell: Callable[[Told], None]

    @property
    def rounds(self) -> int:
        """Of what is timed."""
        return 1 if self.small else 3

    def sized(self, full: Any, small: Any) -> Any:
        """One of two sizes."""
        return small if self.small else full

    def answer(
        self, question: str, values: float | Sequence[float], wanted: Wanted, unit: str = "", note: str = ""
    ) -> None:
        """Say a figure."""
        given = (float(values),) if isinstance(values, int | float) else tuple(map(float, values))
        self.tell(Answer(question, given, wanted, unit, note))

    def try_to(self, question: str, work: Callable[[], None]) -> None:
        """Ask one question; where that fails the next is asked nonetheless."""
        try:
            work()
        except SkippedError as reason:
            self.tell(Unanswered(question, str(reason)))
        except Exception as error:  # whatever it is: out of memory, a compiler that is not there
            self.tell(Unanswered(question, one_line(error)[:300]))
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def try_compiled(self, question: str, work: Callable[[], None]) -> None:
        """The same of what a compiler takes its time for, which is of no interest without a card."""
        if self.device.type == "cuda":
            self.try_to(question, work)
        else:
            self.tell(Unanswered(question, "asked of a card alone"))


class Ask(Protocol):
    """Asks the questions of a stage."""

    def __call__(self, setting: Setting) -> None:
        """Say every answer as soon as it is there."""
