"""Whether a searched dimension has an effect at all: an F-test on the trials themselves, without any map."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

FEWEST_FREE = 4  # degrees of freedom left over; with fewer the test finds next to nothing
ROUNDING = 1e-12  # of the values' sum of squares, below which a rest is none

Floats = NDArray[np.float64]


def effect_p_value(places_PD: Floats, values_P: Floats, columns: slice) -> float | None:
    """How surprising the trials would be if a dimension did nothing.

    The values are fitted by a quadratic of all columns, with their products where there are twice as many trials as
    terms, and by the same without the dimension's.

    Args:
        places_PD: Of the trials, from 0 to 1.
        values_P: Of the trials.
        columns: The dimension's.

    Returns:
        The p-value; 1 where all values are equal; None with too few trials to tell.
    """
    rest_PD = np.delete(places_PD, columns, axis=1)
    has_products = len(values_P) >= 2 * _terms(places_PD, True).shape[1]
    full, without = (_fit(_terms(places, has_products), values_P) for places in (places_PD, rest_PD))
    num_more, num_free = full[1] - without[1], len(values_P) - full[1]
    if num_more < 1 or num_free < FEWEST_FREE:
        return None
    explained, left = max(without[0] - full[0], 0.0), full[0]
    least = ROUNDING * max(float(np.square(values_P).sum()), 1e-300)
    if left <= least:  # a fit without a rest: all or nothing
        return 1.0 if explained <= least else 0.0
    return float(fdtrc(num_more, num_free, (explained / num_more) / (left / num_free)))


def _terms(places_PD: Floats, has_products: bool) -> Floats:
    columns = list((places_PD - 0.5).T)
    products = [one * other for one, other in combinations(columns, 2)] if has_products else []
    return np.stack([np.ones(len(places_PD)), *columns, *(one**2 for one in columns), *products], axis=1)


def _fit(terms_PK: Floats, values_P: Floats) -> tuple[float, int]:
    """Sum of squares that is left, and the number of independent terms."""
    solution, _, rank, _ = np.linalg.lstsq(terms_PK, values_P, rcond=None)
    return float(np.square(values_P - terms_PK @ solution).sum()), int(rank)
