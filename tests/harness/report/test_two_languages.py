"""Every word of the site comes from a message, and the Chinese pages are Chinese."""

import html.parser
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment

from harness.report.analysis.statistics import Verdict
from harness.report.build import build_report, report_files
from harness.report.figures.style import drawing_style, finish, new_figure
from harness.report.pages.templates import TEMPLATES
from harness.report.results.reader import read_results
from harness.report.results.sweep_results import State
from harness.report.text.labels import state_text
from harness.report.text.language import LANGUAGES, language
from harness.report.text.run_lines import RunStatus
from harness.state.records import TrialRecord
from kd.records import AttemptEnd, Failure
from tests.support.pages import files_of

SPOKEN_ATTRIBUTES = ("aria-label", "title", "alt", "placeholder", "data-done")
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:'’-]+[A-Za-z]+){2,}")


class Texts(html.parser.HTMLParser):
    """What a page says: its text, and the attributes that are read out; code and data blocks are left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.language: str | None = None
        self._hidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("script", "style", "code", "pre"):
            self._hidden.append(tag)
        if tag == "html":
            self.language = values.get("lang")
        if tag == "a" and values.get("hreflang"):
            self.links.append(values)
        self.texts += [values[name] or "" for name in SPOKEN_ATTRIBUTES if name in values]

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_templates_hold_no_words(path: Path) -> None:
    tokens = list(Environment(trim_blocks=True, lstrip_blocks=True).lex(path.read_text("utf-8")))
    literal = Texts(
        "".join(value if kind == "data" else " " if kind.endswith("_begin") else "" for _, kind, value in tokens)
    )
    assert not [text for text in literal.texts if re.search(r"[^\W\d_]{2,}", text)]
    strings = [value[1:-1] for _, kind, value in tokens if kind == "string"]
    assert not [text for text in strings if re.search(r"[a-z]{2,} [a-z]{2,}", text) and text not in get_args(Verdict)]


def test_every_message_is_said_somewhere() -> None:
    code = Path("harness").rglob("*.py")
    texts = "\n".join(path.read_text("utf-8") for path in (*code, *TEMPLATES.rglob("*.html")))
    messages = "\n".join(path.read_text("utf-8") for path in (TEMPLATES / "messages" / "en").glob("*.ftl"))
    names = re.findall(r"^([a-z][\w-]*) =", messages, re.MULTILINE)
    assert len(names) > 100
    # Names that are put together: "nav-" ~ name in a template, f"advice-{rule}" in a program.
    beginnings = tuple(re.findall(r"""["']([a-z][\w-]*-)(?:["'] ~|\{[^}]*\}[\w-]*["'])""", texts))
    said_by_others = set(re.findall(r"\{ ([a-z][\w-]*) \}", messages))
    silent = [name for name in names if not re.search(rf"""["']{name}["']""", texts) and name not in said_by_others]
    assert not [name for name in silent if not name.startswith(beginnings)]


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_state_has_a_word(code: str) -> None:
    states = {
        *get_args(State),
        *get_args(RunStatus),
        *get_args(AttemptEnd),
        *get_args(Failure.model_fields["kind"].annotation),
        *get_args(TrialRecord.model_fields["state"].annotation),
        "open",
    }
    words = {state: state_text(state, language(code)) for state in states}
    if code == "en":
        assert words == {state: state for state in states}
    else:
        assert not [word for word in words.values() if re.search("[A-Za-z]", word)]


@pytest.fixture(scope="module")
def site(finished: Path) -> Path:
    return build_report(finished, finished.parent / ".data").parent


def test_every_page_leads_to_itself_in_the_other_language(site: Path) -> None:
    english = {name for name in files_of(site) if name.endswith(".html") and not name.startswith("zh/")}
    assert english == {name for name in files_of(site / "zh") if name.endswith(".html")} and len(english) == 16 + 19
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
    pages = {folder: (site / folder / "index.html").read_text("utf-8") for folder in ("", "zh")}
    for ending in ("csv", "json"):
        assert (site / f"{table}.{ending}").exists() and not (site / "zh" / f"{table}.{ending}").exists()
        assert f'href="{table}.{ending}"' in pages[""] and f'href="../{table}.{ending}"' in pages["zh"]
    for ending in ("md", "tex"):
        assert all(f'href="{table}.{ending}"' in page for page in pages.values())
    assert not ENGLISH.search((site / "zh" / f"{table}.md").read_text("utf-8"))


def test_no_english_is_left_on_a_chinese_page(site: Path, finished: Path) -> None:
    results = read_results(finished)
    sweep = results.plan.sweep
    assert results.speed is not None and sweep.reference is not None
    data = (sweep.description, sweep.reference.source, results.speed.device)
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
    for text in Texts(files["zh/index.html"]).texts:
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
    assert len(pages) == 2 * (1 + 3 + 4 + 1 + 7)  # front page, classes, cells of agreement, table of runs, runs
    for name, text in pages.items():
        assert "<b>x" not in text, name
    for name in ("index.html", "zh/index.html", "class-0.html", "zh/class-0.html"):
        assert "&lt;b&gt;x" in pages[name]
        assert "{ $name }\ue000name\ue001" in pages[name]


@pytest.mark.parametrize("text", ["教师模型", "蒸馏", "犬と猫", "고양이", "😀"])
def test_figures_measure_every_script_and_keep_its_text(text: str) -> None:
    """Warnings are errors here, so a glyph that is missing would fail."""
    size = 20
    with drawing_style():
        figure, axes = new_figure(400, 100)
        label = axes.text(0, 0.5, text, fontsize=size)
        drawing = finish("wide", figure, "a test")
        width = label.get_window_extent().width
    assert f">{text}</text>" in drawing.svg
    num_wide = sum(unicodedata.east_asian_width(letter) == "W" for letter in text)
    assert num_wide * size <= width <= 1.25 * num_wide * size
