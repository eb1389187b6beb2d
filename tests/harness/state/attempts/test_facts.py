"""What follows from the records of attempts."""

import pytest

from harness.state.attempts.facts import changed_code, changed_threads
from kd.records import Code
from tests.harness.state.attempts.test_deaths import ended

WROTE = {"code": {"commit": "a"}}


@pytest.mark.parametrize(
    ("made", "is_changed"),
    [
        ([(0, 2)], False),
        ([(0, 2), (5, 2)], False),
        ([(0, 2), (5, 1)], True),
        ([(0, 1), (5, 2), (9, 1)], True),
        ([(0, 2), (0, 1)], False),  # the first left nothing
        ([(0, 2), (0, 1), (5, 1)], True),  # the second may have been cut before it said where it began
        ([(0, 2), (5, 2), (5, 1)], True),
        ([(0, 2), (5, 2), (0, 2)], False),
    ],
)
def test_another_number_of_threads(made: list[tuple[int, int]], is_changed: bool) -> None:
    """Each attempt by the step that it began at, and its threads."""
    on_cpu = [ended(n, "died", start_step=step, num_threads=each, **WROTE) for n, (step, each) in enumerate(made, 1)]
    assert changed_threads(on_cpu) is is_changed
    on_gpu = [each.model_copy(update={"device": "NVIDIA H100"}) for each in on_cpu]
    assert not changed_threads(on_gpu)
    assert not changed_threads([each.model_copy(update={"code": Code()}) for each in on_cpu])


@pytest.mark.parametrize(
    ("codes", "is_changed"),
    [
        ([Code(commit="a"), Code(commit="a")], False),
        ([Code(commit="a"), Code(commit="b")], True),
        ([Code(commit="a"), Code(commit="a", diff_sha256="c")], True),
        ([Code(commit="a", versions={"torch": "2"}), Code(versions={"torch": "2"})], False),  # git was not heard
        ([Code(commit="a", versions={"torch": "2"}), Code(versions={"torch": "3"})], True),
        ([Code(), Code(commit="a")], False),
    ],
)
def test_another_program(codes: list[Code], is_changed: bool) -> None:
    made = [ended(number, "died", code=code) for number, code in enumerate(codes, 1)]
    assert changed_code(made) is is_changed
