"""Were there seeds and test images enough, and how many would tell what this study could not?"""

from typing import Literal, NamedTuple

from harness.report.analysis.chance.power import (
    Chances,
    half_width_of_images,
    half_width_with,
    images_to_tell,
    seeds_to_tell,
    smallest_gain,
)
from harness.report.analysis.chance.statistics import ENOUGH_SEEDS, FEWEST_SEEDS, Gain

MANY_SEEDS = 20
"""A study of as many is dear but done; where even they need more images, both are said."""
SPARED = 2  # times fewer images, for which many seeds are worth their time
MORE_IMAGES = 4  # times as many, beside more seeds in the table

Way = Literal["told", "seeds", "images", "both", "none"]
"""What would tell a gain as large as the one measured: nothing more, more seeds, more test images, both, or nothing."""


class Size(NamedTuple):
    """A study of so many seeds and images: half its interval, and the gain that it tells four times out of five.

    ``num_seeds``: None stands for however many.
    """

    num_seeds: int | None
    num_images: int
    half_width: float
    smallest_gain: float


class StudyPower(NamedTuple):
    """What this study could tell.

    ``of_images``: half the interval that its test images leave, however many seeds. ``num_seeds``, ``num_images``: what
    ``way`` takes, None where it takes no more of it. ``sizes``: this study, and others to compare it with.
    """

    smallest_gain: float
    of_images: float
    way: Way
    num_seeds: int | None
    num_images: int | None
    sizes: tuple[Size, ...]


def find_power(gain: Gain) -> StudyPower | None:
    """What a study could tell; None where nothing varies, and with fewer than three seeds, whose spread is unknown."""
    chances, seeds, images = gain.chances, gain.num_seeds, gain.num_images
    if chances is None or seeds < FEWEST_SEEDS or not chances.variance(seeds, images):
        return None
    way, more_seeds, more_images = _way(gain, chances)
    more = more_seeds if way == "seeds" else MANY_SEEDS
    sizes = (
        _size(chances, seeds, images)._replace(half_width=gain.both.half_width),  # as the headline has it
        *([_size(chances, more, images)] if more and more > seeds else []),
        _endless(chances, images),
        _size(chances, seeds, MORE_IMAGES * images),
    )
    return StudyPower(
        smallest_gain=sizes[0].smallest_gain,
        of_images=half_width_of_images(chances, images),
        way=way,
        num_seeds=more_seeds,
        num_images=more_images,
        sizes=sizes,
    )


def seeds_wanted(gain: Gain, power: StudyPower | None) -> int | None:
    """What to set ``seeds`` to: where there are too few to tell anything, or where more would tell; else None."""
    if gain.verdict == "too few seeds":
        return ENOUGH_SEEDS
    return power.num_seeds if power and power.way == "seeds" else None


def _way(gain: Gain, chances: Chances) -> tuple[Way, int | None, int | None]:
    """The least of it, were the true gain the one measured: more seeds cost time, more images have to be found."""
    if gain.verdict in ("gain", "loss", "equivalent"):
        return "told", None, None
    measured = gain.both.mean
    number = seeds_to_tell(chances, gain.num_images, measured)
    if number is not None:
        return "seeds", max(number, gain.num_seeds + 1), None
    images = images_to_tell(chances, gain.num_seeds, measured)
    of_many = images_to_tell(chances, MANY_SEEDS, measured)
    if of_many is not None and (images is None or SPARED * of_many <= images) and gain.num_seeds < MANY_SEEDS:
        return "both", MANY_SEEDS, of_many
    return ("none", None, None) if images is None else ("images", None, images)


def _size(chances: Chances, num_seeds: int, num_images: int) -> Size:
    width, least = half_width_with(chances, num_seeds, num_images), smallest_gain(chances, num_seeds, num_images)
    return Size(num_seeds, num_images, width, least)


def _endless(chances: Chances, num_images: int) -> Size:
    """Of however many seeds."""
    alone = Chances(0.0, chances.images, 0.0)
    return Size(None, num_images, half_width_of_images(chances, num_images), smallest_gain(alone, 2, num_images))
