"""Figures are saved as they are shown, from any page, with the page's own policy."""

import base64
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.browser import Browser

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


def page_with(site: Path, text: str) -> Path:
    """A page of the first language that has a text."""
    return next(path for path in sorted(site.glob("*.html")) if text in path.read_text("utf-8"))


def picture(browser: Browser, name: str) -> ElementTree.Element:
    """What the button SVG of a figure hands over."""
    text = browser.evaluate(f"svgOf(document.querySelector('.take[data-save$=\"{name}\"]').closest('figure')).text()")
    assert "var(" not in text
    return ElementTree.fromstring(text)


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_has_the_colours_of_the_page(browser: Browser, site: Path, dark: bool) -> None:
    browser.open(page_with(site, 'id="figure-gains"').as_uri(), 1280, dark=dark)
    root = picture(browser, "-gains")
    paper, background = root.find(f"{SVG}rect"), browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper is not None and paper.get("fill") == background
    assert browser.complaints() == []


def test_the_maps_of_confusions_are_one_picture_without_links(browser: Browser, site: Path) -> None:
    browser.open(page_with(site, 'id="figure-confusion-change"').as_uri(), 1280)
    root = picture(browser, "-confusions")
    assert len(root.findall(f"{SVG}svg")) == 4
    assert not list(root.iter(f"{SVG}a")) and "spot" not in ElementTree.tostring(root, "unicode")


@pytest.mark.parametrize("of_run", [False, True])
def test_a_chart_is_saved_with_its_title_and_legend(browser: Browser, site: Path, of_run: bool) -> None:
    run = next(path for path in sorted(site.glob("runs/*.html")) if "class=chart" in path.read_text("utf-8"))
    browser.open((run if of_run else page_with(site, "-training-val-accuracy-percent")).as_uri(), 390)
    name = browser.evaluate("document.querySelector('.charts .take').dataset.save")
    root = picture(browser, name)
    words = [text.text for text in root.findall(f"{SVG}text")]
    title = browser.evaluate("document.querySelector('.charts figcaption').textContent.trim()")
    entries = browser.evaluate("document.querySelector('.charts .legend').querySelectorAll('li:not([hidden])').length")
    assert words[0] == title and len(words) == 1 + entries
    (chart,) = root.findall(f"{SVG}svg")
    assert all(path.get("fill") and path.get("stroke") for path in chart.iter(f"{SVG}path"))
    assert browser.complaints() == []


def test_a_png_has_two_pixels_for_one_of_the_page(browser: Browser, site: Path) -> None:
    browser.open(page_with(site, 'id="figure-gains"').as_uri(), 1280)
    figure = "document.querySelector('.take[data-save$=\"-gains\"]').closest('figure')"
    width, height = browser.evaluate(f"[pictureOf({figure}).width, pictureOf({figure}).height]")
    data = browser.evaluate(
        f"pngOf({figure}).then(async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()))))"
    )
    png = base64.b64decode(data)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(png[at : at + 4], "big") for at in (16, 20)] == [2 * width, 2 * height]
    assert browser.complaints() == []


def test_every_figure_offers_its_data(browser: Browser, site: Path) -> None:
    for page in sorted(site.glob("*.html")):
        browser.open(page.as_uri(), 1280)
        links = browser.evaluate("[...document.querySelectorAll('figure .take a')].map(a => a.getAttribute('href'))")
        number = browser.evaluate("document.querySelectorAll('figure').length")
        assert len(links) == number, page.name
        assert all((page.parent / link).read_text("utf-8").count("\n") > 1 for link in links)


def test_a_trial_is_reached_by_keyboard(browser: Browser, site: Path) -> None:
    page = page_with(site, 'id="figure-trials-history"')
    browser.open(page.as_uri(), 1280)
    browser.evaluate("document.querySelector('#figure-trials-history a').focus()")
    href = browser.evaluate("document.activeElement.getAttribute('href')")
    assert href.startswith("runs/") and (site / href).exists()
    assert browser.evaluate("getComputedStyle(document.activeElement.querySelector('.spot')).stroke") != "none"
