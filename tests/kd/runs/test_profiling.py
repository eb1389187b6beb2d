"""The stopwatch of ``make profile``."""

import itertools
import pkgutil
import sys

import pytest

from kd.runs import profiling
from kd.runs.profiling import PHASES, Stopwatch


@pytest.mark.parametrize("path", [path for paths in PHASES.values() for path in paths])
def test_every_timed_function_is_where_it_is_said_to_be(path: str) -> None:
    assert callable(pkgutil.resolve_name(path))


def inner() -> None: ...


def outer() -> None:
    inner()
    raise ValueError


def test_what_a_timed_function_calls_counts_as_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(profiling.time, "perf_counter", lambda: float(next(ticks)))
    for name in ("inner", "outer"):
        monkeypatch.setattr(sys.modules[__name__], name, globals()[name])  # put back what is wrapped
    stopwatch = Stopwatch(lambda: None)
    stopwatch.put_on(f"{__name__}.inner", "forward")
    stopwatch.put_on(f"{__name__}.outer", "backward")
    with pytest.raises(ValueError):
        outer()
    assert (stopwatch.seconds["forward"], stopwatch.seconds["backward"]) == (0, 1)
    inner()
    assert stopwatch.seconds["forward"] == 1
