"""The Makefile hands on what a person typed, byte for byte, and refuses what it does not know."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NASTY = [
    "a=$HOME b=`id` c=$(id)",
    "d=$(shell id) e=$$x",
    "data.source='my folder' f=\\x",
    'g="quoted; rm -rf x" h=#i',
    "名字=猫 ★",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout whose Python says what it was called with."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nfor word in "$@"; do printf \'%s\\0\' "$word"; done\n')
    python.chmod(0o755)
    for stamp in (".torch-cpu", ".run", ".dev", ".onnx"):  # set up, as far as make can tell
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def make(folder: Path, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    env = os.environ | variables
    return subprocess.run(["make", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)


def words_of(folder: Path, *words: str, **variables: str) -> list[str]:
    done = make(folder, *words, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\0")[:-1]


@pytest.mark.parametrize("text", NASTY)
def test_strings_pass_byte_for_byte(folder: Path, text: str) -> None:
    assert words_of(folder, "cancel", f"SET={text}")[-1] == text
    assert words_of(folder, "status", f"SWEEP={text}")[4] == text
    assert words_of(folder, "why", f"RUN={text}")[-1] == text
    assert words_of(folder, "publish", f"DIR={text}")[-1] == text
    assert words_of(folder, "export", f"SWEEP={text}")[4] == text
    assert words_of(folder, "export", f"FORMAT={text}")[8] == text
    assert words_of(folder, "export", f"MAX_DROP={text}", f"CALIBRATION_IMAGES={text}")[10::2] == [text, text]
    assert words_of(folder, "layers", f"MODEL={text}")[-1] == text
    assert not (folder / "x").exists()


def test_defaults(folder: Path) -> None:
    expected = ["-m", "harness", "sweep", "--sweep", "", "--set", "", "--cluster", "local"]
    assert words_of(folder, "sweep") == expected  # no sweep: the quickstart; for verbs that look, the one started last
    assert words_of(folder, "serve")[-2:] == ["--port", "8000"]
    assert words_of(folder, "export")[7:] == ["--format", "fp32", "--max-drop", "1", "--calibration-images", "512"]
    assert words_of(folder, "layers", "OF=teacher")[3:] == ["--sweep", "quickstart", "--of", "teacher", "--set", ""]


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("yes", True), ("0", False), ("no", False), ("", False)])
def test_switches_mean_what_they_say(folder: Path, value: str, expected: bool) -> None:
    words = words_of(folder, "sweep", f"RETRY={value}", f"DETACH={value}")
    assert ("--retry-failed" in words) == ("--detach" in words) == expected
    assert ("--one-file" in words_of(folder, "report", f"ONE_FILE={value}")) == expected


@pytest.mark.parametrize(("value", "checked"), [("1", True), ("0", False), ("", False)])
def test_how_packages_are_installed_is_handed_on(folder: Path, value: str, checked: bool) -> None:
    for stamp in ("run", "onnx", "dev"):
        (folder / ".venv" / f".{stamp}").unlink()
        done = make(folder, "--dry-run", f".venv/.{stamp}", f"HASHES={value}", "TORCH=cpu")
        (folder / ".venv" / f".{stamp}").touch()
        assert done.returncode == 0, done.stderr
        (words,) = [line.split()[1:] for line in done.stdout.splitlines() if "locks/install.py" in line]
        assert words == ["locks/install.py", *(["--hashes"] if checked else []), "--torch", "cpu", stamp]
    done = make(folder, "--dry-run", "sweep", "TORCH=cuda")
    assert "--torch cuda run" in done.stdout, "the other build, though the environment is up to date"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep", "CLUSTR=slurm"], "unknown variable CLUSTR"),
        (["sweep", "SET=search.num_trials=5", "student.epochs=3"], "unknown variable student.epochs"),
        (["sweep", "set=a=1"], "unknown variable set"),
        (["tests"], "no target tests"),
        (["sweep", "mnist_cnn_mlp"], "no target mnist_cnn_mlp; make help lists them, and a sweep is named as in: make"),
        (["sweep", "RETRY=maybe"], "RETRY=maybe: give 1 or 0"),
        (["sweep", "TORCH=gpu"], "TORCH=gpu: give cpu or cuda"),
        (["report", "ONE_FILE=mail"], "ONE_FILE=mail: give 1 or 0"),
    ],
)
def test_what_is_misspelt_is_refused(folder: Path, words: list[str], said: str) -> None:
    done = make(folder, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert not done.stdout


def test_what_the_shell_exports_for_others_is_not_taken(folder: Path) -> None:
    done = make(folder, "sweep", CLUSTER="hpc2")
    assert done.returncode == 2
    assert "CLUSTER stands in the environment" in done.stderr
    assert words_of(folder, "sweep", "CLUSTER=local", CLUSTER="hpc2")[-1] == "local"
    assert words_of(folder, "publish", DIR="/elsewhere")[-1] == ""


def test_every_target_can_be_named(folder: Path) -> None:
    """The list by which stray words are told from targets is read off the rules themselves."""
    rules = re.findall(r"^([a-z-]+):.*## ", (folder / "Makefile").read_text(), re.M)
    assert len(rules) > 20
    for target in rules:
        assert "no target" not in make(folder, "-n", target).stderr


def test_every_variable_that_help_names_is_known(folder: Path) -> None:
    """A value that nobody misreads, given to a target that does nothing."""
    named = sorted(set(re.findall(r"\b([A-Z][A-Z_]+)=", make(folder, "help").stdout)))
    assert len(named) > 10
    refused = {name: make(folder, "help", f"{name}=1").stderr for name in named}
    assert {name: error for name, error in refused.items() if error} == {}
