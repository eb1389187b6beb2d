"""The Gaussian process beside scikit-learn's: the same likelihood, and so the same map."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from harness.report.analysis.search.gaussian_process import fit

LEAST_NOISE = 1e-3
Values = NDArray[np.float64]


def values_at(places: Values, kind: str) -> Values:
    """A hill with noise, or a plain; centred, of unit variance where it has any."""
    noise = np.random.default_rng(1).standard_normal(len(places))
    values = -((places - 0.5) ** 2).sum(axis=1) + 0.05 * noise if kind == "hill" else np.zeros(len(places))
    return np.asarray((values - values.mean()) / (values.std() or 1.0))


def peer(places: Values, values: Values, every: slice) -> tuple[GaussianProcessRegressor, float]:
    kernel = ConstantKernel(1.0, (1e-3, 1e2)) * Matern([0.5] * places.shape[1], (0.2, 10.0), nu=2.5) + WhiteKernel(
        max(0.1, LEAST_NOISE), (LEAST_NOISE, 10.0)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of ends at bounds
        shape = GaussianProcessRegressor(kernel).fit(places[every], values[every]).kernel_
        model = GaussianProcessRegressor(shape.k1, alpha=shape.k2.noise_level, optimizer=None).fit(places, values)
    return model, shape.k2.noise_level


@pytest.mark.parametrize("kind", ["hill", "plain"])
@pytest.mark.parametrize("num_dimensions", [1, 2, 5])
@pytest.mark.parametrize("num_places", [8, 40, 150])
def test_the_same_map_as_scikit_learns(num_places: int, num_dimensions: int, kind: str) -> None:
    random = np.random.default_rng(num_places)
    places = random.random((num_places, num_dimensions))
    places[1] = places[0]  # a setting asked for twice
    values, every = values_at(places, kind), slice(None, None, 1 + (num_places > 100))
    model, noise = peer(places, values, every)
    process = fit(places, values, LEAST_NOISE, every)
    assert process.noise == pytest.approx(noise, rel=1e-6)
    wanted = random.random((300, num_dimensions))
    for mine, theirs in zip(process.predict(wanted), model.predict(wanted, return_std=True), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-8)


def test_it_is_sure_of_what_it_has_seen_and_knows_nothing_far_away() -> None:
    places = np.linspace(0.0, 0.2, 12)[:, None]
    process = fit(places, np.sin(30 * places[:, 0]), LEAST_NOISE)
    _, error = process.predict(np.array([[0.1], [50.0]]))
    assert error[0] < 0.1 < error[1]
    assert error[1] == pytest.approx(process.signal**0.5)
