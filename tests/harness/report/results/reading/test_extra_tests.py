"""What the readings of other test sets found is read, as far as it is whole."""

import numpy as np
import pytest

from harness.report.results.reading.reader import read_results
from kd.data.corruptions import ALL
from tests.support.invented_sets import invent_sets


@pytest.fixture
def sets(invented):
    return invent_sets(invented, {"sketch": 60, "few": 3}, corruptions=True)


def test_every_set_and_every_corruption_is_a_reading(sets):
    results = read_results(sets)
    assert [one.name for one in results.extra_tests] == ["sketch", "few", *["corruptions"] * len(ALL)]
    assert [one.corruption for one in results.extra_tests[2:]] == list(ALL)
    assert [one.num_in_train for one in results.extra_tests[:3]] == [4, 3, 0]
    assert results.num_test_readings == 1
    assert results.other_runs == ()
    assert {run.id for run in results.extra_runs} <= {run.id for run in results.all_runs()}


def test_a_sweep_without_sets_has_none(invented):
    results = read_results(invented)
    assert results.extra_tests == () and results.extra_runs == ()


def test_a_set_that_is_not_read_yet_is_open(sets):
    run = next(sets.glob("runs/extra_test-*"))
    (run / "metrics.json").unlink()
    results = read_results(sets)
    assert len(results.extra_runs) == 3


def test_damaged_answers_are_named_and_too_short_ones_left_out(sets):
    paths = {len(np.load(path)["labels"]): path for path in sets.glob("runs/extra_test-*/answers.npz")}
    paths[60].write_bytes(b"PK")
    arrays = dict(np.load(paths[3]))
    short = next(name for name in arrays if name.startswith("images/baseline"))
    np.savez(paths[3], **arrays | {short: arrays[short][:1]})
    results = read_results(sets)
    (few,) = (one for one in results.extra_tests if one.name == "few")
    assert short.removeprefix("images/") not in few.said and len(few.said) == len(arrays) - 3
    assert not any(one.name == "sketch" for one in results.extra_tests)
    assert results.unreadable[0].path.endswith("answers.npz")
