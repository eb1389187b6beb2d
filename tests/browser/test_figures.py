"""Every text of every figure of the pages lies inside it, with the fonts that a browser draws it with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.build import build_report
from tests.support.browser import Browser

pytestmark = pytest.mark.browser

CUT_OFF = """[...document.querySelectorAll('svg')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const sides = (box) =>
    [frame.left - box.left, box.right - frame.right, frame.top - box.top, box.bottom - frame.bottom];
  if (!frame.width || getComputedStyle(svg).overflow === 'visible') return [];
  return [...svg.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
    const out = Math.max(...sides(text.getBoundingClientRect()));
    return out > 1.5 ? `${svg.id}: ${text.textContent.slice(0, 40)} by ${out.toFixed(1)}` : '';
  });
})"""
"""Of each text of the page's figures what is cut off: nothing, of those that lie inside."""


@pytest.fixture(scope="module")
def long_names(tmp_path_factory: pytest.TempPathFactory, invent: Callable[..., Path]) -> Path:
    """A site of classes with long names in two scripts."""
    names = ["Wide Withering Wombats " * 5, "单峰骆驼" * 20, "W" * 300, "plain"]
    folder = invent(tmp_path_factory.mktemp("long"), 4, 80, names, seeds=3)
    return build_report(folder, folder.parent / ".data").parent


@pytest.mark.parametrize("language", ["", "zh/"])
@pytest.mark.parametrize("of", ["site", "long_names"])
def test_no_text_is_cut_off(browser: Browser, request: pytest.FixtureRequest, of: str, language: str) -> None:
    root: Path = request.getfixturevalue(of)
    pages = [page for page in sorted((root / language).glob("*.html")) if "<svg" in page.read_text()]
    assert pages
    found = []
    for page in pages:
        browser.open(page.as_uri(), 1280)
        found += [f"{page.name} {cut}" if cut else "" for cut in browser.evaluate(CUT_OFF)]
    assert len(found) > 50, "texts were looked at"
    assert [cut for cut in found if cut] == []
