"""Cores that this process may use."""

import os

import pytest

from kd.cores import num_cores


def test_those_that_it_is_bound_to_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5}, raising=False)
    assert num_cores() == 2


@pytest.mark.parametrize(("known", "num"), [(6, 6), (None, 1)])
def test_where_nobody_says_all_count(monkeypatch: pytest.MonkeyPatch, known: int | None, num: int) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: known)
    assert num_cores() == num
