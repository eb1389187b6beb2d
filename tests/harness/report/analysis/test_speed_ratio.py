"""A ratio of speeds: by pairs of passes, rounded to what repeats, and nothing where nothing does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.analysis.speed_ratio import FEWEST_PAIRS, SAME, WIDEST, SpeedRatio, speed_ratio

POSITIVE = st.floats(1e-3, 1e3)


def test_the_ratio_is_taken_per_pair_so_that_a_slow_minute_does_not_move_it() -> None:
    own, slow = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 1.0]), np.array([1, 1, 1, 5, 5, 5])
    other = np.array([3.0, 4.0, 5.0, 3.0, 4.0, 5.0])
    assert speed_ratio([other * slow], own * slow) == speed_ratio([other], own) == (3.25, 4.0, 4.75, 6)


def test_of_several_models_the_passes_of_a_round_are_added() -> None:
    assert speed_ratio([[1.0, 2.0], [3.0, 2.0]], [2.0, 2.0]) == (2.0, 2.0, 2.0, 2)


def test_a_clock_too_coarse_for_a_pass_is_no_ratio() -> None:
    assert speed_ratio([[1.0] * 9], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]).relation == "unclear"
    assert speed_ratio([[0.0] * 9], [1.0] * 9).relation == "unclear"


def test_few_pairs_are_no_ratio() -> None:
    assert SpeedRatio(4.0, 4.0, 4.0, FEWEST_PAIRS - 1).relation == "unclear"
    assert SpeedRatio(4.0, 4.0, 4.0, FEWEST_PAIRS).relation == "faster"


@pytest.mark.parametrize(
    ("low", "median", "high", "relation"),
    [
        (0.9, 1.1, 1.2, "same"),  # holds 1
        (1.04, 1.1, 1.3, "same"),  # nearly
        (1.06, 1.1, 1.3, "faster"),
        (0.8, 0.9, 0.94, "slower"),
        (0.8, 0.9, 0.96, "same"),
        (2.0, 2.4, 2.79, "faster"),
        (2.0, 2.4, 2.81, "unclear"),
        (0.6, 1.0, 1.0, "unclear"),  # neither the same nor another
    ],
)
def test_what_may_be_said(low: float, median: float, high: float, relation: str) -> None:
    assert SpeedRatio(low, median, high, 200).relation == relation


@given(median=POSITIVE, down=st.floats(1, 2), up=st.floats(1, 2))
def test_a_model_is_as_much_slower_as_the_other_is_faster(median: float, down: float, up: float) -> None:
    one = SpeedRatio(median / down, median, median * up, 200)
    other = SpeedRatio(1 / one.high, 1 / one.median, 1 / one.low, 200)
    relations = {one.relation, other.relation}
    is_near_1 = min(abs(np.log(one[:3]))) < 2 * SAME  # 5 % more is not quite 5 % less
    assert relations in ({"faster", "slower"}, {"same"}, {"unclear"}) or is_near_1
    if relations == {"faster", "slower"}:
        assert one.rounded == pytest.approx(other.rounded, rel=0.11)  # 1/x may fall on the other side of a digit


@given(median=POSITIVE, down=st.floats(1, 1.3), up=st.floats(1, 1.15))
def test_what_is_printed_holds_the_quartiles_and_no_more_digits_than_they_agree_in(
    median: float, down: float, up: float
) -> None:
    ratio = SpeedRatio(median / down, median, median * up, 200)
    factor, (low, high) = ratio.factor, ratio.rounded
    if ratio.relation not in ("faster", "slower"):
        return
    assert 1 < low <= high <= 2 * WIDEST * low
    assert float(f"{low:.2g}") == low and float(f"{high:.2g}") == high
    assert low / 1.5 <= factor.median <= high * 1.5
    if low == high:
        assert factor.high - factor.low <= max(1.0, 10 ** np.floor(np.log10(high)))


@pytest.mark.parametrize("median", [3.58, 3.64, 3.69, 3.73, 3.79])
def test_medians_of_several_processes_are_never_at_odds(median: float) -> None:
    """As measured of the quickstart's former pair: each is printed as "about 4" or as "3 to 4"."""
    low, high = SpeedRatio(0.96 * median, median, 1.02 * median, 200).rounded
    assert (low, high) in ((4.0, 4.0), (3.0, 4.0))
