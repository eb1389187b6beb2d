"""What a search is measured beside."""

import pytest

from bench.speed import NUM_OTHERS, NUM_TRIALS, _search_over_floor, shares


@pytest.mark.parametrize("num_processes", [1, 2, 3, 16, 20])
def test_each_trial_and_each_student_beside_them_is_trained_once(num_processes: int) -> None:
    numbers, trials, others = zip(*shares(num_processes), strict=True)
    assert numbers == tuple(range(num_processes))
    assert (sum(trials), sum(others)) == (NUM_TRIALS, NUM_OTHERS)
    totals = [few + more for few, more in zip(trials, others, strict=True)]
    assert max(totals) - min(totals) <= 1


def test_the_strict_ratio_and_that_of_as_many_trainings_are_told_apart() -> None:
    found = _search_over_floor({"ours": [12.0], "floor": [8.0], "floor_of_as_many": [10.0]})
    assert found["ours_over_floor"]["median"] == 1.5
    assert found["ours_over_floor_of_as_many"]["median"] == 1.2
    assert found["seconds"]["floor_of_as_many"] == [10.0]
    assert found["ours_over_floor"]["what"] != found["ours_over_floor_of_as_many"]["what"]
