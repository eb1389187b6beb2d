"""A results folder with one finished sweep and its report."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.build import build_report
from harness.state.files.records import read_sweep_record
from harness.sweep.plan import Plan


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory, invent: Callable[..., Path]) -> Path:
    """A results folder with one finished sweep and its report. Read it, never change it."""
    results = tmp_path_factory.mktemp("overview") / "results"
    sweep = invent(results, 3, 60, ["a", "b", "c"])
    write_logits_run(sweep)
    build_report(sweep, results / ".data")
    return results


@pytest.fixture
def results(reported: Path, tmp_path: Path) -> Path:
    """A copy of it, free to be changed."""
    return shutil.copytree(reported, tmp_path / "results", ignore=shutil.ignore_patterns(".data"))


def write_logits_run(folder: Path) -> None:
    """The one run that an invented sweep lacks."""
    record = read_sweep_record(folder)
    run = Plan(record.sweep, record.digest).logits
    path = folder / "runs" / run.id
    path.mkdir()
    (path / "metrics.json").write_text(json.dumps({"schema_version": 1, "run_id": run.id}))
