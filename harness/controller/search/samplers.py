"""Which setting a trial asks for: Optuna's samplers, and the plans that no result decides."""

import itertools
import math
from collections.abc import Iterator, Mapping

from optuna.samplers import BaseSampler, CmaEsSampler, GPSampler, RandomSampler, TPESampler

from harness.sweep.search.config import NUM_BLIND, Dimension, SearchConfig, Value, num_settings

Setting = dict[str, Value]

MAX_CELLS = 100_000  # of a space whose settings are counted out; in a larger one a repeat is next to impossible


def make_sampler(name: str, config: SearchConfig, number: int, redraw: int) -> BaseSampler:
    """The sampler of one trial: its own, so that it depends on the results told and on nothing else.

    Args:
        name: As the search's space has it.
        config: The search.
        number: Of the trial.
        redraw: How many settings it drew before that had been asked for already.
    """
    seed = config.seed + 7919 * number + 104_729 * redraw  # far apart, so that neighbours do not share a stream
    if name == "tpe":
        return TPESampler(seed=seed, n_startup_trials=NUM_BLIND["tpe"])
    if name == "gp":
        return GPSampler(seed=seed, n_startup_trials=NUM_BLIND["gp"], warn_independent_sampling=False)
    if name == "cmaes":
        return CmaEsSampler(seed=seed, n_startup_trials=NUM_BLIND["cmaes"], warn_independent_sampling=False)
    return RandomSampler(seed=seed)


def fixed_settings(config: SearchConfig, space: Mapping[str, Dimension]) -> list[Setting]:
    """All settings of a grid or of a quasi-random sequence; none where the sampler draws them one by one.

    A grid with as many trials as cells has them in the order of the file. With fewer they are spread over the
    dimensions; more trials then add cells, and keep those there were.
    """
    number = config.planned_trials(space)
    if config.sampler == "grid" and number == num_settings(space):
        return list(all_settings(space))
    if config.sampler in ("grid", "qmc"):
        return _spread(config, space, number)
    return []


def all_settings(space: Mapping[str, Dimension]) -> Iterator[Setting]:
    """Every setting of a space of lists and whole numbers, the last dimension changing first."""
    return (dict(zip(space, cell, strict=True)) for cell in itertools.product(*map(_listed, space.values())))


def _listed(dimension: Dimension) -> tuple[Value, ...]:
    if dimension.values is not None:
        return dimension.values
    low, high = dimension.range
    return tuple(range(int(low), int(high) + 1)) if dimension.is_int else (low,)


def untried(space: Mapping[str, Dimension], tried: set[tuple[Value, ...]], number: int) -> Setting | None:
    """A setting that was not asked for yet; None in a space too large to count out, or with none left."""
    if num_settings(space) > MAX_CELLS:
        return None
    left = [setting for setting in all_settings(space) if tuple(setting.values()) not in tried]
    return left[(number * 2654435761) % len(left)] if left else None  # Knuth's hash: no neighbour of the last one


def _spread(config: SearchConfig, space: Mapping[str, Dimension], number: int) -> list[Setting]:
    """The first different settings of a scrambled Sobol sequence; what it has not met in good time, in order.

    References:
        Owen, Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14, 1998.
    """
    from scipy.stats.qmc import Sobol

    log2 = math.ceil(math.log2(number)) + 3
    points = Sobol(len(space), scramble=True, rng=config.seed).random_base2(log2).tolist()
    drawn = (
        {name: dimension.at(share) for (name, dimension), share in zip(space.items(), point, strict=True)}
        for point in points
    )
    rest = all_settings(space) if num_settings(space) <= MAX_CELLS else iter(())
    different = {tuple(setting.values()): setting for setting in itertools.chain(drawn, rest)}
    return list(different.values())[:number]
