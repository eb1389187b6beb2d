"""Each set's accuracies and gains, paired as those on test are."""

import numpy as np
import pytest

from harness.report.analysis.arms.extra_tests import find_extra_tests
from harness.report.analysis.arms.gains import gain_over
from harness.report.results.reader import read_results
from tests.support.invented_sets import BASELINE, DISTILLED, invent_sets


@pytest.fixture
def results_of_sets(invented):
    return read_results(invent_sets(invented, {"sketch": 900, "few": 3}, corruptions=True))


def test_a_sets_gain_is_paired_over_seeds_and_images(results_of_sets):
    results = results_of_sets
    sketch, few, mean, *corrupted = find_extra_tests(results)
    right = results.extra_tests[0].right_by_run()
    assert sketch.gain == gain_over(results.arm("baseline"), results.arm("distilled"), right, results.plan)
    assert sketch.gain.both.mean == pytest.approx(DISTILLED - BASELINE, abs=0.05)
    assert sketch.row("teacher").gain is None and sketch.row("baseline").gain is None
    assert (few.num_images, few.num_classes, few.num_in_train) == (3, 1, 3)
    assert -1 <= few.gain.both.low <= few.gain.both.high <= 1
    assert len(corrupted) == 12 and mean.corruption is None
    each = [one.row("distilled").accuracy.mean for one in corrupted]
    assert mean.row("distilled").accuracy.mean == pytest.approx(np.mean(each))
    widths = [one.gain.both.half_width for one in corrupted]
    assert mean.gain.both.half_width < np.median(widths)


def test_a_sweep_without_sets_has_none(results):
    assert find_extra_tests(results) == ()
