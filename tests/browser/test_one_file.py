"""The report as one file in a real browser: opened where nothing else lies, from the front page to a misread image."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.report.publish.one_file.writing import write_one_file
from tests.support.browser import Browser

pytestmark = pytest.mark.browser
SETTLED = "new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done))))"


@pytest.fixture(scope="module")
def mailed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file, alone in a folder."""
    shutil.copytree(site, tmp_path_factory.mktemp("sweep") / "study" / "report")
    written = write_one_file(tmp_path_factory.getbasetemp() / "sweep0" / "study").path
    return Path(shutil.move(written, tmp_path_factory.mktemp("mail") / "report.html"))


class Reader:
    """Clicks through the file as a person does."""

    def __init__(self, browser: Browser, mailed: Path, place: str = "", **look: Any) -> None:
        self._browser, self._url = browser, mailed.as_uri()
        browser.open(self._url + place, look.pop("width", 1280), **look)

    def do(self, script: str) -> None:
        self._browser.evaluate(f"{{ {script} }}")
        self._browser.evaluate(SETTLED)

    def click(self, selector: str) -> None:
        self.do(f"document.querySelector('{selector}').click()")

    def see(self, expression: str) -> Any:
        return self._browser.evaluate(expression)

    @property
    def place(self) -> str:
        place: str = self.see("location.hash")
        return place

    def check_quiet(self) -> None:
        assert self._browser.complaints() == []
        assert {url.partition("#")[0] for url in self._browser.requests()} == {self._url}


@pytest.mark.parametrize("language", ["", "zh/"])
def test_three_clicks_lead_to_a_misread_image(browser: Browser, mailed: Path, language: str) -> None:
    reader = Reader(browser, mailed)
    if language:
        reader.click("a[hreflang]")
        assert reader.see("document.documentElement.lang") == "zh-CN"
    start = reader.place
    title = reader.see("document.title")
    reader.click(f'nav.topics a[href*="/{language}errors.html"]')
    assert reader.place == f"#/{language}errors.html"
    assert reader.see("document.title") != title
    assert reader.see("document.activeElement === document.querySelector('h1')")
    assert reader.see("document.querySelector('nav.topics [aria-current]').hash") == reader.place
    reader.do("scrollTo({ top: 300, behavior: 'instant' })")
    reader.click('a.tile[href*="#image-"]')
    image = reader.place.rpartition("#")[2]
    assert image.startswith("image-")
    assert reader.see(f"document.getElementById('{image}').open")
    assert reader.see(f"Math.abs(document.getElementById('{image}').getBoundingClientRect().top) < innerHeight")
    sheet = reader.see(f"document.querySelector('#{image} image').getAttribute('href')")
    assert sheet.startswith("data:image/png;base64,")
    width = "new Promise((done) => { const it = new Image(); it.onload = () => done(it.naturalWidth); it.src = %r; })"
    assert reader.see(width % sheet) > 0
    reader.do("history.back()")
    assert reader.place == f"#/{language}errors.html"
    assert reader.see("scrollY") == 300
    reader.do("history.back()")
    assert (reader.place, reader.see("document.title")) == (start, title)
    reader.do("history.forward()")
    assert reader.place == f"#/{language}errors.html"
    reader.check_quiet()


def test_what_was_opened_and_chosen_is_there_on_the_way_back(browser: Browser, mailed: Path) -> None:
    reader = Reader(browser, mailed, "#/runs.html")
    shown = "[...document.querySelectorAll('#all-runs tbody tr')].filter((row) => !row.hidden).length"
    everything = reader.see(shown)
    reader.do(
        "const role = document.querySelector('select[name=role]'); role.value = 'search';"
        "role.dispatchEvent(new Event('input', { bubbles: true }))"
    )
    assert reader.place == "#/runs.html#role=search"
    some = reader.see(shown)
    assert 0 < some < everything
    reader.click('#all-runs tbody tr:not([hidden]) a[href*="runs/"]')
    assert reader.place.startswith("#/runs/")
    num_tools = reader.see("document.querySelectorAll('.charts .tools').length")
    assert num_tools > 0
    reader.do("history.back()")
    assert (reader.place, reader.see(shown)) == ("#/runs.html#role=search", some)
    reader.do("history.forward()")
    assert reader.see("document.querySelectorAll('.charts .tools').length") == num_tools, "given once"
    reader.check_quiet()


def test_tables_can_be_kept_as_files(browser: Browser, mailed: Path, site: Path) -> None:
    reader = Reader(browser, mailed)
    link = "document.querySelector('a[download=\"table.csv\"]')"
    assert (
        reader.see(f"fetch === undefined || atob({link}.href.split(',')[1]).length")
        == (site / "table.csv").stat().st_size
    )
    assert reader.see(
        "[...document.querySelectorAll('a')].every((link) => /^(#|data:|https:)/.test(link.getAttribute('href')))"
    )


@pytest.mark.parametrize("place", ["", "#/zh/index.html", "#/class-3.html", "#/zh/runs.html"])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_fit_and_follow_the_scheme(browser: Browser, mailed: Path, place: str, dark: bool) -> None:
    reader = Reader(browser, mailed, place, width=390, dark=dark)
    assert reader.see("document.documentElement.scrollWidth") == 390
    paper = [int(part) for part in reader.see("getComputedStyle(document.body).backgroundColor")[4:-1].split(", ")]
    assert (max(paper) < 60) is dark
    assert reader.see("document.querySelectorAll('h1, main').length") == 2
    reader.check_quiet()


def test_the_shown_page_is_printed_and_no_other(browser: Browser, mailed: Path, site: Path) -> None:
    reader = Reader(browser, mailed, "#/class-3.html")
    browser.call("Emulation.setEmulatedMedia", media="print")
    text = reader.see("document.body.innerText")
    browser.open((site / "class-3.html").as_uri(), 1280)
    browser.call("Emulation.setEmulatedMedia", media="print")
    alone = reader.see("document.body.innerText")
    browser.call("Emulation.setEmulatedMedia", media="")
    assert len(text) > 500
    assert text.split()[-100:] == alone.split()[-100:]


def test_without_the_script_the_front_page_is_there_and_says_what_is_needed(browser: Browser, mailed: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        reader = Reader(browser, mailed)
        document = browser.call("DOM.getDocument", depth=0)["root"]["nodeId"]
        note = browser.call("DOM.querySelector", nodeId=document, selector="header noscript p")["nodeId"]
        assert note and browser.call("DOM.getBoxModel", nodeId=note)["model"]["height"] > 10
        assert browser.call("DOM.querySelector", nodeId=document, selector="#answer .lead")["nodeId"]
        reader.check_quiet()
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("place", ["#/nowhere.html", "#/", "#/class-3.html#nothing", "#nothing", "#/%E0%A4%A"])
def test_an_address_that_names_nothing_shows_a_page(browser: Browser, mailed: Path, place: str) -> None:
    reader = Reader(browser, mailed, place)
    assert reader.see("document.querySelectorAll('h1').length") == 1
    reader.check_quiet()
