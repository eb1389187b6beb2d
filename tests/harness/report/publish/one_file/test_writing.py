"""``report.html`` of real sites: whole, of one file, small enough, and nothing of this machine."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.build import build_report
from harness.report.publish.markup import tokens
from harness.report.publish.one_file import writing
from harness.report.publish.one_file.writing import write_one_file
from harness.report.text.language import LANGUAGES, language
from kd.errors import InputError
from tests.support.secret_sweep import SECRETS


def copied(site: Path, to: Path) -> Path:
    """A sweep's folder with its site alone."""
    shutil.copytree(site, to / "report")
    return to


@pytest.mark.thorough
def test_every_page_is_there_and_every_link_leads_to_one(site: Path, tmp_path: Path) -> None:
    written = write_one_file(copied(site, tmp_path / "study"))
    assert written.path == tmp_path / "study" / "report.html" and written.left_out == ()
    assert written.num_bytes == written.path.stat().st_size < writing.MAX_BYTES
    found = tokens(written.path.read_text())
    pages = {token.attributes["data-page"] for token in found if "data-page" in token.attributes} | {"index.html"}
    assert pages == {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    links = [token.attributes["href"] or "" for token in found if token.name == "a" and "href" in token.attributes]
    assert len(links) > 1000
    strange = [link for link in links if not re.match(r"#|https://", link)]
    assert not strange
    assert {link[2:].partition("#")[0] for link in links if link.startswith("#/")} <= pages
    files = [
        token.attributes["data-file"] for token in found if token.name == "template" and "data-file" in token.attributes
    ]
    assert len(files) == len(set(files)) > 20
    assert {token.attributes["data-file"] for token in found if "data-file" in token.attributes} == set(files)


def test_nothing_in_it_tells_of_the_machine_or_leads_out(secret_sweep: Callable[[], Path]) -> None:
    folder = secret_sweep()
    build_report(folder, folder.parent / ".data")
    text = write_one_file(folder).path.read_text()
    assert not [secret for secret in SECRETS if secret in text]
    assert "out-->" not in text


def test_too_many_runs_are_left_out_and_the_reader_is_told(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MAX_BYTES", 1)
    written = write_one_file(copied(site, tmp_path / "study"))
    assert written.left_out == ("files", "runs")
    text = written.path.read_text()
    for code in LANGUAGES:
        assert text.count(language(code)("one-file-left-out", what="files-and-runs")) == 1
        assert language(code)("one-file-no-script") in text


def test_every_selector_of_what_is_left_out_can_occur() -> None:
    for code in LANGUAGES:
        said = {language(code)("one-file-left-out", what=what) for what in ("files", "runs", "files-and-runs")}
        assert len(said) == 3


def test_without_a_site_the_way_to_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"; to build it: \S*python -m harness report study --results "):
        write_one_file(tmp_path / "study")
