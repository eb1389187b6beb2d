"""A SLURM for all tests that want one, started by the first of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.slurm.cluster import LabOptions
from tests.slurm.lab import SlurmLab, missing


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
