"""Templates hold no words, and every message is said."""

import base64
import hashlib
import re
from pathlib import Path
from typing import get_args

import pytest
from jinja2 import Environment

from harness.report.analysis.words import Verdict
from harness.report.pages.frame.templates import SCRIPTS, STYLES, TEMPLATES, environment, frame
from harness.report.text.language import language
from harness.state.attempts.run_state import RunState
from tests.support.pages import Texts


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


def test_every_macro_is_used() -> None:
    texts = "\n".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    macros = re.findall(r"\{% macro (\w+)\(", texts)
    assert len(macros) > 5
    unused = [name for name in macros if len(re.findall(rf"(?<!macro )\b{name}\(", texts)) < 1]
    assert not unused


def test_every_class_of_the_styles_is_worn() -> None:
    styles = "\n".join(path.read_text("utf-8") for path in (TEMPLATES / "styles").iterdir())
    code = Path("harness").rglob("*.py")
    texts = "\n".join(path.read_text("utf-8") for path in (*code, *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.js")))
    classes = set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)))
    assert len(classes) > 100
    states = {state.value.replace(" ", "-") for state in RunState}
    numbered = {name for name in classes if re.search(rf"\b{name.rstrip('0123456789')}\{{", texts)}  # d{{ curve.dash }}
    assert [name for name in sorted(classes - states - numbered) if not re.search(rf"\b{name}\b", texts)] == []


def test_rows_of_tables_are_written_by_the_tables() -> None:
    """Only the guesses of a card, of which a page has hundreds, are rows of a template."""
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
    assert [name for name, text in texts.items() if "<tr>" in text or "<td" in text] == ["macros.html"]


def test_no_line_of_a_template_is_too_long_to_be_read() -> None:
    lines = {
        f"{path.name}:{number}": len(line)
        for path in TEMPLATES.rglob("*.html")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    }
    assert [place for place, length in lines.items() if length > 200] == []


@pytest.mark.parametrize(("folder", "names"), [("scripts", (*SCRIPTS, "early", "one_file")), ("styles", STYLES)])
def test_every_part_is_in_the_file_that_pages_load(folder: str, names: tuple[str, ...]) -> None:
    assert sorted(names) == sorted(path.stem for path in (TEMPLATES / folder).iterdir())


def test_the_hash_allows_the_script() -> None:
    shared = frame()
    digest = hashlib.sha256(shared["script"].encode()).digest()
    assert shared["script_hash"] == base64.b64encode(digest).decode()
    assert shared["script"].startswith('"use strict";\n') and shared["script"].endswith("enliven(document);\n")
    assert not re.search(r"</(script|style)", shared["script"] + shared["style"]), "would end the element in a page"


@pytest.mark.parametrize("value", [None, ("a",), Path("a"), {"a": 1}])
def test_a_page_prints_text_and_numbers_and_no_other_object(value: object) -> None:
    template = environment(language("en")).from_string("{{ value }}")
    assert template.render(value="a<b") == "a&lt;b"
    with pytest.raises(TypeError, match=f"not {type(value).__name__}"):
        template.render(value=value)
