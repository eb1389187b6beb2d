"""Both languages are complete: the same messages with the same values, and all that templates ask for."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from harness.report.text.language import LANGUAGES, MESSAGES, Language

TEMPLATES = MESSAGES.parent


class _Values(Visitor):  # type: ignore[misc]
    """The values that a message mentions."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


def _messages(code: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in (MESSAGES / code).glob("*.ftl"):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ast.Junk), f"{path}: {entry.content}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{path}: {entry.id.name} is there twice"
                values = _Values()
                values.visit(entry)
                found[entry.id.name] = values.names
    return found


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_language_says_the_same_with_the_same_values(code: str) -> None:
    first = next(iter(LANGUAGES))
    assert _messages(code) == _messages(first)


def test_templates_and_programs_ask_for_messages_that_exist() -> None:
    texts = [path.read_text("utf-8") for path in (*TEMPLATES.rglob("*.html"), *Path("harness").rglob("*.py"))]
    asked = {name for text in texts for name in re.findall(r'\bsay\(\s*"([\w-]+)"', text)}
    assert asked <= set(_messages("en")), asked - set(_messages("en"))


def test_a_message_needs_its_values() -> None:
    with pytest.raises(KeyError, match="images"):
        Language("en")("images")
    with pytest.raises(KeyError, match="no-such-message"):
        Language("zh")("no-such-message")


def test_a_broken_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "broken.ftl").write_text("good = well\nthis is no message\n")
    monkeypatch.setattr("harness.report.text.language.MESSAGES", tmp_path)
    with pytest.raises(ValueError, match="this is no message"):
        Language("en")
