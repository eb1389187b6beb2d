"""The tutorial runs from its first cell to its last, and is what its readers are told it is."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from harness.sweep.reading.overrides import parse_overrides
from tests.support.root import ROOT

NOTEBOOK = ROOT / "notebooks" / "distillation_tutorial.ipynb"
MAX_BYTES = 400_000  # with its pictures
SWEEP, SHORT_SWEEP = "teacher.epochs=10 student.epochs=15", "teacher.epochs=3 student.epochs=5"


def cells(kind: str) -> list[dict[str, Any]]:
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def sources(kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in cells(kind)]


def stored() -> str:
    """What the stored outputs say, pictures left out."""
    outputs = [output for cell in cells("code") for output in cell["outputs"]]
    texts = [output.get("text", output.get("data", {}).get("text/plain", "")) for output in outputs]
    return "\n".join("".join(text) for text in texts)


def check(printed: str) -> None:
    """It says what the text around it promises."""
    assert "soft, T = 4  {'cat': 0.562, 'dog': 0.341, 'car': 0.098}" in printed
    assert "soft 0.000" in printed
    teacher = float(re.search(r"teacher on val: ([\d.]+)%", printed)[1])  # type: ignore[index]
    alone, taught = map(float, re.search(r"alone ([\d.]+)%, taught ([\d.]+)%", printed).groups())  # type: ignore[union-attr]
    assert teacher > max(alone, taught)
    assert re.search(r"gain [+-][\d.]+ ± [\d.]+ points", printed)
    assert "300 images (3, 28, 28) of lemon lime orange" in printed
    own = [[int(value) for value in re.findall(r"(\d+)%", line)] for line in re.findall("three seeds: (.*)", printed)]
    assert [len(values) for values in own] == [3, 3]
    assert max(own[0]) < 100  # a student that knows all has nothing to learn
    assert sum(own[0]) < sum(own[1])
    arms = dict(re.findall(r"^(baseline|distilled|teacher) +(0\.\d+) ", printed, re.MULTILINE))
    assert list(arms) == ["baseline", "distilled", "teacher"]  # of the sweep, read back with load_study
    assert float(arms["teacher"]) > float(arms["baseline"])


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the code cells print, run in order in a fresh process, as a kernel would."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [f"\n# cell {number}\n{source}\n" for number, source in enumerate(sources("code"))]
    code = "".join(cells)
    assert code.count(SWEEP) == 1
    (folder / "tutorial.py").write_text(code.replace(SWEEP, SHORT_SWEEP))
    environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    environment |= {"OMP_NUM_THREADS": "1"}  # such small networks are faster so where cores are shared
    command = [sys.executable, "tutorial.py"]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_cell_runs(printed: str) -> None:
    check(printed)


def test_it_is_stored_as_it_was_run_in_order() -> None:
    check(stored())
    assert [cell["execution_count"] for cell in cells("code")] == list(range(1, len(cells("code")) + 1))
    pictures = [output for cell in cells("code") for output in cell["outputs"] if "image/png" in output.get("data", {})]
    assert len(pictures) == 4
    assert [output for cell in cells("code") for output in cell["outputs"] if output["output_type"] == "error"] == []


def test_its_outputs_name_no_machine() -> None:
    assert re.findall(r"(?<![\w.])/(?:tmp|home|root|work|usr|opt|var)/\S*|https?://\S+|\S+@\S+", stored()) == []


def test_it_is_small_and_opens_on_colab() -> None:
    assert NOTEBOOK.stat().st_size < MAX_BYTES
    assert "(https://colab.research.google.com/github/)" in sources("markdown")[0]
    assert "OWNER" not in "".join(sources("markdown") + sources("code"))


def test_the_first_cell_installs_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("subprocess.run", lambda command, check: commands.append(command))
    install = sources("code")[0]

    monkeypatch.chdir(NOTEBOOK.parent)
    exec(install, {})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="Put a zip of the repository"):
        exec(install, {})
    colab = ModuleType("google.colab")
    colab.files = SimpleNamespace(upload=lambda: {"kd-sweep-main.zip": b""})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google", ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    exec(install, {})
    (tmp_path / "kd-sweep-1.0.zip").touch()
    exec(install, {})
    installed = [str(ROOT), "kd-sweep-main.zip", str(tmp_path / "kd-sweep-1.0.zip")]
    assert [command[-1] for command in commands] == installed


def test_it_uses_the_public_names() -> None:
    code = "\n".join(sources("code"))
    names = ["DistillationLoss", "DistillationTrainer", "set_seed", "compare_models", "plot_training_curves"]
    names += ["build_model", "open_folder"]
    assert all(re.search(rf"\b{name}\b", code.partition("from kd import (")[2]) for name in names)
    assert "from kd." not in code


def test_its_last_command_has_a_name_and_a_description_of_its_own() -> None:
    asked = re.search(r'make sweep SET="(.*)"\n', sources("markdown")[-1])
    assert asked is not None
    keys = {".".join(key) for key, _ in parse_overrides(asked[1])}
    assert keys == {"name", "description", "data.source", "data.image_size"}
