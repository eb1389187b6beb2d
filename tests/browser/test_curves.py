"""Tools over curves: single runs beside the arms, other axes, smoothing, and a range of epochs."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.support.browser import Browser

pytestmark = pytest.mark.browser
DRAWN = """
JSON.stringify([...document.querySelectorAll(".chart")].map(
  chart => [...chart.querySelectorAll(":is(path, text, svg):not(.cursor, .span)")].map(
    part => [part.getAttribute("d"), part.getAttribute("viewBox"), part.tagName === "text" && part.outerHTML])))
"""
VIEW = "document.querySelector('.chart svg').getAttribute('viewBox').split(' ').map(Number)"
TICKS = "[...document.querySelectorAll('.chart')[{}].querySelectorAll('.y text')].map(text => text.textContent)"
LOSS = 2  # the third chart: cross-entropy on val, on a logarithmic axis


@pytest.fixture
def run_ids(finished: Path) -> list[str]:
    """The distilled student's runs."""
    return sorted(path.name for path in (finished / "runs").glob("final-*"))


def select(browser: Browser, number: int, value: str) -> None:
    """Choose an option as a reader does: of the axis (0) or of the smoothing (1)."""
    browser.evaluate(f"document.querySelectorAll('.charts select')[{number}].value = '{value}'")
    browser.evaluate(f"document.querySelectorAll('.charts select')[{number}].dispatchEvent(new Event('change'))")


def click(browser: Browser, number: int) -> None:
    """Zoom in (0), out (1), or back to all epochs (2)."""
    browser.evaluate(f"document.querySelectorAll('.charts > .tools button')[{number}].click()")


def test_runs_are_drawn_beside_their_arm_when_asked_for(
    browser: Browser, site: Path, finished: Path, run_ids: list[str]
) -> None:
    shown = (
        "[...document.querySelectorAll('.chart path[data-run]')].filter(path => path.getClientRects().length).length"
    )
    page = (site / "training.html").as_uri()
    browser.open(page, 1280)
    assert browser.evaluate(shown) == 0
    assert browser.evaluate("document.querySelectorAll('[data-run=" + run_ids[0] + "]').length") > 8
    browser.open(f"{page}#run={run_ids[1]}", 1280)
    assert browser.evaluate(shown) > 4
    epochs = json.loads((finished / "runs" / run_ids[1] / "history.json").read_text())["epochs"]
    values = f"Number(document.querySelector('li[data-run={run_ids[1]}] b').textContent)"
    for number, epoch in enumerate(epochs, start=1):
        browser.evaluate(f"document.querySelector('[type=range]').value = {number}")
        browser.evaluate("document.querySelector('[type=range]').dispatchEvent(new Event('input'))")
        assert browser.evaluate(values) == pytest.approx(100 * epoch["val_accuracy"], abs=0.006)
    browser.evaluate(
        "document.querySelectorAll('.charts details input').forEach(input => input.checked || input.click())"
    )
    assert browser.evaluate("new URLSearchParams(location.hash.slice(1)).getAll('run').length") == 9
    browser.evaluate(f"location.hash = 'run={run_ids[2]}'")
    browser.evaluate("new Promise(resolve => setTimeout(resolve))")
    assert browser.evaluate("[...document.querySelectorAll('.legend li[data-run]:not([hidden])')].every("
                            f"entry => entry.dataset.run === '{run_ids[2]}')")  # fmt: skip
    assert browser.complaints() == []


def test_a_run_leads_to_its_curves_beside_the_arms(browser: Browser, site: Path, run_ids: list[str]) -> None:
    browser.open((site / "runs" / f"{run_ids[0]}.html").as_uri(), 1280)
    href = browser.evaluate("document.querySelector('main a[href*=training]').href")
    browser.open(href, 1280)
    assert browser.evaluate(f"document.querySelector('li[data-run={run_ids[0]}]').getClientRects().length") == 1
    browser.open(min(site.glob("runs/search-*.html")).as_uri(), 1280)
    assert browser.evaluate("document.querySelector('main a[href*=training]')") is None


def test_axes_change_and_come_back(browser: Browser, site: Path) -> None:
    browser.open((site / "training.html").as_uri(), 1280)
    before, accuracies = browser.evaluate(DRAWN), browser.evaluate(TICKS.format(0))
    select(browser, 0, "linear")
    places = np.array([float(text) for text in browser.evaluate(TICKS.format(LOSS))])
    assert len(places) > 2 and np.allclose(np.diff(places), places[1] - places[0]), "even steps"
    assert browser.evaluate(TICKS.format(0)) == accuracies, "it was linear"
    select(browser, 0, "log")
    assert browser.evaluate(TICKS.format(0)) != accuracies
    assert browser.complaints() == []
    select(browser, 0, "")
    assert browser.evaluate(DRAWN) == before


def test_smoothing_is_a_running_mean_of_what_is_read_off_unchanged(
    browser: Browser, site: Path, finished: Path, run_ids: list[str]
) -> None:
    browser.open((site / "training.html").as_uri() + f"#run={run_ids[0]}", 1280)
    before = browser.evaluate(DRAWN)
    epochs = json.loads((finished / "runs" / run_ids[0] / "history.json").read_text())["epochs"]
    accuracies = [100 * epoch["val_accuracy"] for epoch in epochs]
    select(browser, 1, "3")
    path = browser.evaluate(f"document.querySelector('.chart path[data-run={run_ids[0]}]').getAttribute('d')")
    heights = [-float(point.split()[1]) / 100 for point in path.removeprefix("M").split("L")]
    means = [np.mean(accuracies[max(place - 1, 0) : place + 2]) for place in range(len(accuracies))]
    assert heights == pytest.approx(means, abs=0.01)
    browser.evaluate("document.querySelector('[type=range]').dispatchEvent(new Event('input'))")
    read = browser.evaluate(f"Number(document.querySelector('li[data-run={run_ids[0]}] b').textContent)")
    assert read == pytest.approx(accuracies[-1], abs=0.006)
    select(browser, 1, "0")
    assert browser.evaluate(DRAWN) == before


def test_buttons_zoom_to_the_epoch_that_is_read_off(browser: Browser, site: Path) -> None:
    browser.open((site / "training.html").as_uri(), 1280)
    whole = browser.evaluate(VIEW)
    before = browser.evaluate(DRAWN)
    for _ in range(4):
        click(browser, 0)
    left, _, width, _ = browser.evaluate(VIEW)
    assert left > whole[0] and 2 <= width < 2.2, "the last three epochs, and no fewer"
    assert browser.evaluate("[...document.querySelectorAll('.chart .x text')].map(t => t.textContent).includes('4')")
    for _ in range(4):
        click(browser, 1)
    assert browser.evaluate(DRAWN) == before
    click(browser, 0)
    click(browser, 2)
    assert browser.evaluate(DRAWN) == before
    assert browser.complaints() == []


def test_dragging_zooms_and_a_double_click_goes_back(browser: Browser, site: Path) -> None:
    browser.open((site / "training.html").as_uri(), 1280)
    before = browser.evaluate(DRAWN)
    browser.evaluate("document.querySelector('.chart').scrollIntoView({ behavior: 'instant', block: 'center' })")
    box = browser.evaluate("document.querySelector('.chart svg').getBoundingClientRect().toJSON()")
    left, top, width, height = (box[key] for key in ("left", "top", "width", "height"))

    def mouse(kind: str, share: float, clicks: int = 1) -> None:
        place = {"x": left + share * width, "y": top + height / 2}
        browser.call("Input.dispatchMouseEvent", type=kind, button="left", buttons=1, clickCount=clicks, **place)

    mouse("mousePressed", 0.1)
    mouse("mouseMoved", 0.6)
    assert browser.evaluate("document.querySelector('.chart .span').getBoundingClientRect().width") > 0.4 * width
    mouse("mouseReleased", 0.6)
    assert browser.evaluate(VIEW)[2] == pytest.approx(0.5 * 3.09, rel=0.1), "half of the axis over four epochs"
    assert not browser.evaluate("document.querySelector('.chart .span').getAttribute('d')")
    for clicks in (1, 2):
        mouse("mousePressed", 0.5, clicks)
        mouse("mouseReleased", 0.5, clicks)
    assert browser.evaluate(DRAWN) == before
    assert browser.complaints() == []


def test_the_tools_fit_a_phone_in_both_languages(browser: Browser, site: Path) -> None:
    for page in ("training.html", "zh/training.html"):
        browser.open((site / page).as_uri(), 390)
        browser.evaluate("document.querySelector('.charts details').open = true")
        assert browser.evaluate("document.documentElement.scrollWidth") == 390, page
