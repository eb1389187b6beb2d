"""The site in a real browser: it loads from a file, logs nothing, fits a phone, sorts, and digs to one image."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from harness.report.build import build_report
from harness.report.index.overview import write_overview
from harness.state.files.records import read_sweep_record, write_sweep_record
from tests.support.browser import Browser

pytestmark = pytest.mark.browser
LOADED = ("style.css", "report.js")  # from the site itself, by pages of which there are many


@pytest.mark.parametrize(
    ("page", "loaded"),
    [
        pytest.param("index.html", ("index.png",), marks=pytest.mark.essential),
        ("zh/index.html", ("index.png",)),
        ("runs.html", LOADED),
        ("errors.html", (*LOADED, "errors.png")),
        ("class-3.html", (*LOADED, "class-3.png")),
        ("zh/class-3.html", (*LOADED, "class-3.png")),
        ("agreement-wrong-alike.html", (*LOADED, "agreement-wrong-alike.png")),
        ("runs/*-s0.html", LOADED),
        ("zh/runs/*-s0.html", LOADED),
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_load_quietly_and_fit(
    browser: Browser, site: Path, page: str, loaded: tuple[str, ...], width: int, dark: bool
) -> None:
    page = min(site.glob(page)).relative_to(site).as_posix()
    url = (site / page).as_uri()
    browser.open(url, width, dark=dark)
    assert browser.evaluate("document.documentElement.scrollWidth") == width
    assert browser.complaints() == []
    assert {request.removeprefix(f"{site.as_uri()}/") for request in browser.requests()} == {page, *loaded}


def test_colours_follow_the_readers_scheme(browser: Browser, site: Path) -> None:
    paper = []
    for dark in (False, True):
        browser.open((site / "index.html").as_uri(), 1280, dark=dark)
        paper.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert paper[0] != paper[1]


@pytest.mark.parametrize("page", ["index.html", "provenance.html"])
def test_the_bar_of_topics_shows_the_page_that_is_open(browser: Browser, site: Path, page: str) -> None:
    browser.open((site / page).as_uri(), 390)
    left, right = browser.evaluate(
        "(({ left, right }) => [left, right])(document.querySelector('.topics [aria-current]').getBoundingClientRect())"
    )
    assert 0 <= left < right <= 390


@pytest.mark.parametrize("page", ["index.html", "zh/class-3.html"])
@pytest.mark.parametrize("over_http", [False, True])
def test_pictures_are_decoded(browser: Browser, site: Path, served: str, page: str, over_http: bool) -> None:
    browser.open(f"{served if over_http else site.as_uri()}/{page}", 1280)
    with Image.open(site / Path(page).with_suffix(".png").name) as sheet:
        size = list(sheet.size)
    boxes = browser.evaluate(
        "[...document.querySelectorAll('svg.picture image')].map(i => [i.getBBox().width, i.getBBox().height])"
    )
    assert boxes == [size] * len(boxes) and boxes
    assert browser.complaints() == []


def test_the_switch_keeps_the_place(browser: Browser, site: Path) -> None:
    browser.open((site / "class-3.html").as_uri() + "#main", 1280)
    browser.follow("a[hreflang]")
    assert browser.evaluate("location.href") == (site / "zh/class-3.html").as_uri() + "#main"
    assert browser.evaluate("document.documentElement.lang") == "zh-CN"
    browser.follow("a[hreflang]")
    assert browser.evaluate("location.href") == (site / "class-3.html").as_uri() + "#main"


CUT_OFF = """
[...document.querySelectorAll("figure svg")].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 2 || box.right > frame.right + 2
      || box.top < frame.top - 2 || box.bottom > frame.bottom + 2;
  }).map(text => text.textContent);
})
"""
OVERLAPPING = """
[...document.querySelectorAll("figure svg")].flatMap(svg => {
  const level = [...svg.querySelectorAll("text")].map(text => [text.textContent, text.getBoundingClientRect()])
    .filter(([, box]) => box.width >= box.height);
  return level.flatMap(([one, a], index) => level.slice(index + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.35 * Math.min(a.height, b.height)
  ).map(([other]) => one + " / " + other));
})
"""


@pytest.mark.parametrize("page", ["certainty", "classes", "errors", "size", "calibration", "training", "search"])
@pytest.mark.parametrize("folder", ["", "zh/"])
def test_labels_of_figures_neither_overlap_nor_are_cut_off(
    browser: Browser, site: Path, page: str, folder: str
) -> None:
    browser.open((site / f"{folder}{page}.html").as_uri(), 1280)
    assert browser.evaluate("document.querySelectorAll('figure svg text').length") > 10
    assert browser.evaluate(CUT_OFF) == []
    assert browser.evaluate(OVERLAPPING) == []


def test_class_names_of_any_script_fit_into_the_figures(
    browser: Browser, tmp_path: Path, invent: Callable[..., Path]
) -> None:
    names = ["单峰骆驼", "长颈鹿与斑马混合类别", "犬と猫の間にある何か", "MMMMMMMMMMMMMMMMMMMMMMM", "고양이", "кошка"]
    folder = invent(tmp_path / "results", len(names), 120, names)
    browser.open(build_report(folder, folder.parent / ".data").as_uri(), 1280)
    assert browser.evaluate(CUT_OFF) == []


def test_tables_sort_both_ways(browser: Browser, site: Path) -> None:
    browser.open((site / "search.html").as_uri(), 1280)
    column = "[...document.querySelectorAll('#search tbody tr')].map(r => Number(r.cells[1].textContent))"
    button = "document.querySelectorAll('#search thead button')[1]"
    for order, reverse in (("descending", True), ("ascending", False)):
        browser.evaluate(f"{button}.click()")
        values = browser.evaluate(column)
        assert values == sorted(values, reverse=reverse)
        assert browser.evaluate(f"{button}.parentElement.getAttribute('aria-sort')") == order


@pytest.mark.parametrize(
    ("page", "start"),
    [
        ("errors.html", "#figure-confusion-baseline a[href*='#as-']"),
        ("errors.html", "#figure-confusion-change a[href*='#as-']"),
        ("classes.html", "#figure-classes a"),
        ("agreement.html", "main a[href^=agreement-]"),
    ],
)
def test_one_image_is_three_clicks_away_from_its_topic(browser: Browser, site: Path, page: str, start: str) -> None:
    browser.open((site / page).as_uri(), 1280)
    href = browser.evaluate(f'document.querySelector("{start}").getAttribute("href")')  # the first click
    browser.open(f"{site.as_uri()}/{href}", 1280)
    assert browser.evaluate("!location.hash || document.querySelector(location.hash) !== null")
    browser.evaluate("document.querySelector('.card > summary').click()")  # the second
    assert browser.evaluate("document.querySelector('.card').open")
    assert browser.evaluate("document.querySelectorAll('.card[open] tbody tr').length") == 7


def test_a_link_to_an_image_opens_it(browser: Browser, site: Path) -> None:
    browser.open((site / "errors.html").as_uri(), 1280)
    href = browser.evaluate("document.querySelector('#pictures a.tile').getAttribute('href')")
    browser.open(f"{site.as_uri()}/{href}", 390)
    assert browser.evaluate("document.querySelector(location.hash).open")
    top = browser.evaluate("document.querySelector(location.hash).getBoundingClientRect().top")
    assert 0 <= top < 450
    assert browser.evaluate("document.documentElement.scrollWidth") == 390


def test_the_copy_button_carries_the_latex(browser: Browser, site: Path) -> None:
    browser.open((site / "index.html").as_uri(), 1280)
    assert not browser.evaluate("document.querySelector('[data-copy=table-tex]').hidden")
    copied = browser.evaluate("document.getElementById('table-tex').textContent")
    assert copied == (site / "table.tex").read_text()


@pytest.fixture(scope="module")
def overview(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder with three sweeps that differ in their seeds."""
    results = tmp_path_factory.mktemp("overview")
    record = read_sweep_record(site.parent)
    for seeds in (3, 4, 5):
        folder = results / f"seeds{seeds}"
        shutil.copytree(site, folder / "report")
        sweep = record.sweep.model_copy(update={"seeds": seeds})
        write_sweep_record(folder, record.model_copy(update={"sweep": sweep}))
    return write_overview(results)


@pytest.mark.parametrize("page", ["index.html", "compare.zh.html"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_overview_loads_quietly_and_fits(browser: Browser, overview: Path, page: str, width: int) -> None:
    url = overview.with_name(page).as_uri()
    browser.open(url, width)
    assert browser.evaluate("document.documentElement.scrollWidth") == width
    assert browser.complaints() == []
    assert browser.requests() == [url]


SHOWN = (
    "[...document.querySelectorAll('.settings thead th')].slice(1).filter(c => c.offsetWidth).map(c => c.textContent)"
)
DIFFERENT = (
    "[...document.querySelectorAll('.settings tbody tr')].filter(r => r.offsetHeight).map(r => r.cells[0].textContent)"
)


def test_two_ticked_sweeps_are_compared(browser: Browser, overview: Path) -> None:
    browser.open(overview.as_uri(), 1280)
    for number in (0, 2):
        browser.evaluate(f"document.querySelectorAll('input[data-pick]')[{number}].click()")
    browser.open(browser.evaluate("document.querySelector('a[data-compare]').href"), 1280)
    assert browser.evaluate(SHOWN) == ["seeds3", "seeds5"]
    assert browser.evaluate(DIFFERENT) == ["seeds"]
    browser.evaluate("document.querySelector('[data-column=c2]').click()")
    assert browser.evaluate(SHOWN) == ["seeds3"]
    assert browser.evaluate(DIFFERENT) == []
    browser.evaluate("document.querySelector('#only-differences').click()")
    assert "student.model" in browser.evaluate(DIFFERENT)


def test_columns_hide_without_the_script(browser: Browser, overview: Path) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(overview.with_name("compare.html").as_uri(), 1280)
        assert browser.evaluate(SHOWN) == ["seeds3", "seeds4", "seeds5"]
        browser.evaluate("document.querySelector('#show-1').checked = false")
        assert browser.evaluate(SHOWN) == ["seeds3", "seeds5"]
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_runs_are_filtered_by_text_state_and_role(browser: Browser, site: Path) -> None:
    shown = "[...document.querySelectorAll('#all-runs tbody tr:not([hidden])')]"
    browser.open((site / "runs.html").as_uri() + "#role=baseline", 1280)
    assert browser.evaluate(f"{shown}.length") == 3
    assert browser.evaluate(f"{shown}.every(row => row.dataset.role === 'baseline')")
    browser.evaluate("document.querySelector('[name=text]').value = '-s2'")
    browser.evaluate("document.querySelector('[name=text]').dispatchEvent(new Event('input', {bubbles: true}))")
    assert browser.evaluate(f"{shown}.length") == 1
    assert browser.evaluate("document.querySelector('[data-table] output').textContent").startswith("1 of ")
    assert browser.evaluate("location.hash") == "#text=-s2&role=baseline"
    browser.evaluate("location.hash = 'state=complete'")
    browser.evaluate("new Promise(resolve => setTimeout(resolve))")
    assert browser.evaluate(f"{shown}.length") == 19


def test_values_are_read_off_the_curves(browser: Browser, site: Path, finished: Path) -> None:
    run_id = min(path.name for path in (finished / "runs").glob("final-*"))
    epochs = json.loads((finished / "runs" / run_id / "history.json").read_text())["epochs"]
    browser.open((site / "runs" / f"{run_id}.html").as_uri(), 1280)
    values = "[...document.querySelectorAll('.legend b')].map(b => Number(b.textContent))"
    names = ("val_accuracy", "train_accuracy", "val_loss", "hard_loss", "soft_loss", "train_loss")
    for number, epoch in enumerate(epochs, start=1):
        browser.evaluate(f"document.querySelector('[type=range]').value = {number}")
        browser.evaluate("document.querySelector('[type=range]').dispatchEvent(new Event('input'))")
        read = browser.evaluate(values)[: len(names)]
        measured = [epoch[name] * (100 if "accuracy" in name else 1) for name in names]
        assert read == pytest.approx(measured, rel=0.006)
        assert f"{read[0]:.2f}" in browser.evaluate("document.querySelector('[aria-valuetext]').ariaValueText")


def test_an_arm_can_be_hidden(browser: Browser, site: Path) -> None:
    browser.open((site / "training.html").as_uri(), 1280)
    drawn = "[...document.querySelectorAll('#training svg [data-arm=baseline]')]"
    visible = f"{drawn}.filter(path => getComputedStyle(path).display !== 'none').length"
    assert browser.evaluate(visible) > 5
    browser.evaluate("document.querySelectorAll('#training [type=checkbox]')[1].click()")
    assert browser.evaluate(visible) == 0
