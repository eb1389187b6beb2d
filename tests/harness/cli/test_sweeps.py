"""What is named beside the sweep: a run, a cluster."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import complain


@pytest.mark.parametrize("name", ["../../elsewhere", "/etc", "a\nb", "r" * 300, "."])
def test_a_runs_name_never_leads_elsewhere(invented: Path, name: str) -> None:
    line = complain("why", "--sweep", "invented", "--results", str(invented.parent), "--run", name)
    assert line.startswith("error: RUN: 0 runs begin with '")


@pytest.mark.parametrize("name", ["../local", "", "-x", "a\nb"])
def test_a_clusters_name_never_leads_elsewhere(lab: Any, name: str) -> None:
    line = complain("plan", "--sweep", str(lab.write()), "--cluster", name, "--results", str(lab.results))
    assert line.startswith("error: CLUSTER: ") and " is no name: " in line


def test_an_unknown_cluster_lists_the_known(lab: Any) -> None:
    line = complain("plan", "--sweep", str(lab.write()), "--cluster", "moon", "--results", str(lab.results))
    assert "sweeps/clusters/moon.yaml; there are local" in line
