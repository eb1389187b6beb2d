"""Phases of a run: what is timed, what is not, and that a run of each kind passes through them."""

import itertools

import pytest

from kd.phases import BACKWARD, FORWARD, PHASES, Phase, Stopwatch, timed_by


@FORWARD
def inner() -> None: ...


@BACKWARD
def outer() -> None:
    inner()
    raise ValueError


def ticking() -> Stopwatch:
    ticks = itertools.count()
    return Stopwatch(lambda: None, lambda: float(next(ticks)))


def test_what_is_entered_within_a_phase_is_part_of_it() -> None:
    stopwatch = ticking()
    with timed_by(stopwatch), pytest.raises(ValueError):
        outer()
    assert (stopwatch.seconds["forward"], stopwatch.seconds["backward"]) == (0, 1)
    with timed_by(stopwatch):
        inner()
    assert stopwatch.seconds["forward"] == 1


def test_without_a_stopwatch_nothing_is_timed() -> None:
    stopwatch = ticking()
    with timed_by(stopwatch):
        pass
    inner()
    assert set(stopwatch.seconds.values()) == {0}


def test_phases_have_names_of_their_own() -> None:
    assert all(isinstance(phase, Phase) for phase in PHASES)
    assert len({phase.name for phase in PHASES}) == len(PHASES)


def test_the_device_is_waited_for_at_both_ends() -> None:
    waits: list[None] = []
    ticks = itertools.count()
    stopwatch = Stopwatch(lambda: waits.append(None), lambda: float(next(ticks)))
    with timed_by(stopwatch), FORWARD, BACKWARD:
        pass
    assert len(waits) == 2
