"""The reference pages are the program's: every key has a description, and the tables are written from them."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


reference = runpy.run_path(str(ROOT / "docs" / "reference.py"))


@pytest.mark.parametrize("page", reference["PAGES"])
def test_a_page_is_as_the_program_has_it(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert reference["with_tables"](text) == text, "run: python docs/reference.py --write"
    assert "written by docs/reference.py" in text


@pytest.mark.parametrize("kind", reference["DESCRIBED"].values(), ids=reference["DESCRIBED"])
def test_every_key_says_what_it_means(kind: type) -> None:
    assert reference["undescribed"](kind) == []


def test_every_key_of_a_sweep_is_on_the_page() -> None:
    """Down to the searched range's ends; a mapping that may stand at three places is described once, with the three."""
    text = (ROOT / "docs" / "sweep-file.md").read_text(encoding="utf-8")
    for part in ("### `search.space.NAME`", "| `warmup_epochs` |", "| `magnitude` |"):
        assert part in text
    assert "`teacher.optimizer`, `teachers.N.optimizer`, `student.optimizer`" in text
