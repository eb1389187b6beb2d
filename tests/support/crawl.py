"""Faults of a page as a reader meets them: on screens of three widths and two looks, by keyboard, on paper."""

import json
import re
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from tests.support import probes
from tests.support.browser import Browser
from tests.support.pages import Links, broken_links

WIDTHS = (1280, 640, 390)
"""A desk's screen, the same at 200 %, a phone's."""
PHONE = WIDTHS[-1]
ON_SCREEN = (
    probes.WIDER_THAN_THE_SCREEN,
    probes.OUT_OF_REACH,
    probes.HIDDEN_VOTES,
    probes.HIDDEN_NUMBERS,
    probes.BESIDE_THE_COLUMN,
)
PAPER = 720
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
TAB = ("Tab", 9)


def kind_of(page: Path) -> str:
    """What a page is of, whichever class, run or method: pages of a kind are made by one template."""
    kind = re.sub(r"-.*|\d+", "", page.stem)
    return f"{page.parent.name}/{kind}" if page.parent.name == "runs" else kind


def one_of_each_kind(pages: Iterable[Path]) -> list[Path]:
    """The first page of each kind in each language."""
    first: dict[tuple[str, bool], Path] = {}
    for page in pages:
        first.setdefault((kind_of(page), is_chinese(page)), page)
    return list(first.values())


def is_chinese(page: Path) -> bool:
    """By where it lies, or by its name beside the sweeps."""
    return "zh" in (*page.parts, page.stem.rpartition(".")[2])


def faults_on_screens_and_paper(browser: Browser, page: Path, root: Path) -> list[str]:
    """What is wrong with a page's width, captions, boxes that scroll, print, requests and messages.

    Args:
        browser: Opens the page once, on a phone, and changes its size.
        page: The file.
        root: The folder that nothing may leave.
    """
    browser.open(page.as_uri(), PHONE, dark=True)
    found = list(browser.evaluate(probes.settled(*ON_SCREEN)))
    for is_open, widths in ((False, WIDTHS[-2::-1]), (True, WIDTHS)):
        if is_open:
            browser.evaluate(probes.OPENED)
        for width in widths:
            browser.resize(width, dark=width == PHONE)
            found += [f"at {width} px {line}" for line in browser.evaluate(probes.settled(*ON_SCREEN))]
    browser.resize(PAPER, media="print")
    found += browser.evaluate(probes.settled(probes.CUT_OFF_ON_PAPER))
    return list(dict.fromkeys(found + _complaints(browser, root)))


def faults_on_a_phone(browser: Browser, page: Path, root: Path) -> list[str]:
    """What is wrong on the narrowest screen with everything opened, and what a page asks for and complains of.

    Of all looks at a page the one that finds most: pages of a kind differ in their names and numbers, which are either
    too wide there or nowhere.
    """
    browser.open(page.as_uri(), PHONE)
    browser.evaluate(probes.OPENED)
    return list(browser.evaluate(probes.settled(*ON_SCREEN))) + _complaints(browser, root)


def _complaints(browser: Browser, root: Path) -> list[str]:
    outside = [f"asks for {url}" for url in browser.requests() if not url.startswith(f"{root.as_uri()}/")]
    return outside + browser.complaints()


def faults_by_axe(browser: Browser, page: Path, width: int = 1280, dark: bool = False) -> list[str]:
    """What axe finds, with the first thing of each page opened that can be."""
    browser.open(page.as_uri(), width, dark=dark)
    browser.evaluate("for (const each of document.querySelectorAll('details:nth-of-type(1)')) each.open = true")
    browser.evaluate(f"{files('axe_core_python').joinpath('axe.min.js').read_text('utf-8')}; 0")
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    found = browser.evaluate(f"axe.run(document, {options}).then((results) => JSON.stringify(results.violations))")
    return [f"axe {each['impact']} {each['id']}: {each['nodes'][0]['html'][:200]}" for each in json.loads(found)]


def faults_by_keyboard(browser: Browser, page: Path, root: Path) -> list[str]:
    """What Tab does not come to on its way through a page, and where nobody would see that it is there.

    Also what the page asks for and complains of where it is opened on a desk's screen.
    """
    browser.open(page.as_uri(), 1280)
    browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
    for _ in range(browser.evaluate(probes.FOLLOW_THE_FOCUS) + 1):
        browser.press(*TAB)
    return list(browser.evaluate(probes.LEFT_OUT_BY_TAB)) + _complaints(browser, root)


def broken_links_of(root: Path) -> list[str]:
    """Links of all pages of a folder, and what they load, that lead nowhere within it."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    pages = {name: Links(path.read_text("utf-8")) for name, path in found.items() if path.suffix == ".html"}
    return broken_links(pages, found)
