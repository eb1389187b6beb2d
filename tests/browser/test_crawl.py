"""All pages of a real site and of invented ones, as they are read: at any width and look, by keyboard, on paper."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import Browser
from tests.support.crawl import (
    broken_links_of,
    faults_by_axe,
    faults_by_keyboard,
    faults_on_a_phone,
    faults_on_screens_and_paper,
    is_chinese,
    one_of_each_kind,
)
from tests.support.crawled_sites import EVERYWHERE, pages_of

pytestmark = pytest.mark.browser


@pytest.mark.essential
def test_a_page_of_each_kind_of_a_real_site(browser: Browser, site: Path) -> None:
    pages = one_of_each_kind(sorted(site.rglob("*.html")))
    assert len(pages) > 30
    faults = {page.relative_to(site): faults_on_screens_and_paper(browser, page, site) for page in pages}
    assert {page: found for page, found in faults.items() if found} == {}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_page_of_each_kind_is_whole_on_screens_and_paper(browser: Browser, sites: Path, name: str) -> None:
    pages = one_of_each_kind(pages_of(sites, name))
    faults = {page: faults_on_screens_and_paper(browser, page, sites) for page in pages}
    assert {page.relative_to(sites): found for page, found in faults.items() if found} == {}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_every_other_page_is_whole_on_a_phone(browser: Browser, sites: Path, name: str) -> None:
    """Every English one: the names and numbers on the Chinese ones are the same."""
    every = pages_of(sites, name)
    seen = set(one_of_each_kind(every))
    pages = [page for page in every if not is_chinese(page) and page not in seen]
    faults = {page: faults_on_a_phone(browser, page, sites) for page in pages}
    assert {page.relative_to(sites): found for page, found in faults.items() if found} == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_finds_nothing_in_a_page_of_each_kind(browser: Browser, sites: Path, language: str) -> None:
    """Of all sites together, and every front page: English ones on a desk by day, Chinese ones on a phone by night."""
    every = [page for name in EVERYWHERE for page in pages_of(sites, name) if is_chinese(page) == (language == "zh")]
    fronts = [page for page in every if page.stem == "index"]
    look: dict[str, Any] = {"width": 390, "dark": True} if language == "zh" else {"width": 1280}
    faults = {page: faults_by_axe(browser, page, **look) for page in dict.fromkeys([*fronts, *one_of_each_kind(every)])}
    assert {page.relative_to(sites): found for page, found in faults.items() if found} == {}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_tab_comes_to_everything(browser: Browser, sites: Path, name: str) -> None:
    pages = [page for page in one_of_each_kind(pages_of(sites, name)) if not is_chinese(page)]
    faults = {page: faults_by_keyboard(browser, page, sites) for page in pages}
    assert {page.relative_to(sites): found for page, found in faults.items() if found} == {}


def test_no_link_leads_nowhere(sites: Path) -> None:
    assert broken_links_of(sites) == []
