"""Each cause is named from its threshold on, and not below; where there is a gain only what is plain."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from harness.report.analysis import causes
from harness.report.analysis.arms.gains import find_answer
from harness.report.analysis.arms.guessing import Guessing
from harness.report.analysis.causes import Cause, SmallGain, explain, find_causes
from harness.report.analysis.chance.power import Chances, smallest_gain
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.analysis.evidence import Claim, Disputed, Evidence, LateLearning, OffLabel, OnViews, UnevenTuning
from harness.report.analysis.search.edges import Edge
from harness.report.analysis.search.reading import read_search
from harness.report.analysis.words import CauseKind
from harness.report.results.reading.reader import read_results
from harness.state.stages.weak_teacher import WeakTeacher
from kd.records import Scores
from tests.support.invented_methods import invent_methods

CHANCES = Chances(4e-4, 0.001, 0.01)


def gain(low: float, high: float, images: float | None = None, seeds: int = 5) -> Gain:
    mean = (low + high) / 2
    both, half = Estimate(mean, low, high), (high - low) / 2 if images is None else images
    return Gain(both, both, Estimate(mean, mean - half, mean + half), seeds, 1000, 0.9, 0.9 + mean, chances=CHANCES)


LOSS, CLEAR, UNCLEAR = gain(-0.03, -0.01), gain(0.01, 0.03), gain(-0.01, 0.03)


def claim(here: float, num_images: int = 1000) -> Claim:
    return Claim(0.9, Scores(num_images=num_images, accuracy=here, nll=1.0, confusion=[]), "")


def edge(name: str = "temperature", is_low: bool = False, is_natural: bool = False) -> Edge:
    return Edge(name, 1.0, 1.0, is_low, False, is_natural, None if is_natural else "x=1")


def tuning(num_complete: int, num_asked: int | None = 12) -> UnevenTuning:
    return UnevenTuning({"student.optimizer.lr": 1e-3}, {"student.optimizer.lr": 8e-3}, num_complete, num_asked)


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        ({"weak_teacher": WeakTeacher(0.9, 0.9, 3, 1)}, "weak-teacher"),
        ({"claim": claim(0.79)}, "other-input"),
        ({"claim": claim(0.81)}, None),
        ({"claim": claim(0.75, 10)}, None),  # so few images
        ({"on_views": OnViews(0.7, 0.9)}, "other-views"),
        ({"on_views": OnViews(0.71, 0.9)}, None),
        ({"disputed": Disputed(50, 1000, 7)}, "wrong-labels"),
        ({"disputed": Disputed(49, 1000, 7)}, None),
        ({"disputed": Disputed(9, 20, 7)}, None),
        ({"off_label": OffLabel(0.02, 0.08, 1.0, 4.0)}, "sure-teacher"),
        ({"off_label": OffLabel(0.021, 0.9, 1.0, 4.0)}, None),
        ({"off_label": OffLabel(0.02, 0.079, 1.0, 4.0)}, None),  # as sure of what it never saw
        ({"late": LateLearning(0.05, 0.01, 2, 10)}, "underfit"),
        ({"late": LateLearning(0.049, 0.01, 2, 10)}, None),
        ({"late": LateLearning(0.5, 0.009, 2, 10)}, None),  # it memorises
        ({"tuning": tuning(9)}, "uneven-tuning"),
        ({"tuning": tuning(10)}, None),
        ({"edges": (edge(),)}, "edge"),
        ({"edges": (edge("alpha", is_low=True, is_natural=True),)}, "edge"),
        ({"edges": (edge("alpha", is_natural=True),)}, None),  # labels are not needed: that is no cause
    ],
)
def test_each_cause_has_its_threshold(evidence: dict[str, Any], kind: str | None) -> None:
    found = find_causes(Evidence(gain=LOSS, **evidence))
    assert [cause.kind for cause in found] == ([kind] if kind else [])


def test_where_the_interval_holds_zero_and_nothing_is_amiss_the_study_may_be_too_small() -> None:
    assert [cause.kind for cause in find_causes(Evidence(gain=UNCLEAR))] == ["small-gain"]
    (cause,) = find_causes(Evidence(gain=UNCLEAR, late=LateLearning(0.6, 0.1, 1, 3)))
    assert (cause.kind, cause.change) == ("underfit", "student.epochs=6")
    assert not find_causes(Evidence(gain=LOSS))
    assert not find_causes(Evidence(gain=gain(-0.2, 0.3, seeds=2)))  # too few seeds, which is said elsewhere


def test_a_small_gain_comes_with_the_least_that_such_a_study_tells() -> None:
    (cause,) = find_causes(Evidence(gain=UNCLEAR))
    assert isinstance(cause.facts, SmallGain) and cause.facts.gain is UNCLEAR
    assert cause.facts.smallest == smallest_gain(CHANCES, 5, 1000)
    assert not find_causes(Evidence(gain=UNCLEAR._replace(chances=None)))  # nothing varies


EVERYTHING = {
    "weak_teacher": WeakTeacher(0.1, 0.9, 3, 1),
    "claim": claim(0.1),
    "on_views": OnViews(0.1, 0.9),
    "disputed": Disputed(300, 1000, 7),
    "off_label": OffLabel(0.001, 0.5, 1.0, 4.0),
    "late": LateLearning(0.9, 0.2, 1, 3),
    "tuning": tuning(2),
    "edges": (edge(),),
}


def test_with_a_gain_only_what_is_plain_is_a_remark() -> None:
    found = find_causes(Evidence(gain=CLEAR, **EVERYTHING))
    assert [cause.kind for cause in found] == ["weak-teacher", "other-input", "wrong-labels", "uneven-tuning"]
    assert find_causes(Evidence(gain=CLEAR)) == ()


def test_before_there_is_an_answer_only_the_teacher_counts() -> None:
    assert [cause.kind for cause in find_causes(Evidence(**EVERYTHING))] == ["weak-teacher", "other-input"]


def test_the_most_basic_is_first_and_every_kind_has_a_rule() -> None:
    found = [cause.kind for cause in find_causes(Evidence(gain=UNCLEAR, **EVERYTHING))]
    assert found[0] == "weak-teacher" and {*found, "small-gain", "nothing-learned"} == set(get_args(CauseKind))


def test_of_a_student_that_learned_nothing_nothing_else_is_said_of_its_training() -> None:
    alone, distilled = (Guessing(who, 0.1, 0.11, 3) for who in ("alone", "distilled"))
    late, weak = LateLearning(0.9, 0.2, 1, 3), WeakTeacher(0.1, 0.9, 3, 1)
    for guessing in (alone, distilled):
        assert kinds_of(gain=LOSS, guessing=guessing, late=late) == ["nothing-learned"]
    assert kinds_of(gain=CLEAR, guessing=alone) == ["nothing-learned"]  # over that, anything is a gain
    assert kinds_of(gain=LOSS, guessing=alone, weak_teacher=weak) == ["nothing-learned", "weak-teacher"]
    assert kinds_of(gain=LOSS, guessing=distilled, weak_teacher=weak) == ["weak-teacher"]  # which explains it


@pytest.mark.parametrize(("num_asked", "change"), [(2, "search.num_trials=10"), (None, None)])
def test_where_the_student_alone_had_few_tries_at_its_training_both_get_more(
    num_asked: int | None, change: str | None
) -> None:
    (cause,) = find_causes(Evidence(gain=CLEAR, tuning=tuning(2, num_asked)))
    assert (cause.kind, cause.change) == ("uneven-tuning", change)


def kinds_of(**evidence: Any) -> list[str]:
    return [cause.kind for cause in find_causes(Evidence(**evidence))]


@pytest.mark.parametrize(("tellingly", "is_searched", "change"), [(4.0, False, "distill.temperature=4"),
                                                                   (4.0, True, None), (None, False, None)])  # fmt: skip
def test_a_temperature_is_proposed_where_none_was_searched(
    tellingly: float | None, is_searched: bool, change: str | None
) -> None:
    evidence = Evidence(gain=LOSS, off_label=OffLabel(0.001, 0.5, 1.0, tellingly), is_searched=is_searched)
    assert find_causes(evidence)[0].change == change


@pytest.mark.parametrize(("strength", "verdict", "num_read"), [(3.4, "gain", 0), (2.4, "no clear difference", 1)])
def test_a_search_is_read_only_where_there_is_no_gain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strength: float, verdict: str, num_read: int
) -> None:
    """It takes seconds, and nothing of it is said beside a gain."""
    read: list[Any] = []
    monkeypatch.setattr(causes, "read_search", lambda _, found: read.append(found))
    results = read_results(invent_methods(tmp_path, ["kd"], strength={"kd": strength}))
    answer = find_answer(results)
    assert answer.gain is not None and answer.gain.verdict == verdict
    explain(results, answer)
    assert read == [results.headline] * num_read
    explain(results, answer, read_search(results, results.headline))
    explain(results, replace(answer, gain=None))
    assert len(read) == num_read  # it is given, or there is no answer yet


@pytest.mark.parametrize(
    ("methods", "change", "addressed"),
    [
        (["hard", "kd"], "distill.temperature=4", "methods.1.temperature=4"),
        (["hard", "kd"], "student.epochs=6", "student.epochs=6"),
        (["hard", "kd"], "search.num_trials=9", "search.num_trials=9"),
        (["hard", "kd"], None, None),
    ],
)
def test_what_to_change_is_addressed_to_the_method_that_the_answer_is_of(
    tmp_path: Path, methods: list[str], change: str | None, addressed: str | None
) -> None:
    results = read_results(invent_methods(tmp_path, methods)).with_headline("kd")
    assert results.headline.method.key == "kd"
    cause = Cause("underfit", LateLearning(0.6, 0.1, 1, 3), change)
    assert causes._addressed(cause, results) == cause._replace(change=addressed)
