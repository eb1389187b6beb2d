"""The panel of arms: what is done to one is done to it in every figure and table, and stays so on the next page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import Browser

pytestmark = pytest.mark.browser
WITH_ARMS = ("index.html", "classes.html", "class-3.html", "size.html", "calibration.html", "training.html")


@pytest.fixture(autouse=True)
def forgetful(browser: Browser, served: str) -> Iterator[None]:
    """What is chosen here is forgotten for the next test."""
    yield
    browser.open(f"{served}/index.html", 1280)
    browser.evaluate("localStorage.clear()")


def choose(browser: Browser, key: str, what: str, value: str) -> None:
    """Give an input of an arm's row a value as a reader does: of a box "true" or "false"."""
    browser.evaluate(f"""(() => {{
        const input = document.querySelector(".toolbox tr[data-key={key}] [name=arms-{what}]");
        if (input.type === "checkbox") input.checked = {value!r} === "true";
        else input.value = {value!r};
        input.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }})()""")


def visible(browser: Browser, key: str) -> int:
    parts = f"[...document.querySelectorAll('[data-arm={key}]')]"
    return int(browser.evaluate(f"{parts}.filter(part => part.getClientRects().length).length"))


def test_an_arm_is_hidden_everywhere(browser: Browser, served: str) -> None:
    browser.open(f"{served}/training.html", 1280)
    before = {key: visible(browser, key) for key in ("teacher", "baseline", "distilled")}
    assert min(before.values()) > 5
    choose(browser, "baseline", "show", "false")
    assert {key: visible(browser, key) for key in before} == before | {"baseline": 0}
    browser.open(f"{served}/class-3.html", 1280)
    assert visible(browser, "baseline") == 0 < visible(browser, "distilled")
    assert browser.evaluate("document.querySelectorAll('.says.baseline:not(.arm-out)').length") == 0
    browser.evaluate("document.querySelector('.toolbox button').click()")
    assert visible(browser, "baseline") > 0


def test_the_others_fade_beside_one_that_is_highlighted(browser: Browser, served: str) -> None:
    browser.open(f"{served}/certainty.html", 1280)
    choose(browser, "distilled", "mark", "true")
    opacity = "getComputedStyle(document.querySelector('#figure-accuracies [data-arm={}]')).opacity"
    assert float(browser.evaluate(opacity.format("distilled"))) == 1
    assert float(browser.evaluate(opacity.format("teacher"))) < 0.5
    choose(browser, "distilled", "mark", "false")
    assert float(browser.evaluate(opacity.format("teacher"))) == 1


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_another_name_stands_in_figures_and_tables(browser: Browser, served: str, folder: str) -> None:
    table = "document.querySelector('#table tr[data-arm=baseline] th').firstChild.nextSibling.textContent"
    figure = "document.querySelector('#figure-accuracies g[data-arm=baseline] text').textContent"
    browser.open(f"{served}/{folder}index.html", 1280)
    own = browser.evaluate(table)
    browser.open(f"{served}/{folder}certainty.html", 1280)
    assert browser.evaluate(figure).startswith(own)
    rest = browser.evaluate(figure).removeprefix(own)
    name = "a$& <b>name</b> that is rather long"
    choose(browser, "baseline", "name", name)
    assert browser.evaluate(figure) == name + rest
    frame = "document.querySelector('#figure-accuracies').getBoundingClientRect().left"
    left = "document.querySelector('#figure-accuracies g[data-arm=baseline] text').getBoundingClientRect().left"
    assert browser.evaluate(left) >= browser.evaluate(frame) - 2, "it is not cut off"
    browser.open(f"{served}/{folder}index.html", 1280)
    assert browser.evaluate(table) == name
    choose(browser, "baseline", "name", " ")
    assert browser.evaluate(table) == own
    browser.open(f"{served}/{folder}certainty.html", 1280)
    assert browser.evaluate(figure) == own + rest


def test_there_is_no_panel_where_there_are_no_arms(browser: Browser, site: Path, served: str) -> None:
    for page in ("runs.html", min(site.glob("runs/*.html")).relative_to(site)):
        browser.open(f"{served}/{page}", 1280)
        assert browser.evaluate("document.querySelector('.toolbox')") is None


def test_the_panel_closes_by_key_and_fits_a_phone(browser: Browser, served: str) -> None:
    browser.open(f"{served}/index.html", 390)
    browser.evaluate("document.querySelector('.toolbox summary').click()")
    box = browser.evaluate("JSON.parse(JSON.stringify(document.querySelector('.toolbox').getBoundingClientRect()))")
    assert box["left"] >= 0 and box["right"] <= 390 and box["height"] < 900
    assert browser.evaluate("document.documentElement.scrollWidth") == 390
    key = "new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })"
    browser.evaluate(f"document.querySelector('.toolbox input').dispatchEvent({key})")
    assert not browser.evaluate("document.querySelector('.toolbox details').open")


@pytest.mark.parametrize("page", WITH_ARMS)
def test_every_figure_of_arms_says_whose_its_marks_are(browser: Browser, served: str, page: str) -> None:
    browser.open(f"{served}/{page}", 1280)
    keys = browser.evaluate("[...document.querySelectorAll('.arms li')].map(entry => entry.dataset.key)")
    used = set(browser.evaluate("[...document.querySelectorAll('main [data-arm]')].map(part => part.dataset.arm)"))
    assert used <= set(keys) and {"teacher", "baseline", "distilled"} <= used
