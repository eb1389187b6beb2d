"""The student's speed beside the teacher's in words: both languages, one teacher and several, old results."""

import re
from pathlib import Path

import pytest

from harness.report.analysis.costs import Cost
from harness.report.analysis.speed_ratio import SpeedRatio
from harness.report.text.findings.speed import short_text, speed_beside_teacher, speed_fact, speed_line, speed_lines
from harness.report.text.language import language
from kd.records import Timing
from tests.support.measured_costs import measure

EN, ZH = language("en"), language("zh")
FASTER, SLOWER = SpeedRatio(3.6, 3.7, 4.3, 200), SpeedRatio(0.3, 0.33, 0.34, 200)
SAME, UNCLEAR = SpeedRatio(0.97, 1.0, 1.1, 200), SpeedRatio(6.5, 7.6, 20.2, 200)


def timing(batch_size: int, ms: float) -> Timing:
    return Timing(batch_size=batch_size, num_repeats=200, median_ms=ms, quartiles_ms=(ms, ms))


@pytest.fixture
def arm(invented: Path) -> Cost:
    """A student whose timings are known, and no ratio."""
    *_, student = measure(invented)[2]
    return student._replace(single=timing(1, 0.0235), batch=timing(128, 0.275), single_ratio=None, batch_ratio=None)


def costs(student: Cost, num_teachers: int = 1, **ratios: SpeedRatio) -> tuple[Cost, ...]:
    """The teacher, of several their ensemble and each of them, and the student."""
    teacher = student._replace(key="teacher")
    return (*[teacher] * (1 if num_teachers == 1 else num_teachers + 1), student._replace(**ratios))


def test_older_results_whose_models_were_timed_one_after_the_other_give_no_ratio(arm: Cost) -> None:
    old = costs(arm)
    assert speed_lines(old, EN) == ()
    assert speed_line(old, EN) == speed_line((), EN) == ""
    assert speed_fact(old, EN) is None
    assert speed_beside_teacher(arm, EN) == ""


def test_one_image_and_a_batch_in_sentences(arm: Cost) -> None:
    found = costs(arm, single_ratio=FASTER, batch_ratio=SpeedRatio(22.5, 24.3, 28.2, 120))
    assert speed_lines(found, EN) == (
        "For one image the student is about 4 times as fast as the teacher "
        "(half of 200 pairs of passes: between 3.6 and 4.3).",
        "For a batch of 128 the student is 20 to 30 times as fast as the teacher "
        "(half of 120 pairs of passes: between 22 and 28).",
    )
    assert speed_lines(found, ZH) == (
        "处理一张图像时，学生模型的速度为教师模型的约 4 倍（200 对交替测量中，中间一半为 3.6 到 4.3 倍）。",
        "处理 128 张图像的批次时，学生模型的速度为教师模型的 20 到 30 倍（120 对交替测量中，中间一半为 22 到 28 倍）。",
    )
    assert speed_line(found, EN) == speed_lines(found, EN)[0]


def test_quartiles_that_round_to_one_number_are_no_range(arm: Cost) -> None:
    (line,) = speed_lines(costs(arm, single_ratio=SpeedRatio(1.21, 1.22, 1.23, 200)), EN)
    assert line.endswith("(half of 200 pairs of passes: 1.2).")
    fact = speed_fact(costs(arm, single_ratio=SpeedRatio(1.21, 1.22, 1.23, 200)), EN)
    assert fact is not None and fact.basis.endswith(" ms, 1.2 times as fast as the teacher")


def test_a_range_is_said_once(arm: Cost) -> None:
    found = costs(arm, single_ratio=SpeedRatio(1.71, 1.8, 1.89, 200))
    assert speed_line(found, EN) == (
        "For one image the student is 1.7 to 1.9 times as fast as the teacher (half of 200 pairs of passes)."
    )
    assert speed_line(found, ZH) == (
        "处理一张图像时，学生模型的速度为教师模型的 1.7 到 1.9 倍（200 对交替测量中的中间一半）。"
    )


def test_several_teachers_answer_one_after_another(arm: Cost) -> None:
    found = costs(arm, num_teachers=2, single_ratio=SLOWER)
    assert speed_line(found, EN) == (
        "For one image the student takes about 3 times as long as the teachers one after another "
        "(half of 200 pairs of passes: between 2.9 and 3.3)."
    )
    assert speed_line(found, ZH) == (
        "处理一张图像时，学生模型的耗时为各教师模型依次运行的约 3 倍（200 对交替测量中，中间一半为 2.9 到 3.3 倍）。"
    )


def test_the_row_of_facts(arm: Cost) -> None:
    assert speed_fact(costs(arm, single_ratio=FASTER), EN) == (
        "about 4×",
        "0.0235 ms, between 3.6 and 4.3 times as fast as the teacher",
    )
    assert speed_fact(costs(arm, single_ratio=SLOWER), EN) == (
        "about 3× as long",
        "0.0235 ms, between 2.9 and 3.3 times as long as the teacher",
    )
    assert speed_fact(costs(arm, single_ratio=SAME), EN) == (
        "about the same",
        "0.0235 ms, about as fast as the teacher",
    )
    assert speed_fact(costs(arm, single_ratio=UNCLEAR), EN) == (
        "–",
        "0.0235 ms; passes vary too much for a ratio",
    )


@pytest.mark.parametrize("say", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("ratio", [SAME, UNCLEAR])
@pytest.mark.parametrize("num_teachers", [1, 3])
def test_where_a_ratio_means_nothing_no_number_looks_like_one(say, ratio, num_teachers, arm: Cost) -> None:
    found = costs(arm, num_teachers, single_ratio=ratio, batch_ratio=ratio)
    fact = speed_fact(found, say)
    assert fact is not None
    said = " ".join([*speed_lines(found, say), *fact, short_text(ratio, say), speed_beside_teacher(found[-1], say)])
    assert set(re.findall(r"\d[\d.]*", said)) == {"128", "0.0235"}
    assert not re.search("times|×|倍", said)
