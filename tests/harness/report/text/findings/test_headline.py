"""The answer in one sentence: gain, loss and neither; kept, cost and speed, known or not."""

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.analysis.arms.gains import Answer, find_answer, find_rows, share_kept
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.results.reading.reader import read_results
from harness.report.results.ties import Tie
from harness.report.text.findings.headline import answer_lines, lead_sentence, pairs_text, verdict_text
from harness.report.text.language import language
from harness.state.stages.weak_teacher import WeakTeacher
from kd.config import DistillConfig
from tests.support.failing_studies import Study, plant

EN, ZH = language("en"), language("zh")


@pytest.fixture
def known(invented: Path) -> Answer:
    """From 93.1 to 94.3 %, with 97 % of the accuracy and a quarter of the parameters."""
    results = read_results(invented)
    rows = find_rows(results)
    answer = find_answer(results, rows)
    assert answer.gain is not None
    gain = answer.gain._replace(
        both=Estimate(0.012, 0.009, 0.015, 0.004), before=0.931, after=0.943, num_seeds=5, num_images=1000
    )
    distilled = replace(answer.distilled, kept=0.97, parameter_ratio=0.25)
    return replace(answer, gain=gain, distilled=distilled)


def test_a_gain_in_one_sentence(known: Answer) -> None:
    assert lead_sentence(known, EN) == (
        "Distillation raises the student’s test accuracy from 93.10 % to 94.30 % (+1.20 ± 0.30 points, 5 seeds, "
        "p = 0.004): it keeps 97.0 % of the teacher’s accuracy with 25.0 % of its parameters."
    )
    assert lead_sentence(known, ZH) == (
        "蒸馏使学生模型的测试准确率从 93.10% 提高到 94.30%"
        "（+1.20 ± 0.30 个百分点，5 个随机种子，p = 0.004）："
        "它保留了教师模型 97.0% 的准确率，参数量为其 25.0%。"
    )


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.001, 0.003, "Distillation raises the student"),
        (-0.003, -0.001, "Distillation lowers the student"),
        (-0.001, 0.003, "Distillation does not clearly help: 93.10 % without it, 94.30 % with it"),
    ],
)
def test_no_gain_is_said_as_plainly(known: Answer, low: float, high: float, words: str) -> None:
    answer = known
    assert answer.gain is not None
    changed = replace(answer, gain=answer.gain._replace(both=Estimate((low + high) / 2, low, high, 0.5)))
    sentence = lead_sentence(changed, EN)
    assert sentence is not None and sentence.startswith(words)


def test_the_line_says_the_loss_and_what_was_searched_of_the_student(known: Answer) -> None:
    arm = replace(known.distilled.arm, params={"beta": 2.0, "student.optimizer.lr": 0.008})
    chosen = DistillConfig(loss="dkd", alpha=0.5, temperature=2.0, beta=2.0)
    answer = replace(known, chosen=chosen, distilled=replace(known.distilled, arm=arm))
    line = next(line for line in answer_lines(answer, EN) if "with this teacher" in line)
    assert "with this teacher at alpha 0.5, T 2, dkd, beta 2, optimizer.lr 0.008." in line
    plain = next(line for line in answer_lines(known, EN) if "with this teacher" in line)
    assert "dkd" not in plain and "beta" not in plain


def test_what_is_unknown_is_left_out(known: Answer) -> None:
    answer = known
    unknown = replace(
        answer, distilled=replace(answer.distilled, kept=None), teacher=replace(answer.teacher, accuracy=None)
    )
    sentence = lead_sentence(unknown, EN)
    assert sentence is not None and "; the student has 25.0 % of the teacher’s parameters." in sentence
    unsized = replace(answer, distilled=replace(answer.distilled, parameter_ratio=None))
    sentence = lead_sentence(unsized, EN)
    assert sentence is not None and sentence.endswith("5 seeds, p = 0.004).")
    assert lead_sentence(replace(answer, gain=None), EN) is None


def with_accuracies(answer: Answer, teacher: float, alone: float, student: float) -> Answer:
    """The answer of a study with these test accuracies."""

    def estimate(mean: float) -> Estimate:
        return Estimate(mean, mean - 0.01, mean + 0.01)

    kept = share_kept(student, teacher, alone)
    return replace(
        answer,
        teacher=replace(answer.teacher, accuracy=estimate(teacher)),
        baseline=replace(answer.baseline, accuracy=estimate(alone)),
        distilled=replace(answer.distilled, accuracy=estimate(student), kept=kept),
    )


@pytest.mark.parametrize(
    ("teacher", "alone", "student", "in_lead", "in_line"),
    [
        (0.95, 0.90, 0.93, "it keeps 97.9 % of the teacher’s accuracy with 25.0 %", "keeps 97.9 % of the teacher's"),
        (
            0.92,
            0.90,
            0.93,
            "with it the student has a higher test accuracy than the teacher (92.00 %), with",
            "(93.00 % against 92.00 %), with",
        ),
        (0.10, 0.90, 0.93, "the student has 25.0 % of the teacher’s", "student has 25.0 % of the teacher's parameters"),
    ],
)
def test_no_student_keeps_more_of_a_teacher_than_there_is(
    known: Answer, teacher: float, alone: float, student: float, in_lead: str, in_line: str
) -> None:
    answer = with_accuracies(known, teacher, alone, student)
    assert in_lead in (lead_sentence(answer, EN) or "")
    assert in_line in answer_lines(answer, EN)[-1]


def test_a_weak_teacher_is_the_first_thing_said(known: Answer) -> None:
    weak = replace(with_accuracies(known, 0.1, 0.9, 0.93), weak_teacher=WeakTeacher(0.098, 0.901, 5, 1))
    first, *_ = answer_lines(weak, EN)
    assert first.startswith(
        "The teacher is not better than the student alone: val accuracy 9.80 % against 90.10 % "
        "(the mean of 5 baselines). It can soften"
    )
    assert answer_lines(weak, ZH)[0].startswith("教师模型并不优于单独训练的学生模型：验证准确率为 9.80%，后者为 90.10%")


def test_few_seeds_cannot_tell(known: Answer) -> None:
    answer = known
    assert answer.gain is not None
    wide = replace(answer, gain=answer.gain._replace(both=Estimate(0.1019, -1.0, 1.0, 0.6), num_seeds=2))
    assert (lead_sentence(wide, EN) or "").startswith(
        "2 seeds cannot tell whether distillation helps: 93.10 % without it, 94.30 % with it "
        "(+10.19 points); the student keeps"
    )
    assert "±" not in (lead_sentence(wide, ZH) or "±")


def test_finished_sweep_has_a_full_answer(finished: Path) -> None:
    results = read_results(finished)
    _, first, _, second = answer_lines(find_answer(results), EN)  # after what there is to say of the teacher
    assert "points (95 % interval" in first
    assert "400 test images, 3 seeds" in first
    best = results.chosen
    assert best is not None
    assert f"alpha {best.alpha:.3g}, T {best.temperature:.3g}" in first
    assert "9.9 % of its multiply-adds" in second and "keeps" not in second  # its teacher is not better
    assert "5.0× the teacher's parameters (101,770 against 20,490)" in second
    assert "the larger model" in second


@pytest.mark.parametrize(
    ("low", "high", "seeds", "words"),
    [
        (0.01, 0.03, 5, "A real gain"),
        (-0.03, -0.01, 5, "A real loss"),
        (-0.01, 0.03, 5, "No clear difference"),
        (-0.01, 0.03, 2, "Too few seeds to tell"),
        (0.01, 0.03, 2, "A real gain"),
        (-0.01, 0.03, 1, "Too few seeds to tell"),
        (-0.03, -0.01, 1, "A loss in one training"),
        (0.01, 0.03, 1, "A gain in one training"),
    ],
)
def test_verdict_in_words(low: float, high: float, seeds: int, words: str) -> None:
    estimate = Estimate((low + high) / 2, low, high, 0.5)
    assert verdict_text(Gain(estimate, None, estimate, seeds, 100, 0.5, 0.52), EN) == words


def test_that_a_search_could_not_choose_is_a_line_of_its_own(known: Answer) -> None:
    tie = Tie(3, 0.9, "val_accuracy", 8, 8)
    for say, words in (
        (EN, "all 8 complete trials have the same val accuracy, 90.00 %. Trial 3"),
        (ZH, "选用的是试验 3"),
    ):
        (line,) = set(answer_lines(replace(known, tie=tie), say)) - set(answer_lines(known, say))
        assert words in line and line.endswith('SET="search.metric=val_loss"')
    assert answer_lines(replace(known, tie=tie._replace(num_in_all=9)), EN) == answer_lines(known, EN)


def test_seeds_that_one_student_lacks_are_left_out_of_the_gain_and_that_is_said(tmp_path: Path) -> None:
    seeds = (0.90, 0.91, 0.90, 0.92, 0.91)
    whole, lacking = (
        find_answer(read_results(plant(folder, Study(baseline=seeds, distilled=distilled, seeds=5))))
        for folder, distilled in ((tmp_path / "a", seeds), (tmp_path / "b", seeds[:2]))
    )
    assert pairs_text(whole, EN) is None
    said = (
        "The gain compares the 2 seeds that both students have; "
        "accuracies in tables are means over all seeds of a model."
    )
    assert pairs_text(lacking, EN) == said
    (line,) = (line for line in answer_lines(lacking, EN) if said in line)
    assert "Incomplete: 3 of 5 distilled runs missing" in line
    assert "seeds=5" not in " ".join(answer_lines(lacking, EN)), "the sweep has five already"


def test_one_pair_is_one(known: Answer) -> None:
    assert known.gain is not None
    one = replace(known, gain=known.gain._replace(num_seeds=1))
    assert (pairs_text(one, EN) or "").startswith("The gain compares the one seed that both students have;")
