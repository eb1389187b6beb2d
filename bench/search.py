"""What a search loses: the project's own, on surfaces whose best setting is known, with the noise of real trainings.

A simulated training follows the learning curve that was measured for its alpha and T, and ends on the surface, moved by
a seed's noise. The curves and the noise are those of ``mnist_mlp``, taught by ``mnist_cnn`` on the quickstart's 5,000
digits, every setting of a grid trained with several seeds and none ended early (``search_map.json``): students taught
with a high alpha and T start slowly and end best, which is what makes an early pruner err. The surfaces are that map,
smoothed, and four that are harder; each study shifts its own a little, the same for all variants.

Regret: how far the true accuracy of the chosen setting lies below the best there is, in points, mean over the studies.
Paid: epochs trained, in whole trainings.

    python -m bench.search [studies of each surface [gp]]

With ``gp`` a Gaussian process is tried too, which takes longer than all the others.
"""

import json
import math
import statistics
import sys
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.figures import ROOT, publish
from harness.controller.search import Search, TrialResult
from harness.state.attempts.run_state import RunState
from harness.sweep.search.config import SearchConfig
from harness.sweep.search.params import Params
from kd.config import DistillConfig
from kd.records import Pruning

NUM_STUDIES = 40  # of each surface
NUM_SLOW = 6  # with a Gaussian process, which takes some thirty times as long
NUM_VAL = 525  # images: accuracies come in steps of this
HIGHEST_T = 20.0
LITERATURE = {"alpha": 0.9, "temperature": 4.0}
OWN = {"alpha": 0.5, "temperature": 2.0}
GRID = np.linspace(0.0, 1.0, 101)

Curve = NDArray[np.float64]


class Map(NamedTuple):
    """The measured map: mean val accuracy by alpha, temperature and epoch, and how far a seed moves it.

    ``together``: the correlation of a training's deviations at two epochs.
    """

    alphas: list[float]
    temperatures: list[float]
    accuracy_ATE: NDArray[np.float64]
    deviation: float
    together: float

    @property
    def num_epochs(self) -> int:
        """Length of a training."""
        return int(self.accuracy_ATE.shape[-1])

    def lag(self, alpha: float, place: float) -> Curve:
        """How far below its end a training is after each epoch: bilinear between the measured settings."""
        lag_ATE = self.accuracy_ATE[..., -1:] - self.accuracy_ATE
        a = np.interp(alpha, self.alphas, range(len(self.alphas)))
        t = np.interp(place, place_of(np.array(self.temperatures)), range(len(self.temperatures)))
        i, j = min(int(a), len(self.alphas) - 2), min(int(t), len(self.temperatures) - 2)
        u, v = a - i, t - j
        low = (1 - v) * lag_ATE[i, j] + v * lag_ATE[i, j + 1]
        high = (1 - v) * lag_ATE[i + 1, j] + v * lag_ATE[i + 1, j + 1]
        return np.asarray((1 - u) * low + u * high)


def place_of(temperature: NDArray[np.float64] | float) -> Any:
    """0 to 1 on the logarithmic axis of the search's default range."""
    return np.log(temperature) / math.log(HIGHEST_T)


def read_map() -> Map:
    """The measured map, as it is kept beside this file."""
    content = json.loads((ROOT / "bench" / "search_map.json").read_text())
    accuracy = np.array(content["val_accuracy"]) / 1e4
    return Map(content["alphas"], content["temperatures"], accuracy, content["deviation"], content["together"])


Surface = Callable[[Any, Any], Any]
"""True final accuracy at alphas and places of T, each from 0 to 1."""


def surfaces(measured: Map, shift: NDArray[np.float64]) -> dict[str, Surface]:
    """By name; ``shift`` moves the best place of each, by up to a tenth of either axis."""
    dx, dy = shift
    alphas, places = np.meshgrid(measured.alphas, place_of(np.array(measured.temperatures)), indexing="ij")
    terms = np.stack([np.ones_like(alphas), alphas, places, alphas**2, places**2, alphas * places], -1).reshape(-1, 6)
    fit = np.linalg.lstsq(terms, measured.accuracy_ATE[..., -1].ravel(), rcond=None)[0]

    def real(a: Any, p: Any) -> Any:
        a, p = a - dx, p - dy
        return fit[0] + fit[1] * a + fit[2] * p + fit[3] * a**2 + fit[4] * p**2 + fit[5] * a * p

    return {
        "real-like": real,
        "ridge": lambda a, p: (
            0.95 - 0.03 * np.minimum(1.0, np.abs(a + p - 1.2 - dx) / 0.5) - 0.005 * (a - 0.7 - dy) ** 2
        ),
        "narrow": lambda a, p: 0.925 + 0.025 * np.exp(-((a - 0.75 - dx) ** 2 + (p - 0.6 - dy) ** 2) / (2 * 0.15**2)),
        "edge": lambda a, p: 0.92 + 0.03 * np.clip(a + dx, 0, 1) * np.clip(p + dy, 0, 1),
        "harm": lambda a, p: 0.935 - 0.02 * np.abs(a - 0.1 - dx) * (0.5 + p) + 0.002 * p,
    }


class Outcome(NamedTuple):
    """Of one study: points of true accuracy below the best, and trainings paid."""

    regret: float
    paid: float


class Trainings:
    """Simulated: a run's result depends on its setting, its seed and the study, and on no order."""

    def __init__(self, measured: Map, surface: Surface, study: int) -> None:
        self._map = measured
        self._surface = surface
        self._study = study
        self._asked: dict[str, tuple[Params, int]] = {}
        self.pruning: Mapping[str, Pruning | None] = {}
        self.num_epochs_trained = 0

    def run_of(self, params: Params, repeat: int) -> str:
        """A name, remembered."""
        run_id = f"{params['alpha']!r}-{params['temperature']!r}-{repeat}"
        self._asked[run_id] = params, repeat
        return run_id

    def result_of(self, run_id: str) -> TrialResult:
        """The run carried out, up to its end or to the threshold that it does not reach."""
        params, repeat = self._asked[run_id]
        values = self._train(
            float(params["alpha"]), place_of(float(params["temperature"])), zlib.crc32(run_id.encode())
        )
        pruning = self.pruning.get(run_id) if repeat == 0 else None
        for epoch, threshold in sorted(pruning.thresholds.items()) if pruning else ():
            if max(values[:epoch]) < threshold:
                self.num_epochs_trained += epoch
                return TrialResult(RunState.PRUNED, values[:epoch], 1 - values[epoch - 1])
        self.num_epochs_trained += len(values)
        return TrialResult(RunState.COMPLETE, values, 1 - values[-1])

    def _train(self, alpha: float, place: float, name: int) -> list[float]:
        random = np.random.default_rng([self._study, name])
        own, each = random.standard_normal(), random.standard_normal(self._map.num_epochs)
        together = self._map.together
        noise = self._map.deviation * (math.sqrt(together) * own + math.sqrt(1 - together) * each)
        curve = self._surface(alpha, place) - self._map.lag(alpha, place) + noise
        return [float(value) for value in np.round(curve * NUM_VAL) / NUM_VAL]


def carry_out(changes: dict[str, Any], first: Params, task: tuple[str, int]) -> Outcome:
    """One study of a variant."""
    name, study = task
    measured = read_map()
    surface = surfaces(measured, np.random.default_rng(study).uniform(-0.1, 0.1, 2))[name]
    trainings = Trainings(measured, surface, study)
    config = SearchConfig.model_validate({"num_trials": 24, "seed": 1000 + study} | changes)
    space = config.space_of(DistillConfig())
    search = Search(config, space, first, measured.num_epochs, trainings.run_of)
    trainings.pruning = search.pruning
    search.advance(trainings.result_of)
    assert search.finished and search.best is not None
    alphas, places = np.meshgrid(GRID, GRID, indexing="ij")
    chosen = surface(float(search.best.params["alpha"]), place_of(float(search.best.params["temperature"])))
    regret = 100 * float(surface(alphas, places).max() - chosen)
    return Outcome(max(0.0, regret), trainings.num_epochs_trained / measured.num_epochs)


MEDIAN_30: dict[str, Any] = {"pruner": "median", "prune_from": 0.3, "repeats": 0}
MEDIAN_60 = MEDIAN_30 | {"prune_from": 0.6}
NO_PRUNER = {"pruner": "none", "repeats": 0}
TWICE_MORE = {"top": 3, "repeats": 2}
VARIANTS: dict[str, tuple[dict[str, Any], Params]] = {
    "24 trials: TPE, 4 at a time, median pruner from 30 % of the epochs": (MEDIAN_30, OWN),
    "… from 45 %": (MEDIAN_30 | {"prune_from": 0.45}, OWN),
    "… from 60 %": (MEDIAN_60, OWN),
    "… successive halving from 30 %": (MEDIAN_30 | {"pruner": "successive_halving"}, OWN),
    "… hyperband from 30 %": (MEDIAN_30 | {"pruner": "hyperband"}, OWN),
    "… no pruner": (NO_PRUNER, OWN),
    "… no pruner, 17 trials": (NO_PRUNER | {"num_trials": 17}, OWN),
    "… from 60 %, the best 3 trained twice more": (MEDIAN_60 | TWICE_MORE, OWN),
    "… from 60 %, 17 trials, the best 3 trained twice more": (MEDIAN_60 | TWICE_MORE | {"num_trials": 17}, OWN),
    "… from 60 %, the best 5 trained once more": (MEDIAN_60 | {"top": 5, "repeats": 1}, OWN),
    "… from 60 %, 31 trials": (MEDIAN_60 | {"num_trials": 31}, OWN),
    "… from 60 %, begun at alpha 0.9, T 4": (MEDIAN_60, LITERATURE),
    "no pruner: TPE, 1 at a time": (NO_PRUNER | {"concurrency": 1}, OWN),
    "no pruner: TPE, 16 at a time": (NO_PRUNER | {"concurrency": 16}, OWN),
    "no pruner: CMA-ES, 4 at a time": (NO_PRUNER | {"sampler": "cmaes"}, OWN),
    "no pruner: Sobol sequence": (NO_PRUNER | {"sampler": "qmc"}, OWN),
    "no pruner: random": (NO_PRUNER | {"sampler": "random"}, OWN),
    "8 trials, no pruner": (NO_PRUNER | {"num_trials": 8}, OWN),
    "8 trials, no pruner, begun at alpha 0.9, T 4": (NO_PRUNER | {"num_trials": 8}, LITERATURE),
    "16 trials, from 60 %": (MEDIAN_60 | {"num_trials": 16}, OWN),
    "16 trials, from 60 %, the best 3 trained twice more": (MEDIAN_60 | TWICE_MORE | {"num_trials": 16}, OWN),
    "23 trials, from 60 %": (MEDIAN_60 | {"num_trials": 23}, OWN),
    "48 trials, from 60 %": (MEDIAN_60 | {"num_trials": 48}, OWN),
    "48 trials, from 60 %, the best 3 trained twice more": (MEDIAN_60 | TWICE_MORE | {"num_trials": 48}, OWN),
    "55 trials, from 60 %": (MEDIAN_60 | {"num_trials": 55}, OWN),
}
SLOW_VARIANTS: dict[str, tuple[dict[str, Any], Params]] = {
    "no pruner: GP, 1 at a time": (NO_PRUNER | {"sampler": "gp", "concurrency": 1}, OWN),
    "no pruner: GP, 4 at a time": (NO_PRUNER | {"sampler": "gp"}, OWN),
}


DIFFERENCES = [
    ("… from 60 %", "24 trials: TPE, 4 at a time, median pruner from 30 % of the epochs"),
    ("… from 60 %", "… no pruner"),
    ("… from 60 %, the best 3 trained twice more", "… from 60 %, 31 trials"),
    ("48 trials, from 60 %, the best 3 trained twice more", "55 trials, from 60 %"),
    ("16 trials, from 60 %, the best 3 trained twice more", "23 trials, from 60 %"),
    ("… from 60 %, begun at alpha 0.9, T 4", "… from 60 %"),
    ("8 trials, no pruner, begun at alpha 0.9, T 4", "8 trials, no pruner"),
]
"""Variants to be told apart study by study: about equal in cost, but for the first two."""

Outcomes = dict[str, list[Outcome]]
"""Of a variant: by surface, study by study."""


def less(mine: Outcomes, other: Outcomes) -> Outcomes:
    """The difference of two variants in each study."""
    return {
        name: [Outcome(a.regret - b.regret, a.paid - b.paid) for a, b in zip(found, other[name], strict=True)]
        for name, found in mine.items()
    }


def row(name: str, outcomes: Outcomes) -> list[Any]:
    """A variant's line: mean regret with its standard error, surface by surface, and what was paid."""
    regrets = {surface: [each.regret for each in found] for surface, found in outcomes.items()}
    all_regrets = [regret for found in regrets.values() for regret in found]
    error = math.sqrt(sum(statistics.variance(found) / len(found) for found in regrets.values())) / len(regrets)
    paid = statistics.fmean(each.paid for found in outcomes.values() for each in found)
    means = [round(statistics.fmean(found), 2) for found in regrets.values()]
    return [name, round(paid, 1), round(statistics.fmean(all_regrets), 3), round(error, 3), *means]


def main() -> None:
    """Carry every variant out on the same studies, print, and keep the figures."""
    given = int(sys.argv[1]) if len(sys.argv) > 1 else NUM_STUDIES
    wanted = VARIANTS | (SLOW_VARIANTS if "gp" in sys.argv[2:] else {})
    names = list(surfaces(read_map(), np.zeros(2)))
    rows, known = [], dict[str, Outcomes]()
    with get_context("spawn").Pool(2) as pool:
        for variant, (changes, first) in wanted.items():
            number = min(given, NUM_SLOW) if changes.get("sampler") == "gp" else given
            tasks = [(name, study) for name in names for study in range(number)]
            found = pool.map(partial(carry_out, changes, first), tasks, chunksize=5)
            known[variant] = {name: [] for name in names}
            for (name, _), outcome in zip(tasks, found, strict=True):
                known[variant][name].append(outcome)
            rows.append(row(variant, known[variant]))
            print(rows[-1], flush=True)  # noqa: T201
    rows += [row(f"*{mine}* less *{other}*", less(known[mine], known[other])) for mine, other in DIFFERENCES]
    columns = ["search", "paid", "regret", "± (standard error)", *names]
    publish("search", {"rounds": given, "columns": columns, "rows": rows}, packages=("optuna", "numpy"))


if __name__ == "__main__":
    main()
