"""What a job's process loads: a pickle can run anything, so nobody else may have written it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from submitit.core.utils import DelayedSubmission

from harness.cluster.entry import load_own
from harness.cluster.submission import ENTRY
from harness.state.files.ownership import SHARED
from tests.support.other_user import ANNA, BERT, as_user, needs_root
from tests.support.root import ROOT

JOB = {"SUBMITIT_EXECUTOR": "local", "SUBMITIT_LOCAL_JOB_ID": "7"}


class Loud:
    """An object whose pickle runs a command when it is loaded."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self._mark}",)


def start_job(logs: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", ENTRY, str(logs)]
    return subprocess.run(
        words, cwd=ROOT, env=os.environ | JOB | environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with a submission that says a word."""
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o700)
    DelayedSubmission(print, "done").dump(folder / "7_submitted.pkl")
    return folder


def test_a_job_runs_what_its_user_submitted(logs: Path) -> None:
    job = start_job(logs)
    assert job.returncode == 0
    assert "done" in job.stdout.splitlines()
    assert (logs / "7_0_result.pkl").exists()


@pytest.mark.parametrize("place", ["logs", "logs/7_submitted.pkl"])
def test_what_others_can_write_is_not_loaded_and_leaves_no_result(logs: Path, place: str) -> None:
    """No result: to the controller such a job never began, and after some in a row it says so."""
    logs.chmod(0o755)
    (logs.parent / place).chmod(0o775)
    job = start_job(logs)
    assert job.returncode == 1
    assert job.stderr.splitlines()[-1].startswith(
        f"error: {logs.parent / place} can be written by others (mode 0775), and what it says would be done as "
    )
    assert "done" not in job.stdout.splitlines()
    assert not (logs / "7_0_result.pkl").exists()
    assert "done" in start_job(logs, **{SHARED: "1"}).stdout.splitlines()


@needs_root
def test_a_pickle_that_another_user_put_in_its_place_is_not_run(common: Path) -> None:
    """As it could be done under umask 002 to whoever cancelled a sweep."""
    logs, mark = common / "logs", common / "mark"
    as_user(ANNA, lambda: logs.mkdir(), umask=0)
    as_user(BERT, lambda: DelayedSubmission(Loud(mark)).dump(logs / "7_submitted.pkl"))
    for mode in (0o777, 0o755):
        logs.chmod(mode)
        with pytest.raises(SystemExit, match="can be written by others" if mode == 0o777 else "belongs to user"):
            as_user(ANNA, lambda: load_own(logs / "7_submitted.pkl"))
    assert not mark.exists()


def test_nothing_but_a_jobs_own_process_loads_pickles() -> None:
    """Neither ``cancel`` nor any verb that looks: they read JSON."""
    loads = re.compile(r"(?<!allow_)pickle|DelayedSubmission\.load|\.submission\(\)|\bjob\w*\.(results?|exception)\(")
    modules = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "harness").rglob("*.py")}
    code = {name: ast.unparse(_without_docstrings(ast.parse(path.read_text()))) for name, path in modules.items()}
    assert {name for name, text in code.items() if loads.search(text)} <= {
        "harness/cluster/entry.py",
        "harness/cluster/local.py",  # asks whether there is a result, and does not read it
        "harness/cluster/submission.py",  # removes that of an earlier job
    }
    assert "allow_pickle=True" not in "".join(code.values())


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
    return tree
