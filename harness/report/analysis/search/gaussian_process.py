"""A Gaussian process with a Matérn kernel, fitted by maximum likelihood: what scikit-learn's does, number for number.

scikit-learn's takes longer to load than to fit a search, and every report waits for it. Places are rows of numbers;
N of them have a value. Axes: D numbers of a place, H hyperparameters in logarithms: signal, a length a number, noise.

References:
    Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, algorithm 2.1 and section 5.4.1.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIGNAL = 1.0, (1e-3, 1e2)  # where the fit begins, and between which ends it stays
LENGTH = 0.5, (0.2, 10.0)
MOST_NOISE = 10.0
FIRST_NOISE = 0.1
JITTER = 1e-10  # on the diagonal, so that equal places do not make the matrix singular


@dataclass(frozen=True)
class GaussianProcess:
    """The process that the values were drawn from, given the values.

    ``signal`` and ``noise`` are variances. ``root_NN``: the lower Cholesky root of the covariance of the values.
    ``weights_N``: that covariance's inverse times the values.
    """

    places_ND: Floats
    signal: float
    lengths_D: Floats
    noise: float
    root_NN: Floats
    weights_N: Floats

    def predict(self, places_PD: Floats) -> tuple[Floats, Floats]:
        """Mean and standard error at places, without the noise of a value."""
        from scipy.linalg import solve_triangular

        covariance_PN = self.signal * _matern(_distances(places_PD / self.lengths_D, self.places_ND / self.lengths_D))
        solved_NP = solve_triangular(self.root_NN, covariance_PN.T, lower=True, check_finite=False)
        variance_P = np.full(len(places_PD), self.signal)
        variance_P -= np.einsum("ij,ji->i", solved_NP.T, solved_NP)
        return covariance_PN @ self.weights_N, np.sqrt(variance_P.clip(min=0.0))


def fit(places_ND: Floats, values_N: Floats, least_noise: float, shape_from: slice = slice(None)) -> GaussianProcess:
    """The most likely process of mean 0 through values.

    Args:
        places_ND: Where the values are.
        values_N: Of about unit variance.
        least_noise: The smallest variance of the noise.
        shape_from: The values that the hyperparameters are fitted to; the cost grows with the cube of their number.
    """
    from scipy.linalg import cho_solve, cholesky
    from scipy.optimize import minimize

    some_ND, some_N = places_ND[shape_from], values_N[shape_from]
    num_lengths = places_ND.shape[1]
    first = [SIGNAL[0], *[LENGTH[0]] * num_lengths, max(FIRST_NOISE, least_noise)]
    ends = [SIGNAL[1], *[LENGTH[1]] * num_lengths, (least_noise, MOST_NOISE)]
    # A flat map ends at a bound, or without converging, which is its answer.
    found = minimize(
        _misfit, np.log(first), (some_ND, some_N), method="L-BFGS-B", jac=True, bounds=np.log(ends).tolist()
    )
    signal, *lengths, noise = np.exp(found.x).tolist()
    lengths_D = np.array(lengths)
    scaled_ND = places_ND / lengths_D
    covariance_NN = signal * _matern(_distances(scaled_ND, scaled_ND))
    covariance_NN[np.diag_indices_from(covariance_NN)] += noise
    root_NN = cholesky(covariance_NN, lower=True, check_finite=False)
    weights_N = cho_solve((root_NN, True), values_N, check_finite=False)
    return GaussianProcess(places_ND, signal, lengths_D, noise, root_NN, weights_N)


def _misfit(logs_H: Floats, places_ND: Floats, values_N: Floats) -> tuple[float, Floats]:
    """The negative logarithm of the marginal likelihood, and its gradient."""
    from scipy.linalg import LinAlgError, cho_solve, cholesky

    signal, noise, lengths_D = math.exp(logs_H[0]), math.exp(logs_H[-1]), np.exp(logs_H[1:-1])
    number = len(places_ND)
    scaled_ND = places_ND / lengths_D
    matern_NN = _matern(_distances(scaled_ND, scaled_ND))
    covariance_NN = signal * matern_NN
    covariance_NN[np.diag_indices_from(covariance_NN)] += noise + JITTER
    try:
        root_NN = cholesky(covariance_NN, lower=True, check_finite=False)
    except LinAlgError:
        return math.inf, np.zeros_like(logs_H)
    weights_N = cho_solve((root_NN, True), values_N, check_finite=False)
    fitness = -0.5 * values_N @ weights_N - np.log(np.diag(root_NN)).sum() - number / 2 * math.log(2 * math.pi)
    inner_NN = np.outer(weights_N, weights_N) - cho_solve((root_NN, True), np.eye(number), check_finite=False)
    slopes = [
        signal * matern_NN,
        *np.moveaxis(signal * _matern_slopes(places_ND, lengths_D), -1, 0),
        noise * np.eye(number),
    ]
    return -float(fitness), np.array([-0.5 * np.sum(inner_NN * slope_NN) for slope_NN in slopes])


def _distances(ones_PD: Floats, others_ND: Floats) -> Floats:
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(ones_PD, others_ND))


def _matern(distances: Floats) -> Floats:
    """Correlation at a distance in lengths, by a kernel of smoothness 5/2."""
    scaled = distances * math.sqrt(5)
    return np.asarray((1.0 + scaled + scaled**2 / 3.0) * np.exp(-scaled))


def _matern_slopes(places_ND: Floats, lengths_D: Floats) -> Floats:
    """Its derivative by the logarithm of each length [N, N, D]."""
    squares_NND = (places_ND[:, None] - places_ND[None]) ** 2 / lengths_D**2
    scaled_NN1 = np.sqrt(5 * squares_NND.sum(-1))[..., None]
    return np.asarray(5.0 / 3.0 * squares_NND * (scaled_NN1 + 1) * np.exp(-scaled_NN1))
