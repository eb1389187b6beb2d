"""What variants tell, in words."""

from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import pytest

from harness.report.analysis.arms.variants import TeacherSeeds, VariantRow, Variants
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.text.findings.variants import variant_lines
from harness.report.text.language import LANGUAGES, language

ESTIMATES = {
    "gain": Estimate(0.02, 0.01, 0.03, 0.001),
    "loss": Estimate(-0.02, -0.03, -0.01, 0.001),
    "no clear difference": Estimate(0.01, -0.02, 0.04, 0.4),
    "too few seeds": Estimate(0.01, -0.02, 0.04, 0.4),
}


def change_of(key: str, verdict: str) -> VariantRow:
    estimate = ESTIMATES[verdict]
    num_seeds = 2 if verdict == "too few seeds" else 5
    gain = Gain(estimate, estimate, estimate, num_seeds, 100, 0.8, 0.8 + estimate.mean)
    return VariantRow(SimpleNamespace(arm=SimpleNamespace(variant=key)), gain, estimate.p)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_outcome_of_every_control_has_its_own_sentence(code: str) -> None:
    say, said = language(code), set()
    for key, verdict in product(("smoothed_labels", "shuffled_dark", "unlabeled", "unlabeled_control"), ESTIMATES):
        row = change_of(key, verdict)
        assert row.verdict == verdict
        (line,) = variant_lines(Variants((row,), None), say)
        assert "+" in line or "−" in line
        said.add(line.replace("+", "").replace("−", ""))
    assert len(said) == 16


def test_what_cannot_be_told_is_not_told() -> None:
    line = variant_lines(Variants((change_of("shuffled_dark", "no clear difference"),), None), language("en"))[0]
    assert line.startswith("It is not clear whether what the teacher says about the other classes matters")


@pytest.mark.parametrize("code", LANGUAGES)
def test_teachers_have_one_sentence_together(code: str) -> None:
    rows = tuple(change_of(f"teacher_seed{seed}", "gain") for seed in (1, 2))
    teachers = TeacherSeeds((0.02, 0.03, 0.01), ESTIMATES["gain"])
    (line,) = variant_lines(Variants(rows, teachers), language(code))
    assert "+2.00" in line and "+3.00" in line and "+1.00 " in line.replace("，", " ").replace(",", " ") + " "
    unclear = TeacherSeeds((0.02, -0.03, 0.01), ESTIMATES["no clear difference"])
    assert variant_lines(Variants(rows, unclear), language(code)) != (line,)


def test_nothing_is_said_of_what_was_not_tested() -> None:
    untested = replace(change_of("shuffled_dark", "gain"), change=None, adjusted_p=None)
    assert variant_lines(Variants((untested,), None), language("en")) == ()
    assert variant_lines(None, language("en")) == ()


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_new_images_bring_beyond_larger_steps_is_said_of_every_outcome(code: str) -> None:
    say, said = language(code), set()
    for verdict, estimate in ESTIMATES.items():
        gain = Gain(estimate, estimate, estimate, 2 if verdict == "too few seeds" else 5, 100, 0.8, 0.8 + estimate.mean)
        (line,) = variant_lines(Variants((), None, gain), say)
        said.add(line.replace("+", "").replace("−", ""))
    assert len(said) == 4
