"""Several students as Markdown: the sentence, the table, and the way to each one's report."""

import re
from pathlib import Path

import pytest

from harness.report.build import report_files
from tests.support.invented_family import Invented, invent_family


@pytest.mark.thorough
def test_each_student_is_one_link_away(tmp_path: Path) -> None:
    folder = invent_family(tmp_path / "results", {"small": Invented(0.85, 100), "large": Invented(0.9, 900)})
    files = report_files(folder, folder.parent / ".data")
    for here in ("", "zh/"):
        text = str(files[f"{here}report.md"])
        ways = re.findall(r"\]\(<(.*?)>\)", text)
        assert ways == [f"{'../' * bool(here)}students/{key}/{here}report.md" for key in ("small", "large")]
        assert all(way.removeprefix("../") in files for way in ways)
        assert text.count("\n| ") >= 4
