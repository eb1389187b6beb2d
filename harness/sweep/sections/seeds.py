"""How many final seeds a setting has: a number, or a rule that adds seeds until val can tell.

A rule looks at the seeds there are a few times, at numbers that are known from the start. The intervals of a look allow
for all of them: of the 5 % that may go wrong each look spends a share of its own, so that whatever made a sweep stop
where it did, its interval misses the true gain in no more than one sweep of twenty
(docs/design/0032-enough-seeds.md).
"""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple

from pydantic import Discriminator, Field, Tag, model_validator

from kd.config import Config

MOST = 1000
TOTAL_LEVEL = 0.05  # that all looks together may spend: the intervals are those of 95 %
GROWTH = 2  # from one look to the next: each other one doubles the cost at most
LAST_SHARE = 0.75  # of the maximum: beyond it a look would save little, and the maximum comes next


class SeedsConfig(Config):
    """When there are enough seeds; lengths are in points of accuracy."""

    min: int = Field(3, ge=1, le=MOST, description="seeds that every setting has: 0, 1, 2 …")
    max: int | None = Field(
        None,
        le=MOST,
        description="seeds are added up to here, until by val the gain's interval on test should be clear of zero, "
        "or one of the two below holds; null: as many as min",
    )
    half_width: float | None = Field(
        None, gt=0, le=100, description="enough once the interval should be no wider than ± this"
    )
    margin: float | None = Field(
        None,
        gt=0,
        le=100,
        description="gains within ± this are called equivalent: enough once the interval on test should lie within it",
    )

    @model_validator(mode="after")
    def _there_is_something_to_add(self) -> "SeedsConfig":
        if self.max is not None and self.max < self.min:
            raise ValueError(f"max must be at least min, which is {self.min}, got {self.max}")
        if self.is_open and self.min < 2:
            raise ValueError("min must be at least 2 where seeds are added: one says nothing of their spread")
        if self.half_width is not None and not self.is_open:
            raise ValueError("half_width needs a max above min: the number of seeds that it may take")
        return self

    @property
    def most(self) -> int:
        """The largest number that there may be."""
        return self.min if self.max is None else self.max

    @property
    def is_open(self) -> bool:
        """Whether results decide the number."""
        return self.most > self.min

    @property
    def looks(self) -> tuple[int, ...]:
        """The numbers of seeds at which is looked whether they are enough.

        >>> SeedsConfig(min=3, max=20).looks, SeedsConfig(min=5, max=6).looks, SeedsConfig(min=5).looks
        ((3, 6, 12, 20), (5, 6), (5,))
        """
        return tuple(self._looks())

    def _looks(self) -> Iterator[int]:
        number = self.min
        while number < self.most and (number == self.min or number <= LAST_SHARE * self.most):
            yield number
            number *= GROWTH
        yield self.most

    @property
    def note(self) -> str | None:
        """What a person should know of it before the start, in a sentence; None where nothing is added."""
        if not self.is_open:
            return None
        *earlier, _ = self.looks
        wanted = ["be clear of zero", *([f"lie within ±{self.margin:g} points"] if self.margin else [])]
        if self.half_width:
            wanted.append(f"be no wider than ±{self.half_width:g} points")
        where = f"{', '.join(map(str, earlier[:-1]))} and {earlier[-1]}" if len(earlier) > 1 else str(earlier[0])
        return (
            f"{self.min} to {self.most} seeds: with {where} val is looked at, and no more are added once by it the "
            f"gain's interval on test should {' or '.join(wanted)}, or more seeds would hardly narrow it"
        )

    def level(self, num_seeds: int) -> float:
        """What the look at so many seeds spends of ``TOTAL_LEVEL``: in proportion to the seeds since the one before.

        >>> [round(SeedsConfig(min=3, max=20).level(number), 4) for number in (3, 6, 12, 20)]
        [0.0075, 0.0075, 0.015, 0.02]

        Raises:
            ValueError: At that number is not looked.
        """
        place = self.looks.index(num_seeds)
        before = self.looks[place - 1] if place else 0
        return TOTAL_LEVEL * (num_seeds - before) / self.most

    def look_of(self, num_seeds: int) -> int:
        """The look that so many seeds were trained for, at least.

        >>> SeedsConfig(min=3, max=20).look_of(4), SeedsConfig(min=3, max=20).look_of(6)
        (6, 6)
        """
        return next((number for number in self.looks if number >= num_seeds), self.most)

    def widening(self, num_seeds: int, num_pairs: int) -> float:
        """By how much the seeds' part of a gain's variance counts for more, since it was looked at several times.

        Student's quantile at the level of the look, against that of 95 %, squared: an interval that only seeds made
        uncertain would be just that of the look's level. The images' part is left as it is: test is read once.

        Args:
            num_seeds: The look's.
            num_pairs: Of them, those of which both trainings are complete.
        """
        if not self.is_open or num_pairs < 2:
            return 1.0
        from scipy.special import stdtrit  # not loaded where nobody looks

        level, degrees = self.level(num_seeds), num_pairs - 1
        return float(stdtrit(degrees, 1 - level / 2) / stdtrit(degrees, 1 - TOTAL_LEVEL / 2)) ** 2


class SeedCount(NamedTuple):
    """How many seeds there are by now, and whether more may come."""

    number: int
    is_decided: bool


def _form(value: Any) -> str:
    return "rule" if isinstance(value, dict | SeedsConfig) else "number"


Seeds = Annotated[
    Annotated[Annotated[int, Field(ge=1, le=MOST)], Tag("number")] | Annotated[SeedsConfig, Tag("rule")],
    Discriminator(_form),
]
"""A number, or a rule; the error message is that of the form which was given."""


def seed_rule(seeds: int | SeedsConfig) -> SeedsConfig:
    """The rule; of a number the one that adds none."""
    return seeds if isinstance(seeds, SeedsConfig) else SeedsConfig(min=seeds)
