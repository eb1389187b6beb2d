"""The kit as a user starts it, at the size that a machine without a GPU has."""

import json
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.root import ROOT

NEEDED = {"torch", "numpy", "pyarrow", "pillow", "safetensors", "pydantic", "transformers"}
OF_THOSE = {"filelock", "huggingface-hub", "jinja2", "markupsafe", "pyyaml", "typer"}
"""Beside the kit's own packages: what these need themselves."""
ONE_PROCESS = pytest.mark.xdist_group("gpu-kit")
WITHOUT_A_SWEEP = "correctness,resume,processes,speed,packs,vit"


def kit(*words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """``python -m bench.gpu`` in a fresh process, after some lines of Python."""
    code = f"import sys\n{before}\nfrom bench.gpu.__main__ import main\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )


def absent_packages() -> list[str]:
    """Modules of the project's other packages, which a machine for GPUs may not have."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    others = {canonicalize_name(Requirement(each).name) for each in asked} - NEEDED - OF_THOSE
    homes = {name: {canonicalize_name(each) for each in found} for name, found in packages_distributions().items()}
    return sorted(name for name, found in homes.items() if found & others)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """All but the sweep, as seven packages allow it: what it said and what it kept."""
    out = tmp_path_factory.mktemp("kit")
    missing = f"sys.modules.update(dict.fromkeys({absent_packages()}))"
    done = kit("--stages", WITHOUT_A_SWEEP, "--out", str(out), before=missing)
    assert done.returncode == 0, done.stdout + done.stderr
    kept: dict[str, Any] = json.loads((out / "gpu.json").read_text())
    return done.stdout, kept


@pytest.mark.slow
@ONE_PROCESS
def test_every_stage_comes_to_its_end_with_seven_packages(asked: tuple[str, dict[str, Any]]) -> None:
    said, kept = asked
    assert {name: stage["state"] for name, stage in kept["stages"].items()} == dict.fromkeys(
        WITHOUT_A_SWEEP.split(","), "done"
    )
    assert kept["is_small"] and kept["card"]["card"] is None and kept["machine"]["torch"]
    assert all(stage in said for stage in kept["stages"])


@pytest.mark.slow
@ONE_PROCESS
def test_what_is_right_is_judged_and_what_is_fast_is_not(asked: tuple[str, dict[str, Any]]) -> None:
    said, kept = asked
    answers = kept["answers"]
    correct = ("same_bits", "as_on_a_cpu", "bf16", "kept", "packed", "resumed", "two_processes")
    assert {name for name, answer in answers.items() if answer["is_met"] is not None} == set(correct)
    assert all(answers[name]["is_met"] for name in correct)
    assert answers["same_bits"]["median"] == answers["resumed"]["median"] == 0
    assert answers["bf16"]["note"] and "met" in said


@pytest.mark.slow
@ONE_PROCESS
def test_what_a_card_alone_can_say_stays_open_with_the_reason(asked: tuple[str, dict[str, Any]]) -> None:
    _, kept = asked
    reasons = {entry["question"]: entry["why"] for entry in kept["open"]}
    assert not reasons.keys() & kept["answers"].keys()
    assert reasons["deit_graphs"] == reasons["resnet8x4_compiled"] == "asked of a card alone"
    assert reasons["two_cards"] == "there are no two cards"
    for question in ("deit_eager", "marginal_mnist_mlp", "document", "pack_mnist_mlp_eager", "deit_online"):
        assert kept["answers"][question]["median"] > 0
    assert {rate["how"] for rate in kept["rates"]} >= {"eager", "pack of 4"}
    assert not any("/tmp" in rate["model"] for rate in kept["rates"]), "a rate is known by a name for sweep files"


@pytest.mark.slow
def test_a_sweep_is_left_out_where_the_harness_lacks_a_package(tmp_path: Path) -> None:
    missing = f"sys.modules.update(dict.fromkeys({absent_packages()}))"
    done = kit("--stages", "sweep", "--out", str(tmp_path), before=missing)
    assert done.returncode == 0, done.stderr
    reasons = {entry["question"]: entry["why"] for entry in json.loads((tmp_path / "gpu.json").read_text())["open"]}
    assert reasons["sweep"].startswith("needs submitit, optuna")


@pytest.mark.slow
def test_a_whole_sweep_comes_to_its_report(tmp_path: Path) -> None:
    done = kit("--stages", "sweep", "--out", str(tmp_path))
    answers = json.loads((tmp_path / "gpu.json").read_text())["answers"]
    assert done.returncode == 0 and answers["sweep"]["is_met"], done.stdout + done.stderr
    assert answers["sweep_device"]["note"] == "cpu"


@pytest.mark.thorough
def test_without_time_nothing_is_begun_and_everything_is_open(tmp_path: Path) -> None:
    done = kit("--budget-s", "0", "--out", str(tmp_path))
    kept = json.loads((tmp_path / "gpu.json").read_text())
    assert not kept["answers"] and len(kept["open"]) > 30
    assert {stage["state"] for stage in kept["stages"].values()} <= {"cut", "not begun"}, done.stdout


@pytest.mark.thorough
def test_an_unknown_stage_is_told_in_one_line() -> None:
    done = kit("--stages", "speed,nope")
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        "no stage 'nope'; there are correctness, resume, processes, speed, packs, vit, sweep"
    )
