"""What is named beside the sweep: a run, a cluster; and how often a verb reads what it tells."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness.state.attempts.run_state import RunState, run_state
from tests.support.command_line import complain, invoke


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


@pytest.mark.parametrize("words", [("plan",), ("plan", "--json"), ("status",), ("status", "--json"), ("why",)])
def test_a_verb_that_looks_reads_where_each_run_stands_once(
    lab: Any, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    lab.controller().run()
    read: Counter[str] = Counter()

    def counted(folder: Path, queued: bool = False) -> RunState:
        read[folder.name] += 1
        return run_state(folder, queued)

    monkeypatch.setattr("harness.state.standing.snapshot.run_state", counted)
    name = str(lab.write()) if words[0] == "plan" else "mini"
    done = invoke(*words, "--sweep", name, "--results", str(lab.results))
    assert done.exit_code == 0, done.output
    assert len(read) >= 11 and set(read.values()) == {1}
