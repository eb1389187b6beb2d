"""A published site: whole, its own folder, never over anything that publishing did not write."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markupsafe import escape

from harness.report.build import build_report
from harness.report.publish.markup import tokens, without_ways_out
from harness.report.publish.one_file.links import named_files
from harness.report.publish.site import publish_site
from harness.state.files.folder import SweepFolder
from kd.errors import InputError
from tests.support.pages import told
from tests.support.secret_sweep import DATA, SECRETS


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
    with pytest.raises(InputError, match=r"; to build it: \S*python -m harness report study --results "):
        publish_site(SweepFolder(tmp_path, "study"), tmp_path / "web")


def test_no_published_byte_tells_of_the_machine(secret_sweep: Callable[[], Path], tmp_path: Path) -> None:
    folder = secret_sweep()
    build_report(folder, folder.parent / ".data")
    local, site = content(folder / "report"), tmp_path / "site"
    publish_site(SweepFolder(folder.parent, folder.name), site)
    for secret in SECRETS:
        assert any(secret.encode() in page for page in local.values()), secret
        for name, page in content(site).items():
            assert secret.encode() not in page, (name, secret)
    assert set(content(site)) - set(local) == {"written.json", ".nojekyll"}


def test_what_is_published_is_still_the_report(secret_sweep: Callable[[], Path], tmp_path: Path) -> None:
    folder = secret_sweep()
    build_report(folder, folder.parent / ".data")
    publish_site(SweepFolder(folder.parent, folder.name), tmp_path / "site")
    page = told(tmp_path / "site")
    assert all(re.search(rf"\bhost{number} \(\d attempts?\)", page) for number in (1, 2, 3))
    assert escape('source: folder:…/фото 猫 & "co"\n') in page
    assert "model: hf:…/big vit" in page
    json.loads((tmp_path / "site" / "summary.json").read_text())
    runs = json.loads((tmp_path / "site" / "tables/runs.json").read_text())
    assert {host for run in runs for host in run["hosts"].split()} == {"host1", "host2", "host3"}
    assert told(folder / "report").count(DATA.partition(" ")[0]) > 1  # its owner's own


PAGES = ("index.html", "runs.html", "zh/index.html", "tables/runs.csv", "table.json", "summary.json")


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["cat", "home", "accuracy", "teacher", "table", "index", "small", "a"])
def test_a_name_that_is_a_word_takes_nothing_from_the_pages(
    invent: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = invent(tmp_path / "results", 3, 60, ["cat", "home", "sea lion"])
    monkeypatch.setenv("LOGNAME", name)
    monkeypatch.setenv("HOME", f"/home/{name}")
    monkeypatch.setattr("platform.node", lambda: name)
    build_report(folder, folder.parent / ".data")
    publish_site(SweepFolder(folder.parent, folder.name), tmp_path / "site")
    local, published = content(folder / "report"), content(tmp_path / "site")
    for page in PAGES:
        kept = without_ways_out(local[page].decode()).encode() if page.endswith(".html") else local[page]
        assert published[page] == kept, page


def test_no_link_leads_out_of_what_is_published(site: Path, tmp_path: Path) -> None:
    """A report stands among its sweep's results; what is published of it stands alone."""
    publish_site(SweepFolder(site.parent.parent, site.parent.name), tmp_path / "site")
    local, published = content(site), content(tmp_path / "site")
    pages = [name for name in local if name.endswith(".html")]
    ways = [name for name in pages if b"<!--out-->" in local[name]]
    assert {"index.html", "zh/index.html", "zh/class-1.html"} < set(ways)
    for name in pages:
        assert b"out-->" not in published[name], name
        for _, target in named_files(name, tokens(published[name].decode())):
            assert target.path in published, (name, target)
