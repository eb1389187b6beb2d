"""What is said of several methods, in both languages, whatever became of them."""

import re
from pathlib import Path
from typing import Any

import pytest

from harness.report.results.reading.reader import read_results
from harness.report.study import Study, read_study
from harness.report.text.findings.methods import (
    MAX_NAMED,
    baseline_search_text,
    chosen_text,
    fair_text,
    headline_text,
    hole_message,
    methods_sentence,
    options_text,
    yardstick_text,
)
from harness.report.text.language import LANGUAGES, language
from tests.support.invented_methods import invent_methods

EN = language("en")
SMALL_SEARCH = {"num_trials": 3}


def study_of(results: Path, methods: list[Any], **more: Any) -> Study:
    folder = invent_methods(results, methods, **{"search": SMALL_SEARCH} | more)
    return read_study(folder, results / ".data")


def sentence(results: Path, methods: list[Any], **more: Any) -> str:
    study = study_of(results, methods, **more)
    assert study.methods is not None
    assert all(methods_sentence(study.methods, language(code)) for code in LANGUAGES)
    return methods_sentence(study.methods, EN)


def test_one_clear_lead_is_said_with_its_interval(several: Study) -> None:
    assert several.methods is not None
    text = methods_sentence(several.methods, EN)
    assert re.fullmatch(
        r"dkd is clearly better than tuned KD: \+\d\.\d\d points \(95 % interval \+\d\.\d\d to \+\d\.\d\d\)\.", text
    )


def test_that_no_method_leads_is_said_as_plainly(tmp_path: Path) -> None:
    text = sentence(tmp_path, ["kd", "dkd", "dist"], strength={"dkd": 2.65})
    assert text.startswith("None of 2 methods is clearly better than tuned KD (largest lead: dkd +")
    assert text.count(".") > 1 and "Clearly worse" not in text


def test_several_clear_leads_and_a_loss_are_named_with_theirs(tmp_path: Path) -> None:
    strength = {"dkd": 3.4, "dist": 3.8, "nkd": 1.6}
    text = sentence(tmp_path, ["kd", "dkd", "dist", "nkd"], strength=strength)
    assert text.startswith("2 of 3 methods are clearly better than tuned KD: dist +")
    assert "; dkd +" in text and "Clearly worse: nkd −" in text


def test_where_all_are_clearly_worse_no_lead_is_spoken_of(tmp_path: Path) -> None:
    text = sentence(tmp_path, ["kd", "dkd", "dist"], strength={"dkd": 1.6, "dist": 1.2})
    assert text.startswith("Both methods are clearly worse than tuned KD: dkd −")
    assert "lead" not in text and text.count("dist") == 1


def test_a_best_method_that_is_behind_has_no_lead(tmp_path: Path) -> None:
    text = sentence(tmp_path, ["kd", "dkd", "dist"], strength={"dkd": 2.55, "dist": 2.5})
    assert "(the best of them: dkd −" in text and "lead" not in text


def test_one_seed_and_what_is_not_known(tmp_path: Path) -> None:
    text = sentence(tmp_path, ["kd", "dkd", "dist", "nkd"], seeds=1, failed=["dist"], searching=["nkd"])
    assert text.startswith("1 seed cannot tell whether dkd is better than tuned KD (difference: ")
    assert (
        "Not known yet: dist (no trial is complete, so nothing was chosen); nkd (its search is still running, 1 of"
        in text
    )


def test_without_the_yardstick_nothing_can_be_told(tmp_path: Path) -> None:
    text = sentence(tmp_path, ["kd", "dkd"], failed=["kd"])
    assert text.startswith("Whether any method is better than tuned KD cannot be told. Without a result: kd (no trial")


def test_a_dozen_holes_are_not_a_paragraph(tmp_path: Path) -> None:
    names = [f"dkd{number}" for number in range(8)]
    text = sentence(tmp_path, ["kd", *({"loss": "dkd", "name": name} for name in names)], failed=names)
    assert sum(name in text for name in names) == MAX_NAMED
    assert f"and {8 - MAX_NAMED} more" in text


@pytest.mark.parametrize(
    ("methods", "more", "words"),
    [
        (["kd", "dkd"], {}, "tuned KD"),
        (["dkd", {"loss": "kd", "name": "plain"}], {}, "tuned KD (plain)"),
        (["kd", "dkd"], {"search": None}, "KD as given"),
        (["dist", "dkd"], {}, "tuned dist, the first of the list (none is plain KD)"),
    ],
)
def test_the_yardstick_has_a_name(tmp_path: Path, methods: list[Any], more: dict[str, Any], words: str) -> None:
    study = study_of(tmp_path, methods, **more)
    assert study.methods is not None
    assert yardstick_text(study.methods, EN) == words


def test_which_method_the_headline_is_and_why(tmp_path: Path, several: Study) -> None:
    name = several.results.headline.method.name
    assert headline_text(several.results, EN).startswith(f"“Distilled” stands for {name}: of all methods, its search")
    given = study_of(tmp_path / "given", ["kd", "dkd"], search=None)
    assert headline_text(given.results, EN).endswith("kd, the first of the list: nothing was searched.")
    open_one = study_of(tmp_path / "open", ["kd", "dkd"], searching=["dkd"])
    assert "for now" in headline_text(open_one.results, EN)


def test_what_methods_share_is_said(several: Study) -> None:
    assert several.methods is not None
    assert fair_text(several.methods, EN).endswith("each was tuned with 24 trials on val.")


def test_a_hole_is_named_in_both_languages(tmp_path: Path) -> None:
    study = study_of(tmp_path, ["kd", "dkd"], untested=["dkd"])
    assert study.methods is not None
    row = study.methods.rows[1]
    assert EN(hole_message(row)) == "it is trained, but the test images were read without it"
    assert language("zh")(hole_message(row)) == "已训练，但读取测试图像时没有它"


def test_what_was_chosen_is_said_with_the_method_and_all_its_values(several: Study, study: Study) -> None:
    text = chosen_text(several.results, EN)
    assert text.startswith(f"{several.results.headline.method.name}, α ")
    assert "optimizer.lr" in text and "optimizer.name" in text
    assert re.fullmatch(r"α [\d.]+, T [\d.]+", chosen_text(study.results, EN))
    assert options_text({"alpha": 1.0, "temperature": 2.0}, EN) == ""


def test_before_anything_is_chosen_nothing_is_said(tmp_path: Path) -> None:
    results = read_results(invent_methods(tmp_path, ["kd", "dkd"], failed=["kd", "dkd"], search=SMALL_SEARCH))
    assert chosen_text(results, EN) == ""


def test_a_searched_baseline_is_said_with_its_choice(several: Study) -> None:
    text = baseline_search_text(several.results, EN)
    assert "24 trials over optimizer.lr, optimizer.name" in text
    assert "It chose optimizer.lr " in text
    assert "24 次试验" in baseline_search_text(several.results, language("zh"))


def test_a_baseline_that_was_not_searched_is_not_spoken_of(study: Study) -> None:
    assert baseline_search_text(study.results, EN) == ""
