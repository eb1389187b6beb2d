"""What all tests may ask for: sweeps to carry out and finished ones, a browser, a SLURM started when first wanted."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import torch
from hypothesis import settings

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


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real SLURMs are waited for most of the time: one process has them all, and starts each once."""
    for item in items:
        if item.get_closest_marker("slurm"):
            item.add_marker(pytest.mark.xdist_group("slurm"))


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
