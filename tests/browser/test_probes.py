"""What the crawl must find: pages with one fault each."""

from pathlib import Path

import pytest

from tests.support.browser import Browser
from tests.support.crawl import broken_links_of, faults_by_axe, faults_by_keyboard, faults_on_screens_and_paper

pytestmark = pytest.mark.browser
WIDE = "<div style='width: 500px'>wide</div>"
SAYS = "<span class=says><b>✓ {name}</b> 97 %<i> · 4/5</i></span>"


@pytest.fixture
def page(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "index.html"
    start = "<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    path.write_text(
        f"{start}<title>A page</title><link rel=icon href='data:,'><main><h1>A page</h1>{request.param}</main>"
    )
    return path


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        pytest.param(WIDE, "px wide on a screen of 390: div", id="wide"),
        pytest.param(f"<details><summary>more</summary>{WIDE}</details>", "px wide on a screen of 390", id="opened"),
        pytest.param(
            f"<div style='overflow: auto'>{WIDE}</div>", "at 390 px scrolls out of a keyboard's reach", id="box"
        ),
        pytest.param(
            f"<div style='width: 90px; overflow: hidden; white-space: nowrap'>{SAYS.format(name='a long name')}</div>",
            "no room for how sure it is: span.says",
            id="votes",
        ),
        pytest.param(
            f"<div class=scroll style='overflow: auto'><table><tbody><tr><th>{'a name ' * 3}<td>{WIDE}</table></div>"
            "<style>th { min-width: 300px }</style>",
            "at 390 px names take most of the room: div.scroll",
            id="names",
        ),
        pytest.param("<div class=local><li style='margin-left: 60px'>x</div>", "out of the column", id="links"),
        pytest.param(f"<p style='overflow: auto; width: 90px'>{'x' * 60}", "cut off on paper: p", id="cut off"),
        pytest.param("<figure style='height: 2000px'>", "higher than a sheet of paper: figure", id="high"),
        pytest.param("<p style='margin-left: 700px; width: 90px'>x", "over the paper's edge: p", id="over the edge"),
        pytest.param("<nav>away</nav>", "of no use on paper: nav", id="of no use"),
        pytest.param("<img alt='' src='file:///nowhere.png'>", "asks for file:///nowhere.png", id="request"),
        pytest.param("<script>console.error('oh')</script>", "oh", id="console"),
        pytest.param(
            "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\"><script>0</script>",
            "Content Security Policy",
            id="policy",
        ),
    ],
    indirect=["page"],
)
def test_screens_and_paper(browser: Browser, page: Path, fault: str) -> None:
    assert any(fault in line for line in faults_on_screens_and_paper(browser, page, page.parent))


@pytest.mark.parametrize("page", [f"<div style='width: 200px'>{SAYS.format(name='short')}</div>"], indirect=True)
def test_a_page_without_faults(browser: Browser, page: Path) -> None:
    assert faults_on_screens_and_paper(browser, page, page.parent) == []
    assert faults_by_keyboard(browser, page, page.parent) == faults_by_axe(browser, page) == []


@pytest.mark.parametrize("page", ["<img src='data:,'>"], indirect=True)
def test_axe(browser: Browser, page: Path) -> None:
    assert any("image-alt" in line for line in faults_by_axe(browser, page))


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<a href='#'>one</a><a href='#' style='outline: none'>two</a>", 'nothing marks the focus on a "two"'),
        (
            "<a href='#' onkeydown='event.preventDefault()'>one</a><a href='#'>two</a><a href='#'>three</a>",
            'Tab does not come to a "three"',
        ),
    ],
    indirect=["page"],
    ids=["unmarked", "trap"],
)
def test_keyboard(browser: Browser, page: Path, fault: str) -> None:
    assert fault in faults_by_keyboard(browser, page, page.parent)


@pytest.mark.parametrize(
    "page", ["<a href='#nowhere'>a</a><a href='more.html'>b</a><a href='#'>top</a>"], indirect=True
)
def test_links(page: Path) -> None:
    assert broken_links_of(page.parent) == ["index.html: #nowhere", "index.html: more.html"]
