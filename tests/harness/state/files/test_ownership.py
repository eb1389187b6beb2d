"""A sweep's folders are its user's alone: another user of the machine reaches nothing that would be obeyed."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.state.files.folder import SweepFolder
from harness.state.files.ownership import (
    CLOSED,
    SHARED,
    check_readable,
    claim,
    keep_from_writers,
    make_closed,
    open_own,
)
from kd.errors import InputError
from kd.files import write_bytes
from tests.support.other_user import ANNA, BERT, as_user, needs_root
from tests.support.root import ROOT


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(sweep: Path) -> dict[str, int]:
    return {name: mode(sweep / name) for name in CLOSED}


@pytest.fixture
def umask(request: pytest.FixtureRequest) -> Any:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077], indirect=True)
def test_whatever_the_umask_others_enter_no_folder_that_is_obeyed(tmp_path: Path, umask: int) -> None:
    folder = SweepFolder(tmp_path / "results", "mini")
    assert folder.create() == []
    assert modes(folder.path) == dict.fromkeys(CLOSED, 0o700)
    assert not mode(folder.path) & 0o022
    write_bytes(folder.path / "sweep.yaml", b"")
    assert not mode(folder.path / "sweep.yaml") & 0o022
    assert folder.create() == []


@pytest.mark.parametrize("umask", [0o002], indirect=True)
def test_a_folder_of_a_group_stays_one(tmp_path: Path, umask: int) -> None:
    tmp_path.chmod(0o2775)
    claim(tmp_path / "mini")
    assert mode(tmp_path / "mini") == 0o2755
    assert modes(tmp_path / "mini") == dict.fromkeys(CLOSED, 0o2700)


def leave_open(sweep: Path) -> None:
    """As an earlier version made it under a wide umask."""
    for name in ("runs/teacher-1", "logs", "jobs"):
        (sweep / name).mkdir(parents=True)
    (sweep / "runs" / "teacher-1" / "config.json").touch()
    (sweep / "sweep.yaml").touch()
    for path in (sweep, *sweep.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)


def test_what_an_earlier_version_left_open_is_closed_said_once_and_goes_on(tmp_path: Path) -> None:
    sweep = tmp_path / "mini"
    leave_open(sweep)
    assert claim(sweep) == [f"{sweep}: others could write there; closed to them now: jobs, logs, runs"]
    assert modes(sweep) == dict.fromkeys(CLOSED, 0o700)
    assert (mode(sweep), mode(sweep / "sweep.yaml")) == (0o755, 0o644)
    assert (sweep / "runs" / "teacher-1" / "config.json").exists()
    assert claim(sweep) == []
    (sweep / "logs").chmod(0o755)
    assert claim(sweep) == [f"{sweep}: others could look there; closed to them now: logs"]


def test_below_a_closed_folder_nothing_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim(tmp_path / "mini")
    monkeypatch.setattr("harness.state.files.ownership._walk", lambda folder: pytest.fail("a walk"))
    claim(tmp_path / "mini")


def test_where_modes_mean_nothing_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on some mounts of other systems' disks."""
    leave_open(tmp_path / "mini")
    monkeypatch.setattr(Path, "chmod", lambda path, mode: None)
    with pytest.raises(InputError, match=rf"mini stays open to others \(mode 0777\).* {SHARED}=1$"):
        claim(tmp_path / "mini")
    monkeypatch.setenv(SHARED, "1")
    assert claim(tmp_path / "mini") == []


@needs_root
def test_another_users_sweep_is_refused_with_owner_mode_and_remedy(common: Path) -> None:
    sweep = common / "mini"
    as_user(ANNA, lambda: claim(sweep))
    expected = rf"^{sweep} belongs to user {ANNA} \(mode 0755\), and what it says would be done as user {BERT}: take a "
    with pytest.raises(InputError, match=expected + rf"results folder of your own, or trust .* {SHARED}=1$"):
        as_user(BERT, lambda: claim(sweep))
    with pytest.raises(InputError, match=rf"jobs is closed to others than user {ANNA} \(mode 0700\); open the report"):
        as_user(BERT, lambda: check_readable(sweep))
    as_user(ANNA, lambda: check_readable(sweep))


@needs_root
def test_a_link_that_another_user_made_leads_nowhere(common: Path) -> None:
    """Into a folder of the user's own that is no sweep."""
    as_user(ANNA, lambda: (common / "home").mkdir())
    as_user(BERT, lambda: (common / "mini").symlink_to("home"))
    with pytest.raises(InputError, match=rf"mini belongs to user {BERT} "):
        as_user(ANNA, lambda: claim(common / "mini"))
    assert list((common / "home").iterdir()) == []
    as_user(ANNA, lambda: (common / "his").symlink_to("home"))
    assert as_user(ANNA, lambda: claim(common / "his")) == []


@needs_root
def test_root_does_not_obey_what_a_user_wrote(common: Path) -> None:
    as_user(ANNA, lambda: claim(common / "mini"))
    with pytest.raises(InputError, match=rf"belongs to user {ANNA} .* would be done as root"):
        claim(common / "mini")


@needs_root
@pytest.mark.parametrize(
    "place",
    ["jobs/7.json", "runs/teacher-1/attempts.json", "logs/7_submitted.pkl", "sweep.yaml", "trials-dkd.json"],
)
def test_what_others_left_is_refused_until_it_is_gone(common: Path, place: str) -> None:
    sweep = common / "mini"
    as_user(ANNA, lambda: leave_open(sweep), umask=0)
    planted = sweep / place
    as_user(BERT, lambda: (planted.unlink(missing_ok=True), planted.touch()))
    for _ in range(2):
        with pytest.raises(
            InputError, match=rf"^{planted} belongs to user {BERT} \(mode 0644\).*: remove it, or trust"
        ):
            as_user(ANNA, lambda: claim(sweep))
    as_user(ANNA, planted.unlink)
    as_user(ANNA, lambda: claim(sweep))
    assert as_user(ANNA, lambda: claim(sweep)) == []


@needs_root
def test_nobody_reaches_a_folder_while_it_is_looked_through(common: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = common / "mini"
    as_user(ANNA, lambda: leave_open(sweep), umask=0)
    during: list[int] = []
    monkeypatch.setattr("harness.state.files.ownership._walk", lambda folder: during.append(mode(folder)) or iter(()))
    as_user(ANNA, lambda: [make_closed(sweep / "runs"), during])
    assert as_user(ANNA, lambda: mode(sweep / "runs")) == 0o700

    def plant() -> None:
        (sweep / "runs" / "teacher-1" / "failure.json").touch()

    (sweep / "runs").chmod(0o744)  # as it is meanwhile
    with pytest.raises(PermissionError):
        as_user(BERT, plant)


def test_the_docs_name_the_closed_folders() -> None:
    page = (ROOT / "docs" / "clusters.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"The folders that [^(]*\(([^)]*)\)\s+are closed to them", page)
    assert tuple(re.findall(r"`(\w+)`", named)) == CLOSED


@needs_root
@pytest.mark.parametrize("umask", [0o000, 0o002])
def test_a_neighbour_reads_the_report_and_nothing_else(common: Path, umask: int) -> None:
    """Of a sweep that was started under a wide umask, in a folder of a group that both are in."""
    common.chmod(0o2777)
    sweep = common / "results" / "mini"

    def start() -> None:
        claim(sweep)
        (sweep / "logs" / "7_submission.sh").write_text("export TOKEN=secret")
        (sweep / "report" / "zh").mkdir(parents=True)
        (sweep / "report" / "zh" / "index.html").write_text("the answer")
        keep_from_writers(sweep / "report")
        write_bytes(sweep / "sweep.yaml", b"name: mini")

    def refused(deed: Callable[[], Any]) -> bool:
        try:
            as_user(BERT, deed, umask, group=ANNA)
        except PermissionError:
            return True
        return False

    as_user(ANNA, start, umask)
    assert as_user(BERT, (sweep / "report" / "zh" / "index.html").read_text, umask, group=ANNA) == "the answer"
    assert refused((sweep / "logs" / "7_submission.sh").read_text)
    assert refused(lambda: list((sweep / "logs").iterdir()))
    for name in ("logs/8_submitted.pkl", "jobs/7.json", "report/zh/new.html", "runs/x", "sweep.yaml", "new.json"):
        assert refused(lambda name=name: (sweep / name).write_text("forged")), name
    assert refused(lambda: (sweep / "logs").rename(sweep / "old"))
    assert refused(lambda: (sweep / "report" / "zh" / "index.html").write_text("another answer"))


@needs_root
def test_a_group_that_says_so_shares_a_sweep(common: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SHARED, "1")
    group, outside = 13001, 13002
    os.chown(common, -1, group)
    common.chmod(0o2775)
    folder = SweepFolder(common, "mini")

    def control() -> int:
        assert folder.create() == []
        with folder.controlled(1):
            write_bytes(folder.path / "sweep.yaml", b"")
        return os.geteuid()

    for user in (ANNA, BERT, ANNA):
        assert as_user(user, control, 0o002, group) == user
    assert modes(folder.path) == dict.fromkeys(CLOSED, 0o2770)
    with pytest.raises(PermissionError):
        as_user(BERT, lambda: list((folder.path / "logs").iterdir()), 0o002, outside)


@needs_root
@pytest.mark.parametrize(
    ("owner", "folder_mode", "file_mode", "reason"),
    [
        (ANNA, 0o755, 0o644, None),
        (ANNA, 0o700, 0o666, None),
        (0, 0o755, 0o644, None),
        (ANNA, 0o775, 0o644, r"logs can be written by others \(mode 0775\).*: chmod go-w "),
        (ANNA, 0o755, 0o664, r"7\.pkl can be written by others \(mode 0664\).*: chmod go-w "),
        (BERT, 0o755, 0o644, rf"7\.pkl belongs to user {BERT} "),
    ],
)
def test_a_program_is_opened_if_nobody_else_can_have_written_it(
    common: Path, owner: int, folder_mode: int, file_mode: int, reason: str | None
) -> None:
    logs = common / "logs"
    logs.mkdir()
    (logs / "7.pkl").write_bytes(b"content")
    os.chown(logs / "7.pkl", owner, owner)
    os.chown(logs, ANNA, ANNA)
    logs.chmod(folder_mode)
    (logs / "7.pkl").chmod(file_mode)

    def read() -> bytes:
        with open_own(logs / "7.pkl") as stream:
            return stream.read()

    if reason is None:
        assert as_user(ANNA, read) == b"content"
    else:
        with pytest.raises(InputError, match=reason):
            as_user(ANNA, read)


def test_a_link_is_no_program(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.pkl").touch()
    (tmp_path / "7.pkl").symlink_to("elsewhere.pkl")
    with pytest.raises(OSError, match="symbolic links"):
        open_own(tmp_path / "7.pkl")
