"""The lines about the gain say what the analysis has found, and no more."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import Answer, find_answer
from harness.report.analysis.arms.variants import TeacherSeeds, Variants
from harness.report.analysis.chance.one_training import OneTraining
from harness.report.analysis.chance.statistics import Estimate
from harness.report.results.message import Message
from harness.report.results.reading.reader import read_results
from harness.report.study import Study, read_study
from harness.report.text.cards.gains import certainty_line, controls_line, methods_line, other_tests_line
from harness.report.text.language import language
from harness.report.text.numbers import interval_text, signed_points
from tests.support.invented_methods import invent_methods
from tests.support.invented_sets import invent_sets

EN, ZH = language("en"), language("zh")


@pytest.fixture
def answer(invented: Path) -> Answer:
    return find_answer(read_results(invented))


def told(answer: Answer, both: Estimate, num_seeds: int = 5, ties: int = 0) -> Answer:
    assert answer.gain is not None
    pairs = OneTraining(Estimate(0.9, 0.6, 1.0), 25, 22, ties)
    return replace(answer, gain=answer.gain._replace(both=both, num_seeds=num_seeds), one_training=pairs)


def test_an_even_interval_is_said_by_its_half_and_another_by_its_ends(answer: Answer) -> None:
    even, uneven = Estimate(0.02, 0.01, 0.03, 0.01), Estimate(0.02, 0.01, 0.06, 0.01)
    line = certainty_line(told(answer, even), EN)
    assert line == (
        "22 of 25 pairs of one training each are better with distillation; luck in seeds and images leaves "
        "±1.00 points."
    )
    assert "+1.00 to +6.00 points" in certainty_line(told(answer, uneven), EN)
    assert "22, 1 is even" not in line and ", 1 is even;" in certainty_line(told(answer, even, ties=1), EN)
    assert "±1.00 个百分点" in certainty_line(told(answer, even), ZH)


def test_one_seed_and_two_are_too_few(answer: Answer) -> None:
    even, wide = Estimate(0.02, 0.01, 0.03, 0.01), Estimate(0.02, -0.1, 0.14, 0.4)
    assert certainty_line(told(answer, even, num_seeds=1), EN).startswith(
        "One training of each says nothing about luck"
    )
    assert certainty_line(told(answer, wide, num_seeds=2), EN).startswith("2 seeds are too few")


def test_two_seeds_that_tell_a_gain_have_no_pairs_to_count(answer: Answer) -> None:
    clear = replace(told(answer, Estimate(0.02, 0.01, 0.03, 0.01), num_seeds=2), one_training=None)
    assert certainty_line(clear, EN) == "Luck in 2 seeds and in the test images leaves ±1.00 points."


def test_without_a_gain_it_says_what_is_missing(answer: Answer) -> None:
    missing = (Message("missing-test"), Message("missing-predictions"))
    nothing = replace(answer, gain=None, missing=missing)
    assert certainty_line(replace(nothing, is_final=False), EN) == (
        "No gain to judge yet: the test images have not been read yet."
    )
    assert certainty_line(replace(nothing, is_final=True), EN).startswith("No gain to judge: ")


def test_methods_are_named_by_what_may_be_said_of_them(several: Study) -> None:
    assert several.methods is not None
    better = [row.name for row in several.methods.judged("gain")]
    assert better == ["dkd"]
    assert methods_line(several.methods, EN).startswith("Clearly better than tuned KD: dkd")


def test_methods_without_a_result_are_counted_and_none_is_called_better(tmp_path: Path) -> None:
    folder = invent_methods(tmp_path, ["kd", "dkd", "dist"], failed=["dist"], strength={"dist": 2.4})
    methods = read_study(folder, tmp_path / ".data").methods
    assert methods is not None and not methods.judged("gain")
    assert methods_line(methods, EN) == ("The other method is not clearly better than tuned KD; without a result: 1.")


def test_two_seeds_and_no_lead_tell_nothing_of_methods(tmp_path: Path) -> None:
    two = read_study(invent_methods(tmp_path / "two", ["kd", "dkd"], seeds=2), tmp_path / "two" / ".data").methods
    none = read_study(
        invent_methods(tmp_path / "none", ["kd", "dkd"], failed=["dkd"]), tmp_path / "none" / ".data"
    ).methods
    assert two is not None and none is not None
    assert methods_line(two, EN) == "2 seeds cannot tell whether the other method is better than tuned KD."
    assert methods_line(none, EN) == "No method could be compared with tuned KD."


def test_a_control_is_worse_or_cannot_be_told(tmp_path: Path) -> None:
    strength = {"kd": 3.4, "shuffled_dark": 2.4, "smoothed_labels": 3.4}
    folder = invent_methods(tmp_path, ["kd"], controls=["shuffled_dark", "smoothed_labels"], strength=strength)
    variants = read_study(folder, tmp_path / ".data").variants
    assert variants is not None and [row.verdict for row in variants.rows] == ["loss", "no clear difference"]
    assert controls_line(variants, EN) == (
        "Compared with the distilled student: clearly worse – shuffled classes; no clear difference – smoothed labels."
    )
    assert controls_line(variants, ZH).startswith("与蒸馏学生模型相比：明显较差——打乱其他类别")


def test_other_trainings_of_the_teacher_are_told_by_their_mean() -> None:
    three = TeacherSeeds((0.02, 0.01, 0.03), Estimate(0.02, 0.005, 0.035, 0.01))
    assert controls_line(Variants((), three), EN) == (
        "With 3 trainings of the teacher the gain is +2.00 points on average (+0.50 to +3.50)."
    )
    two = TeacherSeeds((0.02, 0.01), Estimate(0.015, -0.2, 0.3, 0.5))
    assert controls_line(Variants((), two), EN).endswith("+2.00, +1.00 points: too few to tell.")
    assert controls_line(Variants((), None), EN) == EN("variants-untested")


def test_every_other_set_has_its_gain_and_corruptions_have_theirs_together(
    tmp_path: Path, invent: Callable[..., Path]
) -> None:
    folder = invent_sets(invent(tmp_path, 3, 60, ["a", "b", "c"], seeds=3), {"mine": 400}, corruptions=True)
    sets = read_study(folder, tmp_path / ".data").findings.extra_tests
    mine, mean = (next(one for one in sets if one.name == name) for name in ("mine", "corruptions"))
    assert mine.gain is not None and mean.gain is not None
    line = other_tests_line(sets, True, EN)
    for one, name in ((mine.gain, "mine"), (mean.gain, "corrupted test images (mean)")):
        assert f"{name}: {signed_points(one.both.mean)} points ({interval_text(one.both, EN)})" in line
    bare = [one._replace(rows=()) for one in sets if one.corruption is None]
    assert other_tests_line(bare, False, EN).startswith("No gain to judge yet on mine")
