"""What follows from the records of attempts."""

from typing import Any

import pytest

from harness.state.attempts.facts import changed_code, changed_hardware, duration, hardware_name
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
    assert changed_hardware(on_cpu) is is_changed
    on_gpu = [each.model_copy(update={"device": "NVIDIA H100"}) for each in on_cpu]
    assert not changed_hardware(on_gpu)
    assert not changed_hardware([each.model_copy(update={"code": Code()}) for each in on_cpu])


@pytest.mark.parametrize(
    ("first", "then", "is_changed"),
    [
        ({"processor": "Xeon, AVX512"}, {"processor": "Xeon, AVX512"}, False),
        ({"processor": "Xeon, AVX512"}, {"processor": "EPYC, AVX512"}, True),
        ({"processor": "Xeon, AVX512"}, {"processor": "Xeon, AVX2"}, True),
        ({}, {"processor": "Xeon, AVX512"}, False),  # by an older program, which did not look
        ({"device": "NVIDIA A100"}, {"device": "NVIDIA H100"}, True),
        ({"device": "NVIDIA H100", "num_devices": 2}, {"device": "NVIDIA H100"}, True),
        ({"device": "NVIDIA H100", "processor": "Xeon"}, {"device": "NVIDIA H100", "processor": "EPYC"}, False),
        ({"device": "NVIDIA H100"}, {"device": "cpu"}, True),
    ],
)
def test_another_processor_or_gpu(first: dict[str, Any], then: dict[str, Any], is_changed: bool) -> None:
    made = [ended(1, "died", **WROTE, **first), ended(2, "died", start_step=7, **WROTE, **then)]
    assert changed_hardware(made) is is_changed
    assert not changed_hardware([made[0], made[1].model_copy(update={"start_step": 0})])  # the first left nothing


def test_hardware_is_named_as_far_as_it_is_known() -> None:
    made = ended(1, "died", num_threads=2)
    assert hardware_name(made) == "cpu × 2 thread(s)"
    assert hardware_name(made.model_copy(update={"processor": "Xeon, AVX2"})) == "cpu × 2 thread(s) of Xeon, AVX2"
    assert hardware_name(made.model_copy(update={"device": "NVIDIA H100", "num_devices": 2})) == "2 × NVIDIA H100"


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
    made = [ended(number, "died", start_step=number, code=code) for number, code in enumerate(codes, 1)]
    assert changed_code(made) is is_changed
    afresh = [each.model_copy(update={"start_step": 0}) for each in made]
    assert not changed_code(afresh)  # only the last left something


@pytest.mark.parametrize(
    ("end", "seen", "seconds"),
    [("00:02:00", None, 90.0), ("00:02:00", "00:09:00", 90.0), (None, "00:01:00", 30.0), ("00:00:10", None, 0.0),
     (None, None, None)],
)  # fmt: skip
def test_an_attempt_took_as_long_as_to_its_end_or_else_its_last_sign(
    end: str | None, seen: str | None, seconds: float | None
) -> None:
    began, until, sign = (time and f"2026-01-01T{time}Z" for time in ("00:00:30", end, seen))
    made = ended(1, None, started_at=began, ended_at=until).model_copy(update={"last_seen_at": sign})
    assert duration(made) == seconds
