"""The tables of sweeps: the same cells below one another and side by side, whatever a sweep lacks."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

from harness.report.index.pages import overview_files
from harness.report.index.sweeps import Entry, find_sweeps

SWEEP = {"name": "x", "description": "<b>bold", "seeds": 3}


def cells(page: str) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", page)


def test_what_is_told_of_a_sweep_is_told_beside_others_too(results: Path) -> None:
    shutil.copytree(results / "invented", results / "other")
    files = overview_files(find_sweeps(results))
    below, beside = cells(files["index.html"]), cells(files["compare.html"])
    assert len(below) == 2 * 11
    assert set(below) <= set(beside)
    assert sum("<small>" in cell and "<svg" not in cell for cell in beside) >= 2 * 4
    assert "&lt;" not in "".join(beside)


def test_a_sweep_without_a_report_has_dashes_and_its_trouble_in_colour() -> None:
    entry = Entry("x", "failed", problem="runs/<i>: torn", num_done=1, num_planned=7, sweep=SWEEP)
    files = overview_files([entry, replace(entry, name="y")])
    for page in (files["index.html"], files["compare.html"]):
        assert '<span class="loss">failed</span>' in page
        assert "1 of 7 runs are finished." in page and "runs/&lt;i&gt;: torn" in page
        assert "&lt;b&gt;bold" in page and "<b>bold" not in page
    assert cells(files["index.html"]).count("–") == 2 * 9
