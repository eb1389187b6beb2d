"""Every topic's tables are there where there is something in them, and none where not."""

import re
from pathlib import Path

import pytest

from harness.report.markdown.topics import BLOCKS
from harness.report.markdown.writing import MAX_ROWS
from harness.report.pages.frame.topics import TOPICS
from harness.report.study import Study, read_study
from harness.report.text.language import LANGUAGES, language
from tests.support.failing_studies import STUDIES, plant

EN = language("en")


def blocks_of(name: str, study: Study, code: str = "en") -> list[str]:
    return list(BLOCKS[name](study, language(code, study.results.metric)))


def test_topics_are_those_of_the_pages() -> None:
    assert set(BLOCKS) < {topic.name for topic in TOPICS}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(BLOCKS) - {"methods", "controls", "other-tests"}))
def test_a_finished_sweep_has_something_on_each(study: Study, name: str, code: str) -> None:
    blocks = blocks_of(name, study, code)
    assert any(block.startswith("| ") for block in blocks) or name == "provenance"
    assert blocks.count("</details>") == sum(block.startswith("<details>") for block in blocks)


def test_several_methods_are_side_by_side(several: Study) -> None:
    table = blocks_of("methods", several)[0]
    assert len(table.split("\n\n")[0].splitlines()) == 2 + 3


def test_before_test_is_read_nothing_is_said_of_it(tmp_path: Path) -> None:
    folder = plant(tmp_path / "results", STUDIES["teacher only"])
    found = read_study(folder, folder.parent / ".data")
    for name in ("certainty", "classes", "errors", "agreement", "calibration"):
        assert blocks_of(name, found) == [], name


def test_missing_results_and_the_advice_are_named(tmp_path: Path) -> None:
    folder = plant(tmp_path / "results", STUDIES["distilled failed"])
    found = read_study(folder, folder.parent / ".data")
    runs = blocks_of("runs", found)
    assert "### Missing results" in runs and len(runs[-1].splitlines()) > 2
    advice = blocks_of("search", found)
    assert advice[0] == "### What to try next" and advice[1].startswith("- ")


def test_a_table_of_many_rows_is_cut(tmp_path: Path, several: Study) -> None:
    trials = [block for block in blocks_of("search", several) if block.startswith("| ")]
    assert trials and all(len(block.splitlines()) <= MAX_ROWS + 2 for block in trials)
    assert not re.search(r"\| None \|", "\n".join(trials))
