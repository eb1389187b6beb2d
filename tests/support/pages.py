"""What tests want to know of a site's pages."""

import html.parser
import posixpath
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pytest

from harness.report.build import build_report, report_files
from harness.report.pages import site
from harness.report.pages.frame.spaces import NO_BREAK
from harness.report.pages.frame.topics import TOPICS

SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder", "data-done")


class Links(html.parser.HTMLParser):
    """Ids, links (with what the page loads from beside it) and pictures of a page: the file, and the place on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.asked: set[str] = set()  # what an address may ask for without an element of that id: a run's curves
        self.hrefs: list[str] = []
        self.pictures: list[tuple[str, tuple[int, ...]]] = []
        self.pictures_without_words = 0
        self._place: tuple[int, ...] = ()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if values.get("id"):
            self.ids.append(values["id"])
        if values.get("data-run"):
            self.asked.add(f"run={values['data-run']}")
        if tag == "svg" and "picture" in values.get("class", ""):
            self._place = tuple(int(number) for number in values["viewbox"].split())
            self.pictures_without_words += values.get("role") != "img" or not values.get("aria-label")
        if tag == "image" and values.get("href", "").endswith(".png"):
            self.pictures.append((values["href"], self._place))
        href = values.get("src" if tag == "script" else "href") if tag in ("a", "link", "script") else None
        if href and not href.startswith("data:"):
            self.hrefs.append(href)


def files_of(site: Path) -> dict[str, Path]:
    """Every file of a site by its path inside."""
    return {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*")) if path.is_file()}


def told(report: Path | Mapping[str, str | bytes], folder: str = "") -> str:
    """The front page, every topic's page and all runs as one text: what a report says, wherever it says it.

    Args:
        report: A site's folder, or its files.
        folder: Of the language: empty, or ``zh/``.
    """
    names = [f"{folder}{topic.page}" for topic in TOPICS]
    if isinstance(report, Path):
        return typed("".join((report / name).read_text("utf-8") for name in names if (report / name).exists()))
    return typed("".join(str(report[name]) for name in names if name in report))


def typed(page: str) -> str:
    """A page's text with the spaces that one types: no line breaks between a number and its unit."""
    return page.replace(NO_BREAK, " ")


def broken_links(pages: Mapping[str, Links], files: Collection[str]) -> list[str]:
    """Links of pages that lead to no file, or to no element of another page; all but those out of the site."""
    broken = []
    for name, page in pages.items():
        for href in page.hrefs:
            path, _, anchor = href.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if target.startswith("../"):
                continue
            if target not in files or (anchor and anchor not in {*pages[target].ids, *pages[target].asked}):
                broken.append(f"{name}: {href}")
    return broken


def points_of(d: str) -> list[tuple[int, int]]:
    """The points of a path, as the pages' script reads them."""
    points = []
    for piece in d.split("M")[1:]:
        numbers = [int(text) for text in re.findall(r"-?\d+", piece.removesuffix("h0").removesuffix("z"))]
        points += list(zip(np.cumsum(numbers[::2]).tolist(), np.cumsum(numbers[1::2]).tolist(), strict=True))
    return points


class Texts(html.parser.HTMLParser):
    """What a page says: its text, and the attributes that are read out; code and data blocks are left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.language: str | None = None
        self._hidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("script", "style", "code", "pre"):
            self._hidden.append(tag)
        if tag == "html":
            self.language = values.get("lang")
        if tag == "a" and values.get("hreflang"):
            self.links.append(values)
        self.texts += [typed(values[name] or "") for name in SPOKEN_ATTRIBUTES if name in values]

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(typed(data))


def files_with(sweep_dir: Path, *names: str) -> dict[str, str | bytes]:
    """The files of a sweep's report, with these pages alone in every language: all of them take seconds."""
    every = site._pages
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "_pages", lambda *of: (page for page in every(*of) if page.name in names))
        return report_files(sweep_dir, sweep_dir.parent / ".data")


def build(sweep_dir: Path) -> Path:
    """Build a sweep's report; gives the folder of its pages."""
    return build_report(sweep_dir, sweep_dir.parent / ".data").parent
