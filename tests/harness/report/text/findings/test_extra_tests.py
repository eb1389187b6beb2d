"""Whether the gain holds is said by the intervals of both."""

import pytest

from harness.report.analysis.arms.extra_tests import ExtraRow, ExtraSet
from harness.report.analysis.chance.statistics import Estimate, Gain
from harness.report.results.sweep_results import Arm
from harness.report.text.findings.extra_tests import holds_text, remarks, set_name
from harness.report.text.language import LANGUAGES, language
from kd.data.corruptions import ALL


def gain(low, high, num_seeds=5):
    estimate = Estimate((low + high) / 2, low, high, 0.5)
    return Gain(estimate, estimate, estimate, num_seeds, 100, 0.5, 0.5)


def one_set(there, corruption=None, num_classes=3, num_in_train=0):
    row = ExtraRow(Arm("distilled", None, ()), 5, Estimate(0.5, 0.4, 0.6), there)
    return ExtraSet("sketch", corruption, 100, num_classes, num_in_train, (row,))


CLEAR, LOSS, OPEN, FEW = gain(0.01, 0.03), gain(-0.03, -0.01), gain(-0.01, 0.03), gain(-0.01, 0.03, 2)


@pytest.mark.parametrize(
    ("on_test", "there", "words"),
    [
        (CLEAR, CLEAR, "(+2.00 points) holds here."),
        (CLEAR, LOSS, "is a loss here."),
        (CLEAR, OPEN, "It is not clear whether"),
        (CLEAR, FEW, "Too few seeds to tell whether"),
        (LOSS, LOSS, "is a loss here too."),
        (LOSS, CLEAR, "is a gain here."),
        (OPEN, CLEAR, "On test the change is +1.00 points."),
        (None, CLEAR, "(95 % interval +1.00 to +3.00)."),
    ],
)
def test_it_is_said_whether_the_gain_holds(on_test, there, words):
    text = holds_text(one_set(there), on_test, language("en"))
    assert words in text
    assert text.startswith("On sketch, distillation changes accuracy by ")
    assert holds_text(one_set(there), on_test, language("zh"))


def test_without_a_gain_nothing_is_said():
    assert holds_text(one_set(None), CLEAR, language("en")) == ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_should_be_known_is_said(code):
    say = language(code)
    assert list(remarks(one_set(CLEAR), 3, say)) == []
    assert len(list(remarks(one_set(CLEAR, num_classes=1, num_in_train=7), 3, say))) == 2
    assert len({set_name(one_set(CLEAR, corruption), say) for corruption in ALL}) == 12
