"""How many unlabelled images stand beside so many labelled ones."""

from hypothesis import given
from hypothesis import strategies as st

from kd.config import UnlabeledConfig, UnlabeledImages


def with_ratio(ratio):
    return UnlabeledConfig(images=UnlabeledImages(digest=None), ratio=ratio)


@given(st.floats(1e-3, 100), st.lists(st.integers(1, 512), min_size=1, max_size=40))
def test_batches_of_any_size_take_all_that_is_theirs_and_nothing_twice(ratio, sizes):
    config = with_ratio(ratio)
    ends = [config.num_drawn(sum(sizes[:number])) for number in range(len(sizes) + 1)]
    assert ends[0] == 0
    assert ends == sorted(ends)
    assert abs(ends[-1] - ratio * sum(sizes)) < 1 + 1e-6
    for size, first, last in zip(sizes, ends, ends[1:], strict=False):
        assert abs(last - first - ratio * size) < 1 + 1e-6


def test_a_share_that_no_float_is_comes_out_whole():
    assert [with_ratio(0.1).num_drawn(number) for number in (10, 30, 70, 100_000_000)] == [1, 3, 7, 10_000_000]


def test_passes_are_counted_as_they_begin():
    config = with_ratio(1.0)
    assert [config.num_passes(number, 10) for number in (0, 1, 10, 11, 20, 21)] == [1, 1, 1, 2, 2, 3]
