"""Whose files are whose: one marker for a paper's folder and a published site, and the older ones still count."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.publish.paper import place_files
from harness.report.publish.site import publish_site
from harness.report.publish.written import sha256
from harness.state.files.folder import SweepFolder
from kd.errors import InputError


def mark(folder: Path, marker: str, **content: object) -> None:
    (folder / marker).write_text(json.dumps({"schema_version": 1, **content}))


@pytest.fixture
def publish(tmp_path: Path) -> Callable[[Path], Path]:
    """Publishes a site of one page."""
    folder = SweepFolder(tmp_path / "results", "study")
    (folder.path / "report").mkdir(parents=True)
    (folder.path / "report" / "index.html").write_text("new")
    return lambda target: publish_site(folder, target)


def test_a_paper_of_an_earlier_version_is_written_again(tmp_path: Path) -> None:
    for name in ("main.tex", "gone.tex"):
        (tmp_path / name).write_text("old")
    mark(tmp_path, "paper.json", files=dict.fromkeys(("main.tex", "gone.tex"), sha256(b"old")))
    place_files({"main.tex": b"new"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.tex", "written.json"]
    assert (tmp_path / "main.tex").read_bytes() == b"new"


def test_what_was_changed_in_a_paper_of_an_earlier_version_is_kept(tmp_path: Path) -> None:
    (tmp_path / "main.tex").write_text("my own words")
    mark(tmp_path, "paper.json", files={"main.tex": sha256(b"old")})
    with pytest.raises(InputError, match=r"main\.tex was changed since"):
        place_files({"main.tex": b"new"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.tex", "paper.json"]


def test_a_site_of_an_earlier_version_is_published_again(tmp_path: Path, publish: Callable[[Path], Path]) -> None:
    target = tmp_path / "web"
    target.mkdir()
    for name in ("index.html", "class-0.html", ".nojekyll"):
        (target / name).write_text("old")
    mark(target, "site.json", name="study", files=["index.html", "class-0.html", ".nojekyll", "site.json"])
    publish(target)
    assert sorted(path.name for path in target.iterdir()) == [".nojekyll", "index.html", "written.json"]


def test_a_page_that_was_edited_by_hand_is_not_lost(tmp_path: Path, publish: Callable[[Path], Path]) -> None:
    index = publish(tmp_path / "web")
    index.write_text("my own words")
    with pytest.raises(InputError, match=r"index\.html was changed since it was written; move it away"):
        publish(tmp_path / "web")
    assert index.read_text() == "my own words"


@pytest.mark.parametrize("content", ["{", '{"schema_version": 99}', "[]"])
def test_a_damaged_marker_stops_both(tmp_path: Path, publish: Callable[[Path], Path], content: str) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "written.json").write_text(content)
    with pytest.raises(InputError, match="give another folder"):
        publish(tmp_path / "web")
    with pytest.raises(InputError, match="give another folder"):
        place_files({"main.tex": b"new"}, tmp_path / "web")
    assert [path.name for path in (tmp_path / "web").iterdir()] == ["written.json"]


@pytest.mark.parametrize("marker", ["written.json", "paper.json", "site.json"])
@pytest.mark.parametrize(
    "way", ["../precious.tex", "PLACE/precious.tex", "link/precious.tex", "a/../../precious.tex", ".", "x\0"]
)
def test_a_record_deletes_nothing_outside(tmp_path: Path, marker: str, way: str) -> None:
    precious, target = tmp_path / "precious.tex", tmp_path / "paper"
    precious.write_text("mine")
    target.mkdir()
    (target / "link").symlink_to(tmp_path)
    name = way.replace("PLACE", str(tmp_path))
    hashes = {"main.tex": sha256(b"old"), name: sha256(b"mine")}
    more = {"name": "study"} if marker == "site.json" else {}
    mark(target, marker, files=list(hashes) if marker == "site.json" else hashes, **more)
    with pytest.raises(InputError, match="leads out of") as caught:
        place_files({"main.tex": b"new"}, target)
    assert str(caught.value).isprintable()
    assert precious.read_text() == "mine"
    assert sorted(path.name for path in target.iterdir()) == sorted(["link", marker])


def test_a_link_in_the_folder_is_not_written_through(tmp_path: Path) -> None:
    target = tmp_path / "paper"
    target.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (target / "tables").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"'tables/a\.tex' leads out of"):
        place_files({"main.tex": b"1", "tables/a.tex": b"2"}, target)
    assert not list((tmp_path / "elsewhere").iterdir()) and not (target / "main.tex").exists()
