"""Where a sweep's jobs keep compiled code, and when it goes."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from harness.cluster.compiled_code import FOLDER, VARIABLE, forget_compiled_code, share_compiled_code
from kd.errors import InputError

AVX2 = "Xeon, AVX2"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "set, so that it is restored")
    monkeypatch.delenv(VARIABLE)


def runs(lab: Any, **student: Any) -> tuple[Path, list[str]]:
    """A sweep's folder with its baselines, and their names."""
    plan, folder = lab.open(student={"model": "mnist_mlp", "epochs": 1, "batch_size": 32} | student)
    baselines = plan.baselines()
    for run in baselines:
        folder.add(run)
    return folder.path, [run.id for run in baselines]


def test_nothing_is_kept_for_runs_that_are_not_compiled(lab: Any) -> None:
    sweep, run_ids = runs(lab)
    share_compiled_code(sweep, run_ids, AVX2)
    assert VARIABLE not in os.environ and not (sweep / FOLDER).exists()
    forget_compiled_code(sweep)


@pytest.mark.parametrize("compile", [True, "auto"])
def test_jobs_that_compile_share_a_folder_that_others_do_not_reach(lab: Any, compile: Any) -> None:
    sweep, run_ids = runs(lab, compile=compile)
    share_compiled_code(sweep, run_ids, AVX2)
    folder = Path(os.environ[VARIABLE])
    assert folder.parents[1] == sweep / FOLDER and stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    folder.mkdir()
    (folder / "kernel.so").write_text("")
    del os.environ[VARIABLE]
    share_compiled_code(sweep, run_ids, AVX2)
    assert os.environ[VARIABLE] == str(folder) and (folder / "kernel.so").exists()
    del os.environ[VARIABLE]
    share_compiled_code(sweep, run_ids, "Xeon, AVX512")  # what is for one processor computes nan on another
    assert os.environ[VARIABLE] != str(folder)
    forget_compiled_code(sweep)
    assert not (sweep / FOLDER).exists()


def test_another_users_compiled_code_stays_when_ones_own_goes(lab: Any) -> None:
    sweep, run_ids = runs(lab, compile=True)
    share_compiled_code(sweep, run_ids, AVX2)
    (sweep / FOLDER / "4711").mkdir()
    forget_compiled_code(sweep)
    assert [path.name for path in (sweep / FOLDER).iterdir()] == ["4711"]


@pytest.mark.skipif(os.getuid() != 0, reason="to give a file to somebody else takes root")
def test_code_that_somebody_else_put_there_is_refused(lab: Any) -> None:
    sweep, run_ids = runs(lab, compile=True)
    folder = sweep / FOLDER / str(os.getuid())
    folder.mkdir(parents=True)
    os.chown(folder, 4711, 4711)
    with pytest.raises(InputError, match=f"{os.getuid()} belongs to user 4711 "):
        share_compiled_code(sweep, run_ids, AVX2)


def test_a_place_that_the_user_chose_stays(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep, run_ids = runs(lab, compile=True)
    monkeypatch.setenv(VARIABLE, "/elsewhere")
    share_compiled_code(sweep, run_ids, AVX2)
    assert os.environ[VARIABLE] == "/elsewhere" and not (sweep / FOLDER).exists()
