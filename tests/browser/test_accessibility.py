"""The pages for everybody: axe finds nothing in them, and they print whole."""

import base64
import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.browser import Browser

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
PAGES = ("index.html", "class-3.html", "agreement-wrong-alike.html", "runs.html", "runs/final-*-s0.html")


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("page", [*PAGES, "zh/index.html"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_axe_finds_nothing(browser: Browser, site: Path, axe: str, page: str, width: int, dark: bool) -> None:
    path = min(site.glob(page))
    browser.open(path.as_uri(), width, dark=dark)
    browser.evaluate("for (const each of document.querySelectorAll('details:nth-of-type(1)')) each.open = true")
    browser.evaluate(f"{axe}; 0")
    options = json.dumps({"runOnly": RULES})
    found = browser.evaluate(f"axe.run(document, {options}).then((results) => JSON.stringify(results.violations))")
    assert [(each["impact"], each["id"], each["nodes"][0]["html"]) for each in json.loads(found)] == []


def test_axe_would_find_something(browser: Browser, site: Path, axe: str) -> None:
    browser.open((site / "index.html").as_uri(), 1280)
    browser.evaluate("document.querySelector('main').append(document.createElement('img'))")
    browser.evaluate(f"{axe}; 0")
    found = browser.evaluate("axe.run().then((results) => results.violations.map((each) => each.id))")
    assert "image-alt" in found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_prints_to_a_pdf_of_its_width(browser: Browser, site: Path, page: str) -> None:
    """Nothing hangs over the paper's edge: on paper nobody can scroll."""
    browser.open(min(site.glob(page)).as_uri(), 1280)
    browser.call("Emulation.setEmulatedMedia", media="print")
    browser.call("Emulation.setDeviceMetricsOverride", width=720, height=1000, deviceScaleFactor=1, mobile=False)
    try:
        assert browser.evaluate("document.documentElement.scrollWidth") <= 720
        pdf = base64.b64decode(browser.call("Page.printToPDF", printBackground=True)["data"])
    finally:
        browser.call("Emulation.setEmulatedMedia", media="")
    assert pdf.startswith(b"%PDF")
