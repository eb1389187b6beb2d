"""Every word of the site comes from a message, and the Chinese pages are Chinese."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.results.reading.reader import read_results
from tests.support.pages import Texts, files_of, told

NUM_TOPICS = 9  # pages of topics, but the front page, those of labels and of runs
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:'’-]+[A-Za-z]+){2,}")


def test_every_page_leads_to_itself_in_the_other_language(site: Path) -> None:
    english = {name for name in files_of(site) if name.endswith(".html") and not name.startswith("zh/")}
    assert english == {name for name in files_of(site / "zh") if name.endswith(".html")}
    assert len(english) == 17 + 19 + NUM_TOPICS
    for name in english:
        for path, locale, other, target in (
            (site / name, "en-GB", "zh-CN", site / "zh" / name),
            (site / "zh" / name, "zh-CN", "en-GB", site / name),
        ):
            page = Texts(path.read_text("utf-8"))
            assert page.language == locale
            (link,) = page.links
            assert link["hreflang"] == link["lang"] == other
            assert (path.parent / (link["href"] or "")).resolve() == target.resolve()


@pytest.mark.parametrize("table", ["table", "tables/classes", "tables/agreement", "tables/cost", "tables/trials"])
def test_tables_are_there_for_programs_once_and_for_people_in_their_language(site: Path, table: str) -> None:
    pages = {"": told(site), "zh": told(site, "zh/")}
    for ending in ("csv", "json"):
        assert (site / f"{table}.{ending}").exists() and not (site / "zh" / f"{table}.{ending}").exists()
        assert f'href="{table}.{ending}"' in pages[""] and f'href="../{table}.{ending}"' in pages["zh"]
    for ending in ("md", "tex"):
        assert all(f'href="{table}.{ending}"' in page for page in pages.values())
    assert not ENGLISH.search((site / "zh" / f"{table}.md").read_text("utf-8"))


def test_no_english_is_left_on_a_chinese_page(site: Path, finished: Path) -> None:
    results = read_results(finished)
    sweep = results.plan.sweep
    assert results.speed is not None and sweep.reference
    data = (sweep.description, sweep.reference[0].source, results.speed.device)
    for path in (site / "zh").rglob("*.html"):
        for text in Texts(path.read_text("utf-8")).texts:
            for name in data:
                text = text.replace(name, "")
            assert not ENGLISH.search(text), (path.name, text)


def test_the_chinese_page_of_an_unfinished_sweep_is_chinese(sweep_dir: Path) -> None:
    for path in (*(sweep_dir / "runs").glob("test-*/metrics.json"), *(sweep_dir / "runs").glob("final-*/metrics.json")):
        path.unlink()
    results = read_results(sweep_dir)
    files = report_files(sweep_dir, sweep_dir / "no-data")
    for text in Texts(told(files, "zh/")).texts:
        for name in (results.plan.sweep.description, "a paper"):
            text = text.replace(name, "")
        assert not ENGLISH.search(text), text
    assert "尚无结论" in files["zh/index.html"]


def test_both_languages_say_the_same_numbers(site: Path) -> None:
    """Intervals, shares and counts of the tables: every number of one page's cells stands on the other's."""

    def numbers(path: Path) -> list[str]:
        cells = re.findall(r'data-value="([^"]*)"', path.read_text("utf-8"))
        return [cell for cell in cells if re.fullmatch(r"-?[\d.e-]+", cell)]

    for path in site.glob("*.html"):
        assert numbers(path) == numbers(site / "zh" / path.name)


def test_hostile_names_are_escaped_in_both_languages(tmp_path: Path, invent: Callable[..., Path]) -> None:
    folder = invent(tmp_path / "results", 3, 60, ["<b>x", "a & b", "{ $name }\ue000name\ue001"])
    files = report_files(folder, folder.parent / ".data")
    pages = {name: text for name, text in files.items() if name.endswith(".html")}
    assert len(pages) == 2 * (1 + 3 + 4 + 1 + 1 + 7 + NUM_TOPICS)  # front, classes, cells, labels, runs, each run
    for name, text in pages.items():
        assert "<b>x" not in text, name
    for name in ("classes.html", "zh/classes.html", "class-0.html", "zh/class-0.html"):
        assert "&lt;b&gt;x" in pages[name]
        assert "{ $name }\\ue000name\\ue001" in pages[name]
