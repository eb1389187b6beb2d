"""What the program tells a person to type is typed, letter for letter, into a shell."""

import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.console.hints import Hints
from harness.state.files.folder import SweepFolder
from tests.support.root import ROOT
from tests.support.sweep_lab import MINI

pytestmark = pytest.mark.slow

COMMAND = re.compile(r"\S*python\S* -m harness [a-z]+ [^;,)\n]*")
# It fails in a job alone: what fails at once is refused before there is a sweep.
FACTORY = """
import os
from pathlib import Path
from torch import nn
from kd.models import build_model

class Net(nn.Module):
    def __init__(self, num_classes, input_shape):
        super().__init__()
        self.net = build_model("mnist_mlp", num_classes, input_shape).net

    def forward(self, images):
        if self.training and "SUBMITIT_LOCAL_JOB_ID" in os.environ and not Path(__file__).with_name("mended").exists():
            raise KeyError("not mended")
        return self.net(images)

def build(num_classes, input_shape):
    return Net(num_classes, input_shape)
"""


def commands(text: str) -> list[str]:
    return [found.strip() for found in COMMAND.findall(text)]


def type_in(command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def sweep(lab: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sweep whose name, file, overrides and cluster all have to be in a command that goes on with it."""
    (tmp_path / "its_student.py").write_text(FACTORY)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    (tmp_path / "two slots.yaml").write_text("{kind: local, slots: 2}")
    path: Path = lab.write(student=MINI["student"] | {"model": "its_student:build"}, search=None)
    return path


def test_every_printed_command_goes_on_with_the_same_sweep(lab: Any, sweep: Path, tmp_path: Path) -> None:
    words = ("--sweep", str(sweep), "--set", "seeds=1 student.epochs=1", "--cluster", str(tmp_path / "two slots.yaml"))
    failed = lab.run("sweep", *words)
    assert failed.returncode == 1, failed.stderr
    why, again = commands(failed.stdout)[-2:]
    assert re.search(r"run\(s\) failed, first \S+ \(code error: .*not mended", failed.stdout)
    assert "--retry-failed" in again  # bad input alone is tried by every start
    assert "KeyError: 'not mended'" in type_in(why).stdout

    status = lab.run("status", "--sweep", "mini")
    assert commands(status.stdout)[-1].startswith(again.partition(" --retry")[0])
    (tmp_path / "mended").touch()
    done = type_in(again)
    assert done.returncode == 0, done.stdout + done.stderr
    record = SweepFolder(lab.results, "mini").read_sweep()
    assert (record.overrides, record.sweep.seeds) == ("seeds=1 student.epochs=1", 1)
    assert "mini is complete" in type_in(commands(Hints(SweepFolder(lab.results, "mini")).status())[0]).stdout


def test_after_ctrl_c_the_printed_commands_re_attach_and_cancel(lab: Any, sweep: Path, tmp_path: Path) -> None:
    (tmp_path / "mended").touch()
    words = (
        "--sweep",
        str(sweep),
        "--set",
        "seeds=2 student.epochs=200",
        "--cluster",
        str(tmp_path / "two slots.yaml"),
    )
    running = lab.start("sweep", *words)
    for line in running.stdout:
        if "mini 0/" in line or "mini 1/" in line:
            break
    running.send_signal(signal.SIGINT)
    again, cancel = commands(running.communicate()[0])[-2:]
    assert "--cluster" in again and "student.epochs=200" in again
    stopped = type_in(cancel)
    assert stopped.returncode == 0, stopped.stderr
    assert "Cancelled" in stopped.stdout
    (at_last,) = commands(stopped.stdout)
    assert at_last == again
