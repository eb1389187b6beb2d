"""Setting up ``.venv``: which build of torch, what is said meanwhile, and what to do where it fails."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.root import ROOT

LAPTOP = {"system": "Linux", "processor": "x86_64", "has_gpu": False, "has_slurm": False, "has_own_index": False}


def load() -> ModuleType:
    """The script, which is no part of a package: it runs before any is there."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "locks" / "install.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


install = load()
VERSION = install.pinned_torch((ROOT / "constraints.txt").read_text())


@pytest.mark.parametrize(
    ("asked", "machine", "is_cpu"),
    [
        ("", {}, True),
        ("", {"has_gpu": True}, False),
        ("", {"has_slurm": True}, False),
        ("", {"has_own_index": True}, False),
        ("", {"system": "Darwin", "processor": "arm64"}, False),
        ("", {"processor": "aarch64"}, False),
        ("cuda", {}, False),
        ("cpu", {"has_gpu": True}, True),
        ("cpu", {"has_slurm": True, "has_own_index": True}, True),
        ("cpu", {"system": "Darwin", "processor": "arm64"}, False),
    ],
    ids=str,
)
def test_the_cpu_build_where_nothing_could_use_another(asked: str, machine: dict[str, object], is_cpu: bool) -> None:
    build = install.choose_build(asked, install.Machine(**(LAPTOP | machine)))
    assert build.index_url == (install.CPU_INDEX if is_cpu else None)
    assert build.why


@pytest.mark.parametrize(
    ("config", "is_own"),
    [
        ("", False),
        ("global.timeout='60'\nglobal.cert='/etc/ca.crt'\n", False),
        ("global.index-url='https://mirror.example/simple'\n", True),
        (":env:.index-url='https://mirror.example/simple'\n", True),
        ("user.extra-index-url='https://mirror.example/simple'\n", True),
        ("install.no-index='true'\n", True),
        ("global.find-links='/wheels'\n", True),
    ],
)
def test_an_index_of_ones_own_is_asked_and_no_other(config: str, is_own: bool) -> None:
    assert install.names_own_index(config) is is_own


def test_a_gpu_is_seen_by_what_its_driver_brings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100 (UUID: GPU-1)'\n")
    program.chmod(0o755)
    assert install.find_machine({"PATH": str(tmp_path)}, False).has_gpu
    program.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed because it could not talk to the driver'; exit 9\n")
    monkeypatch.setattr(install.Path, "exists", lambda path: False)  # on a machine with a GPU
    assert not install.find_machine({"PATH": str(tmp_path)}, False).has_gpu
    sbatch = tmp_path / "sbatch"
    sbatch.write_text("#!/bin/sh\n")
    sbatch.chmod(0o755)
    assert install.find_machine({"PATH": str(tmp_path)}, False).has_slurm


def test_torch_is_pinned_once_and_a_build_of_its_own_satisfies_that() -> None:
    constraints = (ROOT / "constraints.txt").read_text()
    version = install.pinned_torch(constraints)
    assert re.fullmatch(r"\d+\.\d+\.\d+", version), "a local version would tie everybody to one build"
    from packaging.specifiers import SpecifierSet

    assert f"{version}+cpu" in SpecifierSet(f"=={version}")


@pytest.mark.parametrize(("extra", "locks"), [("run", "run"), ("onnx", "run onnx"), ("dev", "run onnx dev")])
def test_packages_are_checked_against_their_hashes_where_it_is_asked_for(extra: str, locks: str) -> None:
    """All but torch, and this program, which takes none and is installed alone."""
    hashed = install.pip_calls(extra, True)
    assert hashed[0] == ["--require-hashes", *(word for name in locks.split() for word in ("-r", f"locks/{name}.txt"))]
    alone = [["-c", "constraints.txt", "torch"], ["--no-deps", "--no-build-isolation", "-e", "."]]
    assert hashed[1:] == (alone if extra == "run" else [])
    (plain,) = install.pip_calls(extra, False)
    assert plain[:2] == ["-c", "constraints.txt"] and "--require-hashes" not in plain


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("The virtual environment was not created successfully because ensurepip is not available.", "python3-venv"),
        ("WARNING: Retrying … ProxyError('Cannot connect to proxy.', OSError('Tunnel: 407'))", "HTTPS_PROXY"),
        ("NewConnectionError: Failed to establish: [Errno -3] Temporary failure in name resolution", "PIP_INDEX_URL"),
        ("ERROR: No matching distribution found for torch==2.13.0", "PIP_INDEX_URL"),
        ("PermissionError: [Errno 13] Permission denied: '.venv/bin/python'", "cannot be written"),
        ("ERROR: something that nobody foresaw", "stands above"),
    ],
)
def test_a_failure_comes_with_the_way_out(said: str, way: str) -> None:
    assert way in install.remedy(said)


def test_a_log_has_a_line_for_what_takes_long_and_all_errors() -> None:
    said = """\
Looking in links: /wheels
Collecting torch==2.13.0
  Downloading torch-2.13.0%2Bcpu-cp312-manylinux_2_28_x86_64.whl (190.5 MB)
     ━━━━━━━━━━━━━━━ 190.5/190.5 MB 21.0 MB/s eta 0:00:00
Collecting six
  Using cached six-1.17.0-py2.py3-none-any.whl (11 kB)
Requirement already satisfied: numpy in /x (2.4.6)
Installing collected packages: six, torch
ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device
"""
    assert list(install.progress_lines(said.splitlines())) == [
        "  torch-2.13.0%2Bcpu-cp312-manylinux_2_28_x86_64.whl (190.5 MB)",
        "  unpacking 2 packages",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    ]


FAKE_PIP = """\
import json, os, pathlib, sys
words = sys.argv[1:]
if words == ["config", "list"]:
    print(os.environ.get("FAKE_CONFIG", ""))
    sys.exit(0)
with open(os.environ["FAKE_CALLS"], "a") as calls:
    calls.write(json.dumps(words[2:]) + "\\n")
if "--index-url" in words and os.environ.get("FAKE_INDEX") == "none":
    print("WARNING: Retrying (Retry(total=0)) after connection broken by 'ConnectTimeoutError'")
    print("ERROR: Could not find a version that satisfies the requirement")
    sys.exit(1)
if "-e" in words and os.environ.get("FAKE_DISK") == "full":
    print("ERROR: [Errno 28] No space left on device")
    sys.exit(1)
torch = [word for word in words if word.startswith("torch==")]
if torch or "-e" in words:
    site = pathlib.Path(".venv/lib/python3/site-packages")
    there = list(site.glob("torch-*"))
    build = (torch or ["torch==" + os.environ.get("FAKE_VERSION", "0")])[0].removeprefix("torch==")
    build += os.environ.get("FAKE_BUILD", "") if "+" not in build else ""
    if not there or "--force-reinstall" in words:
        for folder in there:
            folder.rmdir()
        (site / f"torch-{build}.dist-info").mkdir(parents=True)
print("Collecting torch")
print("  Downloading torch-2.whl (190.5 MB)")
"""


class Clone:
    """A folder with what setting up needs, and a pip that writes down what it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        shutil.copytree(ROOT / "locks", folder / "locks")
        for name in ("Makefile", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, folder)
        (folder / "fake" / "pip").mkdir(parents=True)
        (folder / "fake" / "pip" / "__init__.py").touch()
        (folder / "fake" / "pip" / "__main__.py").write_text(FAKE_PIP)
        (folder / "fake" / "ensurepip.py").touch()
        (folder / "fake" / "venv.py").write_text(
            "import os, sys\n"
            "os.makedirs(os.path.join(sys.argv[1], 'bin'), exist_ok=True)\n"
            "place = os.path.join(sys.argv[1], 'bin', 'python')\n"
            "open(place, 'w').write(f'#!/bin/sh\\nexec {sys.executable} \"$@\"\\n')\n"
            "os.chmod(place, 0o755)\n"
        )

    def make(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(self.folder / "fake"), "FAKE_CALLS": str(self.calls)}
        env |= {"FAKE_VERSION": VERSION}
        call = ["make", ".venv/.run", f"PYTHON={sys.executable}", *words]
        return subprocess.run(call, cwd=self.folder, env=env | environment, capture_output=True, text=True, check=False)

    def torch(self) -> list[str]:
        """The builds of it that are installed."""
        return [path.name for path in self.folder.glob(".venv/lib/python3/site-packages/torch-*")]

    def asked(self) -> list[list[str]]:
        return [json.loads(line) for line in self.calls.read_text().splitlines()] if self.calls.exists() else []


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_a_newcomer_sees_what_is_installed_and_how_much(clone: Clone) -> None:
    done = clone.make("TORCH=cpu")
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stdout.splitlines()
    assert (
        first.startswith("Installing torch, transformers and up to ")
        and "GB on disk" in first
        and first.endswith("torch: CPU build (TORCH=cpu).")
    )
    assert "  torch-2.whl (190.5 MB)" in done.stdout.splitlines()
    assert re.fullmatch(r"\.venv: \d+ packages, [\d,]+ MB, in \d+ s", last)
    version = install.pinned_torch((ROOT / "constraints.txt").read_text())
    alone, everything = clone.asked()
    assert alone[-3:] == ["--index-url", install.CPU_INDEX, f"torch=={version}+cpu"] and "--no-deps" in alone
    assert everything == ["-c", "constraints.txt", "-e", "."]
    clone.calls.unlink()
    assert clone.make("TORCH=cpu").returncode == 0 and not clone.asked(), "once"


def test_where_pytorchs_index_is_out_of_reach_the_other_build_is_taken(clone: Clone) -> None:
    done = clone.make("TORCH=cpu", FAKE_INDEX="none")
    assert done.returncode == 0, done.stderr
    assert "the build of the package index is taken instead" in done.stdout
    assert "ERROR" not in done.stdout, "that is no error"
    assert len(clone.asked()) == 2


@pytest.mark.parametrize("words", [["TORCH=cuda"], []], ids=["asked for", "own index"])
def test_no_other_host_is_asked(clone: Clone, words: list[str]) -> None:
    done = clone.make(*words, FAKE_CONFIG="global.find-links='/wheels'")
    assert done.returncode == 0, done.stderr
    (everything,) = clone.asked()
    assert "--index-url" not in everything


def test_a_full_disk_is_said_and_nothing_counts_as_done(clone: Clone) -> None:
    done = clone.make(FAKE_CONFIG="global.find-links='/wheels'", FAKE_DISK="full")
    assert done.returncode == 2
    assert "ERROR: [Errno 28] No space left on device" in done.stdout
    assert "error: .venv could not be set up: the disk is full" in done.stderr
    assert not (clone.folder / ".venv" / ".run").exists()


def test_a_python_without_venv_is_told_from_others(clone: Clone) -> None:
    (clone.folder / "fake" / "venv.py").write_text("raise SystemExit('ensurepip is not available')")
    done = clone.make()
    assert done.returncode == 2 and "python3-venv" in done.stderr and "ensurepip is not available" in done.stdout
    assert not clone.asked()


def test_another_build_than_there_are_is_refused(clone: Clone) -> None:
    done = clone.make("TORCH=gpu")
    assert done.returncode == 2 and "TORCH=gpu: give cpu or cuda" in done.stderr
    assert not clone.asked()


@pytest.mark.parametrize(("first", "then", "build"), [("cpu", "cuda", ""), ("cuda", "cpu", "+cpu")])
def test_the_build_that_is_asked_for_takes_the_place_of_the_other(
    clone: Clone, first: str, then: str, build: str
) -> None:
    """Also where the environment is up to date; pip finds its requirement met by either."""
    assert clone.make(f"TORCH={first}").returncode == 0
    other = clone.torch()
    clone.calls.unlink()
    done = clone.make(f"TORCH={then}")
    assert done.returncode == 0, done.stderr
    assert other != clone.torch() == [f"torch-{VERSION}{build}.dist-info"]
    assert f"(TORCH={then}) in place of {VERSION}" in done.stdout
    alone, _ = clone.asked()
    assert "--force-reinstall" in alone and "--no-deps" in alone
    clone.calls.unlink()
    assert clone.make(f"TORCH={then}").returncode == 0 and clone.make().returncode == 0 and not clone.asked(), "once"


def test_what_is_there_stays_where_nobody_asks_and_that_is_said(clone: Clone) -> None:
    assert clone.make("TORCH=cpu").returncode == 0
    (clone.folder / ".venv" / ".run").unlink()
    done = clone.make(FAKE_CONFIG="global.find-links='/wheels'")
    assert (
        f"torch: {VERSION}+cpu is there already and stays; TORCH=cuda asks for the other build (pip is" in done.stdout
    )
    assert clone.torch() == [f"torch-{VERSION}+cpu.dist-info"]


def test_where_there_is_no_other_build_that_is_said(clone: Clone) -> None:
    """In a new environment, and in one that has it already."""
    for _ in range(2):
        done = clone.make("TORCH=cuda", FAKE_BUILD="+cpu")
        assert done.returncode == 0 and f"torch is {VERSION}+cpu nonetheless" in done.stdout


def test_a_torch_stays_where_pytorchs_index_is_out_of_reach(clone: Clone) -> None:
    assert clone.make("TORCH=cuda").returncode == 0
    done = clone.make("TORCH=cpu", FAKE_INDEX="none")
    assert done.returncode == 0 and f"torch {VERSION} stays." in done.stdout
    assert clone.torch() == [f"torch-{VERSION}.dist-info"]
    clone.calls.unlink()
    assert clone.make("TORCH=cpu").returncode == 0 and clone.torch() == [f"torch-{VERSION}+cpu.dist-info"], "asked anew"


def test_what_failed_halfway_counts_as_neither_build(clone: Clone) -> None:
    assert clone.make("TORCH=cpu").returncode == 0
    assert clone.make("TORCH=cuda", FAKE_DISK="full").returncode == 2
    done = clone.make("TORCH=cpu")
    assert done.returncode == 0 and clone.torch() == [f"torch-{VERSION}+cpu.dist-info"]
