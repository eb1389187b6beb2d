"""``kd-sweep init`` gives a person what the first sweep needs, and takes nothing away."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.cli import app
from harness.cluster.profiles import load_cluster
from harness.sweep.loading import load_sweep
from harness.sweep.reading.finding import find_sweep


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_it_writes_a_sweep_that_loads_and_says_what_it_wrote(folder: Path) -> None:
    result = invoke("init")
    assert result.exit_code == 0, result.output
    written = re.findall(r"^wrote (.+)$", result.stdout, re.MULTILINE)
    assert sorted(written) == sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert load_sweep(find_sweep("quickstart")).name == "quickstart"
    assert load_cluster("local").kind == "local"
    assert load_cluster("slurm").kind == "slurm"
    schema = (folder / "sweeps/quickstart.yaml").read_text().partition("\n")[0].rpartition("=")[2]
    assert (folder / "sweeps" / schema).is_file(), "the schema that its first line names"


@pytest.mark.parametrize("taken", ["Makefile", "sweeps/quickstart.yaml", "sweeps/clusters/local.yaml"])
def test_it_overwrites_nothing_and_then_writes_nothing(folder: Path, taken: str) -> None:
    (folder / taken).parent.mkdir(parents=True, exist_ok=True)
    (folder / taken).write_text("mine\n")
    result = invoke("init")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {taken} is there already") and result.stderr.count("\n") == 1
    assert [path.read_text() for path in folder.rglob("*") if path.is_file()] == ["mine\n"]


def test_without_sweeps_a_command_says_how_to_get_some() -> None:
    result = invoke("plan", "quickstart")
    assert result.exit_code == 2
    assert "-m harness init\n" in result.stderr
