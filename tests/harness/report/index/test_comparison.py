"""Any two sweeps side by side."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from harness.report.index.comparison import MAX_LETTERS, compare_settings
from harness.report.index.pages import file_name, overview_files
from harness.report.index.sweeps import find_sweeps
from harness.report.text.language import LANGUAGES, language
from tests.harness.report.index.entries import change

KD = {"loss": "kd", "alpha": 0.5}


def compared(*sweeps: dict[str, Any]) -> dict[str, tuple[str | None, ...]]:
    """The values by key of what differs."""
    return {setting.key: setting.values for setting in compare_settings(sweeps) if setting.differs}


def test_settings_stand_in_the_order_of_a_sweep_file() -> None:
    first = {"seeds": 5, "data": {"source": "a", "max_train": None}, "compare": [{"alpha": 0.5}], "name": "x"}
    second = {"data": {"source": "b"}, "seeds": 5, "student": {"milestones": [1, 2]}}
    settings = compare_settings([first, second])
    assert [(setting.key, setting.values) for setting in settings] == [
        ("data.source", ("a", "b")),
        ("data.max_train", (None, None)),
        ("student", (None, "milestones [1, 2]")),
        ("compare", ("1: alpha 0.5", None)),
        ("seeds", ("5", "5")),
    ]
    assert [setting.differs for setting in settings] == [True, False, True, True, False]


def test_a_branch_that_one_sweep_alone_has_is_one_row() -> None:
    teacher = {"model": "cnn", "optimizer": {"lr": 0.1, "momentum": 0.9}}
    single = {"teacher": teacher, "teachers": None}
    assert compared(single, single, {"teacher": None, "teachers": [teacher, teacher]}) == {
        "teacher": ("cnn", "cnn", None),
        "teachers": (None, None, "2: cnn, cnn"),
    }


def test_what_a_sweep_lacks_is_said_once_and_not_of_every_key_inside() -> None:
    searches = [{"search": {"num_trials": number, "space": {"alpha": [0, 1]}}} for number in (8, 8, 9)]
    found = compare_settings([*searches, {"search": None}])
    assert {one.key: (one.values, one.groups, one.tints) for one in found if one.differs} == {
        "search": (("…", "…", "…", None), (0, 0, 0, 1), (0, 0, 0, 1)),
        "search.num_trials": (("8", "8", "9", None), (0, 0, 1, None), (0, 0, 1, None)),
    }


def test_entries_of_lists_are_compared_where_they_pair() -> None:
    one, other = {"methods": [KD, KD]}, {"methods": [KD, KD | {"alpha": 0.9}]}
    assert compared(one, other) == {"methods.1.alpha": ("0.5", "0.9")}
    assert compared(one, {"methods": [KD]}) == {"methods": ("2: kd, kd", "1: kd")}
    assert compared(one, {"methods": [KD]}, {"methods": []}) == {"methods": ("2: kd, kd", "1: kd", None)}


def test_empty_and_missing_are_no_difference() -> None:
    assert compared({"compare": []}, {"compare": None}, {}) == {}


def test_a_long_branch_is_said_in_brief() -> None:
    (values,) = compared({"methods": [{"name": "m" * 99}] * 99}, {}).values()
    assert values[0] is not None and values[0].startswith("99: mmm") and len(values[0]) <= MAX_LETTERS


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_where_nothing_can_be_compared_the_page_says_so(results: Path, code: str) -> None:
    say, page = language(code), file_name("compare", code)

    def sentences(text: str) -> set[str]:
        known = ("compare-no-results", "compare-no-difference")
        known_texts = {key: say(key) for key in known} | {f"none {n}": say("compare-nothing", number=n) for n in (0, 1)}
        return {key for key, sentence in known_texts.items() if f">{sentence}<" in text}

    assert sentences(overview_files([])[page]) == {"none 0"}
    one = overview_files(find_sweeps(results))[page]
    assert sentences(one) == {"none 1"} and "<table" not in one
    shutil.copytree(results / "invented", results / "other")
    same = overview_files(find_sweeps(results))[page]
    assert f'<p id="no-difference">{say("compare-no-difference")}' in same
    change(results / "other", seeds=4)
    for summary in results.glob("*/report/summary.json"):
        summary.unlink()
    unfinished = overview_files(find_sweeps(results))[page]
    assert '<p id="no-difference" hidden>' in unfinished
    assert "compare-no-results" in sentences(unfinished)


def test_any_two_sweeps_stand_side_by_side(results: Path) -> None:
    shutil.copytree(results / "invented", results / "other")
    change(results / "other", seeds=4, description="<b>more")
    page = overview_files(find_sweeps(results))["compare.html"]
    assert page.count('type="checkbox" id="show-') == 2
    assert "body:has(#show-1:not(:checked)) .c1" in page
    assert '<tr><th scope="row"><code>seeds</code></th><td class="c0">2</td><td class="c1 tint1">4</td></tr>' in page
    assert '<tr class="same"><th scope="row"><code>data<wbr>.source</code></th>' in page
    assert "<b>more" not in page and "&lt;b&gt;more" in page
