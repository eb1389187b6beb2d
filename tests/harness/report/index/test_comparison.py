"""Any two sweeps side by side."""

import shutil
from pathlib import Path

from harness.report.index.comparison import compare_settings
from harness.report.index.pages import overview_files
from harness.report.index.sweeps import find_sweeps
from tests.harness.report.index.entries import change


def test_settings_stand_in_the_order_of_a_sweep_file() -> None:
    first = {"seeds": 5, "data": {"source": "a", "max_train": None}, "compare": [{"alpha": 0.5}], "name": "x"}
    second = {"data": {"source": "b"}, "seeds": 5, "student": {"milestones": [1, 2]}}
    settings = compare_settings([first, second])
    assert [(setting.key, setting.values) for setting in settings] == [
        ("data.source", ("a", "b")),
        ("data.max_train", ("null", None)),
        ("student.milestones", (None, "[1, 2]")),
        ("compare.0.alpha", ("0.5", None)),
        ("seeds", ("5", "5")),
    ]
    assert [setting.differs for setting in settings] == [True, True, True, True, False]


def test_any_two_sweeps_stand_side_by_side(results: Path) -> None:
    shutil.copytree(results / "invented", results / "other")
    change(results / "other", seeds=4, description="<b>more")
    page = overview_files(find_sweeps(results))["compare.html"]
    assert page.count('type="checkbox" id="show-') == 2
    assert "body:has(#show-1:not(:checked)) .c1" in page
    assert '<tr><th scope="row"><code>seeds</code></th><td class="c0">2</td><td class="c1 tint1">4</td></tr>' in page
    assert '<tr class="same"><th scope="row"><code>data.source</code></th>' in page
    assert "<b>more" not in page and "&lt;b&gt;more" in page
