"""Every file of a sweep's folder, damaged in every way: each verb says one line that names it and the way out."""

import errno
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.cli import app
from harness.state.attempts.files import last_attempt, read_attempts
from harness.state.attempts.lease import Hardware, take_lease
from harness.state.attempts.run_state import RunState
from harness.state.files.folder import SweepFolder
from harness.state.files.records import ControllerRecord, FalseStart, JobRecord
from harness.state.remedies import IS_NEWER, explain_os_error, explain_unreadable, lacks_files, remedy
from kd.errors import UnreadableFileError
from kd.files import write_record
from kd.records import Code, Failure, Pruning
from tests.support.sweep_lab import Lab

MOMENT = "2026-01-01T00:00:00Z"


def newer(content: bytes) -> bytes:
    return re.sub(rb'("?schema_version"?): 1\b', rb"\1: 99", content) if b"schema_version" in content else b"\0" * 9


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "binary": lambda content: bytes(range(128, 256)),
    "null": lambda content: b"null\n",
    "other types": lambda content: b'{"schema_version": 1, "sweep": 3, "code": 3, "trials": 3, "number": "x"}\n',
    "newer": newer,
}
RUN = "runs/baseline-"
FILES = (
    "sweep.yaml", "provenance.json", "trials.json", "optuna.journal", "controller.json", "refusal.json",
    "jobs/7.json", "jobs/never-began/8.json", f"{RUN}*-s0/config.json", f"{RUN}*-s0/attempts/0001.json",
    f"{RUN}*-s0/history.json", f"{RUN}*-s0/metrics.json", f"{RUN}*-s0/steps.npz", f"{RUN}*-s0/predictions.npz",
    f"{RUN}*-s0/model/config.json", f"{RUN}*-s0/model/model.safetensors", f"{RUN}*-s1/failure.json",
    "runs/search-*/pruning.json", "teacher_logits/*/index.json", "teacher_logits/*/view-0000.npy",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, digits: Path) -> Lab:
    """A finished sweep, with notes of jobs and a controller that are no more, and one run that failed."""
    results = tmp_path_factory.mktemp("whole") / "results"
    results.mkdir()
    (results / ".data").symlink_to(digits)
    lab = Lab(results)
    controller = lab.controller(**SWEEP)
    assert controller.run()
    folder = controller.folder
    write_record(folder.job_path("7"), JobRecord(job_id="7", run_ids=("gone-1",), submitted_at=MOMENT))
    write_record(folder.false_start_path("8"), FalseStart(job_id="8", run_ids=("gone-1",), ended_at=MOMENT))
    write_record(
        folder.path / "controller.json",
        ControllerRecord(host="elsewhere", pid=1, process_created=1.0, started_at=MOMENT, num_slots=1),
    )
    write_record(folder.path / "refusal.json", Failure(kind="bad input", reason="none"))
    (folder.path / "provenance.json").write_text('{"schema_version": 1, "code": {}, "cluster": "local"}')
    write_record(
        next(folder.path.glob("runs/search-*")) / "pruning.json", Pruning(metric="val_accuracy", thresholds={1: 0.1})
    )
    failed = next(folder.path.glob(f"{RUN}*-s1"))
    (failed / "metrics.json").unlink()
    write_record(failed / "failure.json", Failure(kind="code error", reason="none"))
    return lab


SWEEP: dict[str, Any] = {"search": {"num_trials": 1}, "seeds": 2}


@pytest.fixture
def sweep(whole: Lab, tmp_path: Path) -> SweepFolder:
    """A copy to be damaged."""
    shutil.copytree(whole.results, tmp_path / "results", symlinks=True)
    return SweepFolder(tmp_path / "results", "mini")


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run_of(folder: SweepFolder, seed: int = 0) -> Path:
    return next(folder.path.glob(f"{RUN}*-s{seed}"))


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_whoever_looks_is_told_in_a_line_and_nothing_is_lost(sweep: SweepFolder, name: str, damage: str) -> None:
    (path,) = sweep.path.glob(name)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    before = files_of(sweep.path)
    for words in (["status"], ["why", "--run", run_of(sweep).name], ["why", "--run", run_of(sweep, 1).name]):
        result = CliRunner().invoke(app, [*words, "mini", "--results", str(sweep.path.parent)])
        assert result.exit_code in (0, 1, 2), result.exception  # status: 1, since a run failed
        assert isinstance(result.exception, SystemExit | None), result.exception
        lines = [line for line in (result.stdout + result.stderr).splitlines() if path.name in line and "; " in line]
        if result.exit_code == 2:
            (line,) = result.stderr.splitlines()
            assert line.startswith(f"error: {path}: ")
            assert line in lines
        for line in lines:
            assert ("update this program" in line) is (damage == "newer"), line
    assert files_of(sweep.path) == before


@pytest.mark.parametrize("name", [*FILES[4:8], f"{RUN}*-s0/attempts/0001.json"])
def test_status_goes_on_where_nothing_hangs_on_the_file_and_names_it(sweep: SweepFolder, name: str) -> None:
    (path,) = sweep.path.glob(name)
    path.write_text("{")
    result = CliRunner().invoke(app, ["status", "mini", "--results", str(sweep.path.parent)])
    assert result.exit_code == (2 if name == "refusal.json" else 1), result.stderr  # 1: a run of it failed
    assert f"{path}: Invalid JSON" in result.stdout + result.stderr


@pytest.mark.parametrize("damage", ["empty", "other types", "newer"])
@pytest.mark.parametrize("name", [name for name in FILES if name not in ("sweep.yaml", "provenance.json")])
def test_a_sweep_can_be_cancelled_whatever_is_damaged(sweep: SweepFolder, name: str, damage: str) -> None:
    (path,) = sweep.path.glob(name)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    result = CliRunner().invoke(app, ["cancel", "mini", "--results", str(sweep.path.parent)])
    assert result.exit_code == 0, result.output


REDONE = {"metrics.json", "history.json"}
"""Files whose loss costs a run; ``failure.json`` costs nothing."""


@pytest.mark.parametrize("damage", ["half", "null", "newer"])
@pytest.mark.parametrize("name", [name for name in FILES if name not in ("sweep.yaml", "provenance.json")])
def test_a_start_goes_on_or_says_why_not_and_the_way_out_is_one(sweep: SweepFolder, name: str, damage: str) -> None:
    (path,) = sweep.path.glob(name)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    lab = Lab(sweep.path.parent)
    try:
        lab.controller(**SWEEP).run()
    except UnreadableFileError as error:
        assert error.path == path
        line = explain_unreadable(error)
        if damage == "newer":
            assert line.endswith("; update this program")
            return
        assert "; delete it" in line
        path.unlink()
        if "metrics.json beside it" in line:
            (path.parent / "metrics.json").unlink()
        assert path.name in REDONE
    controller = lab.controller(**SWEEP)
    controller.run()
    assert controller.state_of(run_of(sweep).name) == RunState.COMPLETE


def test_a_damaged_attempt_still_counts_and_is_waited_for_as_one_on_another_host(sweep: SweepFolder) -> None:
    import os

    run = run_of(sweep)
    path = run / "attempts" / "0001.json"
    path.write_text("")
    (attempt,) = read_attempts(run)
    assert (attempt.number, attempt.damage) == (
        1,
        f"{path}: Invalid JSON: EOF while parsing a value at line 1 column 0; {remedy(path, '')}",
    )
    assert take_lease(run, "9", Hardware(), Code()) is None  # it was written a moment ago
    os.utime(path, (0, 0))
    assert take_lease(run, "9", Hardware(), Code()) is not None
    assert last_attempt(run).number == 2
    assert path.read_text() == ""


@pytest.mark.parametrize(
    ("path", "way_out"),
    [
        ("r/.data/abc/index.json", "delete the folder abc: the next start of the sweep makes it again"),
        (
            "r/a/teacher_logits/logits-1/view-0000.npy",
            "delete the folder logits-1: the next start of the sweep makes it",
        ),
        ("r/a/runs/teacher-1/model/config.json", "delete the folder model: the next start of the sweep makes it again"),
        ("r/a/runs/teacher-1/config.json", "the next start of the sweep writes it anew"),
        ("r/a/jobs/7.json", "delete it: a run at work is known without"),
        ("r/a/unknown.bin", "delete it, or bring back a copy"),
    ],
)
def test_the_way_out_of_each_file(path: str, way_out: str) -> None:
    assert remedy(Path(path), "Invalid JSON").startswith(way_out)
    assert remedy(Path(path), f"schema version 9 {IS_NEWER} (1)") == "update this program"


def test_the_whole_sweep_is_whole(whole: Lab) -> None:
    folder = SweepFolder(whole.results, "mini")
    assert folder.unreadable() == []
    for name in FILES:
        assert len(list(folder.path.glob(name))) == 1, name
    assert json.loads((run_of(folder) / "metrics.json").read_text())["status"] == "complete"


@pytest.mark.parametrize(("num_files", "num_left", "is_said"), [(90, 0, True), (90, 1, False), (0, 0, False)])
def test_a_file_system_that_holds_no_more_files_is_told_from_one_without_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, num_files: int, num_left: int, is_said: bool
) -> None:
    """Some count no files at all."""
    counts = os.statvfs_result((4096, 4096, 9, 9, 9, num_files, num_left, num_left, 0, 255))
    monkeypatch.setattr("harness.state.remedies.os.statvfs", lambda path: counts)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "gone" / "config.json"))

    def make_file(dir: Path) -> None:
        raise full

    monkeypatch.setattr("harness.state.remedies.tempfile.NamedTemporaryFile", make_file)
    path, text = full.filename, explain_os_error(full)
    said = " for one more file, whatever its size (see df -i)" if is_said else ""
    assert text == f"{path}: No space left on device{said}"


def test_a_file_system_that_takes_a_file_is_not_full_whatever_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = os.statvfs_result((4096, 4096, 9, 9, 9, 90, 0, 0, 0, 255))
    monkeypatch.setattr("harness.state.remedies.os.statvfs", lambda path: counts)
    assert not lacks_files(tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
