"""What all tests may ask for: sweeps to carry out and finished ones, a browser, a SLURM started when first wanted."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest
import torch
from hypothesis import settings

from kd.evaluation.speed import FEWEST_ROUNDS, measure_speed
from kd.runs.passes import final_evaluation
from tests.slurm.cluster import LabOptions
from tests.slurm.lab import SlurmLab, missing

pytest_plugins = (
    "tests.support.sweep_files",
    "tests.support.sweep_lab",
    "tests.support.small_sweep",
    "tests.support.invented_sweep",
    "tests.support.secret_sweep",
    "tests.support.browser",
    "tests.support.crawled_sites",
    "tests.support.other_user",
)

# Under `make test` the environment holds make's own flags and the Makefile's exported variables, which a make that a
# test starts takes for a person's: the tests see what they would see without make.
MAKES = (
    "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "SWEEP", "CLUSTER", "SET", "RUN", "RETRY", "DETACH", "ONE_FILE", "PORT", "DATA",
    "DIR",
)  # fmt: skip
for name in MAKES:
    os.environ.pop(name, None)

# Tiny models, on cores that tests share: a second thread costs more than it brings, here and in what tests start. A job
# has the number that its place gives it.
torch.set_num_threads(1)
os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("unhurried", deadline=None, derandomize=True)
settings.load_profile("unhurried")

# In this process the models of a sweep take few turns at being timed: it took more than half of a small sweep's time.
final_evaluation.measure_speed = partial(measure_speed, most_rounds=FEWEST_ROUNDS)  # type: ignore[assignment]

# Python looks for unused cycles through all that it has loaded, again and again: libraries and thousands of tests, of
# which none goes before the end. It looks through what a test makes, and not at every 700th object.
gc.disable()
gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What tests share is made once: those that share it run in one process.

    Real SLURMs are waited for most of the time: one process has them all, and starts each once. What a module's tests
    share they have from a fixture of the module's.
    """
    for item in items:
        if item.get_closest_marker("slurm"):
            item.add_marker(pytest.mark.xdist_group("slurm"))
        elif item.get_closest_marker("xdist_group") is None and _has_fixture_of_its_module(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _has_fixture_of_its_module(item: pytest.Item) -> bool:
    fixtures = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
    return any(each.scope == "module" for named in fixtures for each in named)


@pytest.fixture(scope="session")
def start_slurm() -> Iterator[Callable[[LabOptions], SlurmLab]]:
    """Gives the cluster with these options; each is started once and stopped at the end."""
    with ExitStack() as stack:
        labs: dict[LabOptions, SlurmLab] = {}

        def start(options: LabOptions) -> SlurmLab:
            if options not in labs:
                reason = missing(options)
                if reason is not None:
                    if os.environ.get("REQUIRE_SLURM") == "1":
                        pytest.fail(f"REQUIRE_SLURM=1, but {reason}")
                    pytest.skip(reason)
                labs[options] = stack.enter_context(SlurmLab(options))
            return labs[options]

        yield start
