"""Writing the pages on all sweeps, and leaving them where they would be the same."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.report.build import build_report
from harness.report.index import overview
from harness.report.index.overview import STAMP, write_overview
from tests.support.secret_sweep import SECRETS


def test_rebuilding_gives_the_same_bytes(results: Path) -> None:
    index = write_overview(results)
    before = index.read_bytes()
    assert write_overview(results).read_bytes() == before
    assert not list(results.glob(".*.tmp"))


def test_sweeps_that_end_together_all_appear(results: Path) -> None:
    """Whoever writes last has read last, so no sweep's end is overwritten by an older view."""
    names = [f"copy{number}" for number in range(6)]

    def end(name: str) -> None:
        shutil.copytree(results / "invented", results / name)
        write_overview(results)

    threads = [threading.Thread(target=end, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    page = (results / "index.html").read_text()
    assert all(f'href="{name}/report/index.html"' in page for name in names)


def test_an_empty_folder_has_a_page(tmp_path: Path) -> None:
    assert "no sweep yet" in write_overview(tmp_path).read_text()


@pytest.mark.thorough
def test_the_pages_over_all_sweeps_tell_nothing_of_the_machine(secret_sweep: Callable[[], Path]) -> None:
    folder = secret_sweep()
    build_report(folder, folder.parent / ".data")
    shutil.copytree(folder, folder.with_name("beside"))
    write_overview(folder.parent)
    for path in folder.parent.glob("*.html"):
        for secret in SECRETS:
            assert secret not in path.read_text(), (path.name, secret)
    assert "folder:…/фото 猫" in (folder.parent / "compare.html").read_text()


def ages(results: Path) -> list[int]:
    return [path.stat().st_ino for path in sorted(results.glob("*.html"))]


def test_unchanged_pages_are_left(results: Path) -> None:
    write_overview(results)
    before = ages(results)
    assert write_overview(results, only_if_changed=True) == results / "index.html"
    assert ages(results) == before
    write_overview(results)
    assert ages(results) != before, "make index writes whatever is there"


@pytest.mark.parametrize(
    "change",
    [
        lambda results: shutil.copytree(results / "invented", results / "other"),
        lambda results: shutil.rmtree(results / "invented" / "report"),
        lambda results: next(results.glob("invented/runs/baseline-*/metrics.json")).unlink(),
        lambda results: (results / "a folder of mine").mkdir(),
        lambda results: (results / "compare.zh.html").unlink(),
        lambda results: (results / "index.html").write_text("edited"),
        lambda results: (results / STAMP).write_text("{"),
        lambda results: (results / STAMP).unlink(),
    ],
    ids=["sweep", "its report gone", "a run gone", "folder", "page deleted", "page edited", "damaged", "unknown"],
)
def test_they_are_written_again_whatever_changed(results: Path, change: Callable[[Path], Any]) -> None:
    """That of another sweep above all: its own start has not been here."""
    write_overview(results)
    change(results)
    expected = results.with_name("expected")
    shutil.copytree(results, expected, symlinks=True)
    write_overview(results, only_if_changed=True)
    write_overview(expected)
    pages = {path.name: path.read_bytes() for path in results.glob("*.html")}
    assert pages == {path.name: path.read_bytes() for path in expected.glob("*.html")} and len(pages) == 4


def test_a_folder_that_is_read_alone_is_said_to_be(results: Path, monkeypatch: Any) -> None:
    write_overview(results)

    def refuse(*words: Any, **more: Any) -> None:
        raise PermissionError(13, "Permission denied", str(results))

    monkeypatch.setattr(overview, "write_bytes", refuse)
    write_overview(results, only_if_changed=True)
    os.utime(results / "index.html", (0, 0))
    write_overview(results, only_if_changed=True)  # a copy's times mean nothing
    (results / "index.html").unlink()
    with pytest.raises(PermissionError):
        write_overview(results, only_if_changed=True)
