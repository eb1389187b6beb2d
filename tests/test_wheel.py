"""The program as a person installs it: a wheel, an environment, an empty folder."""

import json
import os
import site
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from harness import __version__
from harness.shipped import CHECKOUT

pytestmark = pytest.mark.slow
SMALL = "teacher.epochs=1 student.epochs=1 seeds=2 search.num_trials=1 compare=[] data.max_train=500 data.max_test=200"
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds the built wheel, and borrows what it needs from the one of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    assert CHECKOUT is not None
    words = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(CHECKOUT)]
    subprocess.run([*pip, *words], check=True)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    (packages,) = (folder / "venv").glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text("\n".join(site.getsitepackages()))
    python = str(folder / "venv" / "bin" / "python")
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--ignore-installed", str(wheel)], check=True)
    return folder / "venv"


@pytest.fixture(scope="module")
def shell(environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A shell in an empty folder of somebody else's repository, with ``kd-sweep`` on its path."""
    folder = tmp_path_factory.mktemp("repository")
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "theirs"], check=True)
    (folder / "study").mkdir()
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env["PATH"] = f"{environment / 'bin'}{os.pathsep}{env['PATH']}"

    def run(command: str, cwd: Path = folder / "study") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(["sh", "-c", command], cwd=cwd, env=env, capture_output=True, text=True, check=False)

    return run


def said(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_program_is_the_installed_one(shell: Shell, environment: Path) -> None:
    where = said(shell("python -c 'import harness, kd; print(harness.__file__); print(kd.__file__)'"))
    assert all(line.startswith(str(environment)) for line in where.splitlines())
    assert said(shell("kd-sweep --version")) == f"kd-sweep {__version__}\n"
    assert "quickstart" not in said(shell("kd-sweep --help")) and "init" in said(shell("kd-sweep --help"))


def test_from_an_empty_folder_to_a_report(shell: Shell, tmp_path: Path) -> None:
    told = shell("kd-sweep sweep")
    assert told.returncode == 2 and "to write one: kd-sweep init\n" in told.stderr

    assert "Next: kd-sweep sweep quickstart" in said(shell("kd-sweep init"))
    assert "is there already" in shell("kd-sweep init").stderr

    assert "results/quickstart/report/index.html" in said(shell(f"kd-sweep sweep quickstart --set '{SMALL}'"))
    code = json.loads(said(shell("cat results/quickstart/provenance.json")))["code"]
    assert code["commit"] is None, "the commit of a repository that happens to lie around it"
    assert code["versions"]["kd-sweep"] == __version__

    said(shell("rm -r results/quickstart/report && kd-sweep report"))
    again = said(shell("cat results/quickstart/report/provenance.html"))
    assert f"kd-sweep sweep quickstart --set &#39;{SMALL}&#39;" in again, "how to do it again"
    assert f"kd-sweep {__version__}" in said(shell("cat results/quickstart/report/index.html"))

    assert "quickstart" in said(shell("kd-sweep status"))
    assert "quickstart" in said(shell('make status && make plan SET="seeds=3"'))
    assert said(shell("kd-sweep schema cluster")) == said(shell("cat sweeps/schema/cluster.json"))
    said(shell(f"kd-sweep publish --dir '{tmp_path / 'site'}'"))
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_network_of_ones_own_lies_beside_the_sweep(shell: Shell) -> None:
    """In the folder where ``kd-sweep`` is started, without an installation or a ``PYTHONPATH``."""
    shell("kd-sweep init")
    own = f"name=own student.model=acme.nets:small {SMALL}"
    missing = shell(f"kd-sweep plan quickstart --set '{own}'")
    assert missing.returncode == 2 and "acme" in missing.stderr and "PYTHONPATH" in missing.stderr
    code = "def small(n, shape): return nn.Sequential(nn.Flatten(), nn.Linear(math.prod(shape), n))"
    said(shell(f"mkdir -p acme && echo 'import math\nfrom torch import nn\n{code}' > acme/nets.py"))
    assert "results/own/report/index.html" in said(shell(f"kd-sweep sweep quickstart --set '{own}'"))
    assert '"state": "complete"' in said(shell("kd-sweep status own --json"))
