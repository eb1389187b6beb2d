"""Each set's accuracies and gains, paired as those on test are."""

import dataclasses

import numpy as np
import pytest

from harness.report.analysis.arms.extra_tests import find_extra_tests
from harness.report.analysis.arms.gains import find_rows, gain_over
from harness.report.results.reading.reader import read_results
from harness.report.results.sweep_results import ExtraReading
from harness.sweep.sections.extra_tests import CORRUPTED
from kd.data.corruptions import ALL
from tests.support.invented_sets import BASELINE, DISTILLED, invent_sets
from tests.support.invented_sweep import invent


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


def test_values_are_in_the_metric_of_the_answer_and_gains_judged_by_its_margin(tmp_path):
    """Answers as those on test come to what test comes to, also as the mean over all corruptions."""
    folder = invent(tmp_path, 3, 243, ["a", "b", "c"], sizes=(200, 40, 3), seeds={"min": 3, "margin": 1})
    results = read_results(folder)
    said = {run_id: logits_NC.argmax(axis=1) for run_id, logits_NC in results.test.logits.items()}
    as_test = [ExtraReading(CORRUPTED, each, results.test.labels_N, said, 0) for each in ALL]
    mean, *corrupted = find_extra_tests(dataclasses.replace(results, extra_tests=tuple(as_test)))
    rows = {row.arm.key: row for row in find_rows(results)}
    gain = rows["distilled"].gain
    assert results.metric == "balanced_accuracy" and gain.margin == 0.01
    for one in (mean, *corrupted):
        assert one.gain == gain
        assert {row.arm.key: row.accuracy for row in one.rows} == {key: row.accuracy for key, row in rows.items()}
    half = {run_id: said_N if place % 2 else 1 - said_N for place, (run_id, said_N) in enumerate(said.items())}
    both = [as_test[0], as_test[1]._replace(said=half)]
    mean, *apart = find_extra_tests(dataclasses.replace(results, extra_tests=tuple(both)))
    for place, row in enumerate(mean.rows):
        assert row.accuracy.mean == pytest.approx(np.mean([one.rows[place].accuracy.mean for one in apart]))
        assert 0 <= row.accuracy.low <= row.accuracy.mean <= row.accuracy.high <= 1
