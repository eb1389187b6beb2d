"""The tutorial runs from its first cell to its last, and is what its readers are told it is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.root import ROOT

NOTEBOOK = ROOT / "notebooks" / "distillation_tutorial.ipynb"
MAX_BYTES = 200_000


def sources(kind: str) -> list[str]:
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text())
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the code cells print, run in order in a fresh process, as a kernel would."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [f"\n# cell {number}\n{source}\n" for number, source in enumerate(sources("code"))]
    (folder / "tutorial.py").write_text("".join(cells))
    environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    environment |= {"OMP_NUM_THREADS": "1"}  # such small networks are faster so where cores are shared
    command = [sys.executable, "tutorial.py"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_cell_runs_and_says_what_the_text_around_it_promises(printed: str) -> None:
    assert "soft, T = 4  {'cat': 0.562, 'dog': 0.341, 'car': 0.098}" in printed
    assert "soft 0.000" in printed
    teacher = float(re.search(r"teacher on val: ([\d.]+)%", printed)[1])  # type: ignore[index]
    alone, taught = map(float, re.search(r"alone ([\d.]+)%, taught ([\d.]+)%", printed).groups())  # type: ignore[union-attr]
    assert teacher > max(alone, taught)
    assert re.search(r"gain [+-][\d.]+ ± [\d.]+ points", printed)
    assert "['lemon', 'plum']" in printed
    assert "left out: nothing" in printed
    arms = dict(re.findall(r"^(baseline|distilled|teacher) +(0\.\d+) ", printed, re.MULTILINE))
    assert list(arms) == ["baseline", "distilled", "teacher"]  # of the sweep, read back with load_study
    assert float(arms["teacher"]) > float(arms["baseline"])


def test_it_is_small_and_says_how_to_open_it_on_colab() -> None:
    assert NOTEBOOK.stat().st_size < MAX_BYTES
    assert "File → Open notebook → GitHub" in sources("markdown")[0]


def test_the_first_cell_installs_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("subprocess.run", lambda command, check: commands.append(command))
    install = sources("code")[0]

    monkeypatch.chdir(NOTEBOOK.parent)
    exec(install, {})
    monkeypatch.chdir(tmp_path)  # Colab has no copy
    with pytest.raises(SystemExit, match="Set REPOSITORY, in this cell"):
        exec(install, {})
    exec(install.replace('REPOSITORY = ""', 'REPOSITORY = "https://github.com/someone/a-fork"'), {})
    assert [command[-1] for command in commands] == [str(ROOT), "git+https://github.com/someone/a-fork"]


def test_it_uses_the_public_names() -> None:
    code = "\n".join(sources("code"))
    names = ("DistillationLoss", "DistillationTrainer", "set_seed", "compare_models", "plot_training_curves")
    assert all(re.search(rf"\b{name}\b", code.partition("from kd import (")[2]) for name in names)
