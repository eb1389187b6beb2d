"""The pages of the site: whole, linked, and of this sweep alone."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from harness.report.build import report_files
from harness.report.pages.site import pages
from harness.report.results.reading.reader import read_results
from harness.report.study import Study
from harness.report.tables.arms.methods import page_of
from harness.report.text.failed_parts import collecting
from harness.sweep.sections.methods import ALONE
from tests.support.pages import Links, broken_links, files_of


@pytest.fixture(scope="module", params=["site", pytest.param("ensemble_site", marks=pytest.mark.thorough)])
def any_site(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def parsed(any_site: Path) -> dict[str, Links]:
    return {name: Links(path.read_text()) for name, path in files_of(any_site).items() if name.endswith(".html")}


def test_every_class_has_a_page(site: Path) -> None:
    for folder in (site, site / "zh"):
        assert {path.name for path in folder.glob("class-*.html")} == {f"class-{index}.html" for index in range(10)}


def test_every_link_leads_somewhere(any_site: Path, parsed: dict[str, Links]) -> None:
    assert broken_links(parsed, files_of(any_site)) == []


def test_ids_are_unique(parsed: dict[str, Links]) -> None:
    for name, page in parsed.items():
        repeated = {found for found in page.ids if page.ids.count(found) > 1}
        assert not repeated, name


def test_nothing_is_fetched(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text()
        assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in text
        assert not re.search(r"https?://", text), path.name
        assert not re.search(r"(src|href)=\"//", text)
        assert "@import" not in text


def test_pictures_are_the_test_images(any_site: Path, parsed: dict[str, Links]) -> None:
    sweep_dir = any_site.parent
    results = read_results(sweep_dir)
    stored = np.load(sweep_dir.parent / ".data" / results.record.digest / "train_images.npy")
    known = {image.tobytes() for image in stored[:, 0]}
    for name, page in parsed.items():
        assert page.pictures_without_words == 0
        assert page.pictures or not re.search(r"class-|errors|agreement-(?!student-alone)", name)
        for href, (x, y, width, height) in page.pictures:
            with Image.open((any_site / name).parent / href) as sheet:
                assert np.asarray(sheet)[y : y + height, x : x + width].tobytes() in known


def test_names_are_escaped(invented: Path) -> None:
    files = report_files(invented, invented.parent / ".data")
    for name, text in files.items():
        if name.endswith(".html"):
            assert "<b>x" not in text, name
    assert "&lt;b&gt;x" in files["classes.html"]
    assert "a &amp; b" in files["class-1.html"]


def test_advice_that_fails_on_the_search_of_the_student_alone_costs_that_page_alone(
    several: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(ALONE)

    def make_it_alone(makes: Sequence[Callable[[], Mapping[str, Any]]], _: int) -> list[Mapping[str, Any]]:
        return [make() for make in makes if isinstance(make, partial) and make.args[0].args[0].name == page]

    monkeypatch.setattr("harness.report.pages.site.make_all", make_it_alone)
    monkeypatch.setattr("harness.report.pages.site.advice_for", lambda *_: 1 / 0)
    with collecting() as failed:
        made = pages(several, {})
    assert list(failed) == [("page", page)]
    assert "ZeroDivisionError" in str(made[page])
