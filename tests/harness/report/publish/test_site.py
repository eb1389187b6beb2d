"""A published site: whole, its own folder, never over anything that publishing did not write."""

from pathlib import Path

import pytest

from harness.report.publish.site import publish_site
from harness.state.folder import SweepFolder
from kd.errors import InputError


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def sweep(tmp_path: Path) -> SweepFolder:
    """A sweep with a site of two languages."""
    folder = SweepFolder(tmp_path / "results", "study")
    for name in ("index.html", "class-0.html", "zh/index.html"):
        path = folder.path / "report" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


@pytest.mark.parametrize("there", [False, True])
def test_the_whole_site_is_copied_and_nothing_else(sweep: SweepFolder, tmp_path: Path, there: bool) -> None:
    target = tmp_path / "web" / "study"
    if there:
        target.mkdir(parents=True)
    assert publish_site(sweep, target) == target / "index.html"
    copied = content(target)
    assert copied.items() >= content(sweep.path / "report").items()
    assert set(copied) - set(content(sweep.path / "report")) == {"written.json", ".nojekyll"}
    assert [path.name for path in target.parent.iterdir()] == ["study"]


def test_publishing_again_replaces_the_site(sweep: SweepFolder, tmp_path: Path) -> None:
    target = tmp_path / "web"
    publish_site(sweep, target)
    first = content(target)
    publish_site(sweep, target)
    assert content(target) == first
    (sweep.path / "report" / "class-0.html").unlink()
    (sweep.path / "report" / "index.html").write_text("new")
    publish_site(sweep, target)
    assert set(first) - set(content(target)) == {"class-0.html"}
    assert (target / "index.html").read_text() == "new"


@pytest.mark.parametrize("stray", ["notes.txt", ".git/config"])
def test_a_folder_of_others_is_refused_and_kept(sweep: SweepFolder, tmp_path: Path, stray: str) -> None:
    target = tmp_path / "web"
    (target / stray).parent.mkdir(parents=True)
    (target / stray).write_text("mine")
    with pytest.raises(InputError, match="not empty and no site"):
        publish_site(sweep, target)
    assert content(target) == {stray: b"mine"}


def test_a_file_added_to_the_site_is_not_lost(sweep: SweepFolder, tmp_path: Path) -> None:
    target = tmp_path / "web"
    publish_site(sweep, target)
    (target / "CNAME").write_text("example.org")
    before = content(target)
    with pytest.raises(InputError, match="holds CNAME, no part of the site"):
        publish_site(sweep, target)
    assert content(target) == before


def test_a_file_is_no_folder(sweep: SweepFolder, tmp_path: Path) -> None:
    (tmp_path / "web").write_text("")
    with pytest.raises(InputError, match="is a file"):
        publish_site(sweep, tmp_path / "web")


@pytest.mark.parametrize("inside", ["report", "report/web", "web", ".", ".."])
def test_the_results_themselves_are_no_place(sweep: SweepFolder, inside: str) -> None:
    with pytest.raises(InputError, match="one inside the other"):
        publish_site(sweep, sweep.path / inside)


def test_without_a_report_the_way_to_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="make report SWEEP=study builds it"):
        publish_site(SweepFolder(tmp_path, "study"), tmp_path / "web")
