"""A report that is published holds nothing but itself."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.publish.links import refuse_foreign
from harness.report.publish.site import publish_site
from harness.state.files.folder import SweepFolder
from harness.state.files.ownership import SHARED
from kd.errors import InputError


@pytest.fixture
def sweep(tmp_path: Path) -> SweepFolder:
    """A sweep with a report, beside a file that is nobody's business."""
    folder = SweepFolder(tmp_path / "results", "study")
    (folder.path / "report" / "zh").mkdir(parents=True)
    (folder.path / "report" / "index.html").write_text("index")
    (tmp_path / "key").write_text("secret")
    return folder


def link_to_file(report: Path, key: Path) -> Path:
    (report / "zh" / "a.png").symlink_to(key)
    return report / "zh" / "a.png"


def link_to_folder(report: Path, key: Path) -> Path:
    (report / "figures").symlink_to(key.parent)
    return report / "figures"


def link_to_nothing(report: Path, key: Path) -> Path:
    (report / "later.csv").symlink_to(key.with_name("nothing"))
    return report / "later.csv"


def report_itself(report: Path, key: Path) -> Path:
    report.rename(key.with_name("elsewhere"))
    report.symlink_to(key.with_name("elsewhere"))
    return report


def pipe(report: Path, key: Path) -> Path:
    os.mkfifo(report / "zh" / "runs.csv")
    return report / "zh" / "runs.csv"


def open_folder(report: Path, key: Path) -> Path:
    (report / "zh").chmod(0o775)
    return report / "zh"


@pytest.mark.parametrize("plant", [link_to_file, link_to_folder, link_to_nothing, report_itself, pipe, open_folder])
def test_what_is_not_the_reports_own_is_named_and_nothing_is_published(
    sweep: SweepFolder, tmp_path: Path, plant: Callable[[Path, Path], Path]
) -> None:
    planted = plant(sweep.path / "report", tmp_path / "key")
    with pytest.raises(InputError, match=rf"^{planted} .*nothing is published; .*python -m harness report .*$"):
        publish_site(sweep, tmp_path / "web")
    assert not (tmp_path / "web").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_second_name_of_another_users_file_is_no_part_of_the_report(sweep: SweepFolder, tmp_path: Path) -> None:
    os.chown(tmp_path / "key", 12001, 12001)
    (sweep.path / "report" / "key.csv").hardlink_to(tmp_path / "key")
    with pytest.raises(InputError, match=r"key\.csv is of another owner than the report"):
        refuse_foreign(sweep.path / "report")


def test_a_results_folder_may_lie_behind_a_link(sweep: SweepFolder, tmp_path: Path) -> None:
    """As where a home is small, and results are on a scratch disk."""
    (tmp_path / "home").symlink_to(tmp_path / "results")
    publish_site(SweepFolder(tmp_path / "home", "study"), tmp_path / "web")
    assert (tmp_path / "web" / "index.html").read_text() == "index"


def test_a_group_that_shares_on_purpose_can_publish(sweep: SweepFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    open_folder(sweep.path / "report", Path())
    monkeypatch.setenv(SHARED, "1")
    refuse_foreign(sweep.path / "report")
