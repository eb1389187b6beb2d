"""The tools that the script adds: filters, columns, the look; none is there twice, or needs storage."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.browser import Browser

pytestmark = pytest.mark.browser
PAPER = "getComputedStyle(document.body).backgroundColor"
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
)
Change = Callable[[str, str], None]


@pytest.fixture(autouse=True)
def forgetful(browser: Browser, served: str) -> Iterator[None]:
    """What is remembered here is forgotten for the next test."""
    yield
    browser.open(f"{served}/index.html", 1280)
    browser.evaluate("localStorage.clear()")


@pytest.fixture
def change(browser: Browser) -> Change:
    """Gives an input a value as a reader does."""

    def do(selector: str, value: str) -> None:
        browser.evaluate(f"document.querySelector({selector!r}).value = {value!r}")
        for event in ("input", "change"):
            browser.evaluate(
                f"document.querySelector({selector!r}).dispatchEvent(new Event('{event}', {{bubbles: true}}))"
            )

    return do


def test_a_long_table_is_filtered(browser: Browser, served: str, change: Change) -> None:
    browser.open(f"{served}/classes.html", 1280)
    shown = "document.querySelectorAll('#classes tbody tr:not([hidden])').length"
    assert browser.evaluate(shown) == 10
    change("#classes [type=search]", "7")
    left = browser.evaluate(shown)
    assert 0 < left < 10
    assert browser.evaluate("document.querySelector('#classes output').textContent") == f"{left} of 10 rows"
    assert browser.evaluate("location.hash") == "", "of a table that the address does not speak of"
    change("#classes [type=search]", "no such class")
    assert browser.evaluate(shown) == 0


def test_columns_are_hidden_and_stay_so(browser: Browser, served: str) -> None:
    heads = "[...document.querySelectorAll('#all-runs thead th')].filter(cell => cell.offsetWidth).length"
    cells = (
        "[...document.querySelectorAll('#all-runs tbody tr:last-child > *')].filter(cell => cell.offsetWidth).length"
    )
    browser.open(f"{served}/runs.html", 1280)
    number = browser.evaluate(heads)
    assert browser.evaluate("document.querySelectorAll('.columns input').length") == number - 1, "all but the first"
    browser.evaluate("document.querySelector('.columns summary').click()")
    browser.evaluate("document.querySelector('.columns input').click()")
    assert browser.evaluate(heads) == browser.evaluate(cells) == number - 1
    browser.open(f"{served}/runs.html", 1280)
    assert browser.evaluate(heads) == number - 1
    assert f"({number - 1} of {number})" in browser.evaluate("document.querySelector('.columns summary').textContent")
    browser.evaluate("document.querySelector('.columns input').click()")
    assert browser.evaluate(heads) == number


def test_a_small_table_has_no_tools(browser: Browser, served: str) -> None:
    browser.open(f"{served}/index.html", 1280)
    assert browser.evaluate("document.querySelectorAll('#table [type=search]').length") == 0


def test_the_reader_chooses_the_look(browser: Browser, site: Path, served: str, change: Change) -> None:
    browser.open(f"{served}/index.html", 1280)
    light = browser.evaluate(PAPER)
    change(".theme", "dark")
    dark = browser.evaluate(PAPER)
    assert dark != light
    for page in ("zh/index.html", "runs.html", min(site.glob("runs/*.html")).relative_to(site)):
        browser.open(f"{served}/{page}", 1280)
        assert browser.evaluate(PAPER) == dark, page
        assert browser.evaluate("document.querySelector('.theme').value") == "dark"
    change(".theme", "light")
    browser.open(f"{served}/index.html", 1280, dark=True)
    assert browser.evaluate(PAPER) == light
    change(".theme", "")
    assert browser.evaluate(PAPER) == dark, "the system's"


def test_paper_is_light(browser: Browser, served: str, change: Change) -> None:
    browser.open(f"{served}/index.html", 1280)
    change(".theme", "dark")
    browser.call("Emulation.setEmulatedMedia", media="print")
    try:
        assert browser.evaluate(PAPER) == "rgb(255, 255, 255)"
        assert browser.evaluate("getComputedStyle(document.body).color") == "rgb(29, 29, 31)"
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.parametrize("page", ["index.html", "runs.html", "runs/final-*-s0.html"])
def test_tools_work_where_nothing_may_be_remembered(
    browser: Browser, site: Path, served: str, change: Change, page: str
) -> None:
    refused = browser.call("Page.addScriptToEvaluateOnNewDocument", source=NO_STORAGE)["identifier"]
    try:
        browser.open(f"{served}/{min(site.glob(page)).relative_to(site)}", 1280)
        change(".theme", "dark")
        assert browser.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
        browser.evaluate("document.querySelector('.columns input')?.click()")
        assert browser.complaints() == []
    finally:
        browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=refused)


@pytest.mark.parametrize("page", ["index.html", "runs.html", "class-3.html", "runs/final-*-s0.html"])
def test_nothing_is_added_twice(browser: Browser, site: Path, served: str, page: str) -> None:
    number = "document.querySelectorAll('button, input, select, output, details').length"
    browser.open(f"{served}/{min(site.glob(page)).relative_to(site)}", 1280)
    before = browser.evaluate(number)
    browser.evaluate("enliven(document); enliven(document.querySelector('main'))")
    assert browser.evaluate(number) == before


def test_what_is_put_into_the_page_later_has_its_tools(browser: Browser, served: str, change: Change) -> None:
    browser.open(f"{served}/class-3.html", 1280)
    added = '<div class="scroll"><table class="sortable" id="late"><thead><tr><th>n</th></tr></thead><tbody>' + "".join(
        f"<tr><th>{number}</th></tr>" for number in range(12)
    )
    browser.evaluate(f"document.querySelector('main').innerHTML = {added!r}; enliven(document.querySelector('main'))")
    change("main [type=search]", "11")
    assert browser.evaluate("document.querySelectorAll('#late tbody tr:not([hidden])').length") == 1
    browser.evaluate("document.querySelector('#late button').click()")
    assert browser.evaluate("document.querySelector('#late tbody tr').textContent") == "11"
