"""Cores that this process may use, and their name."""

import os
import platform
from pathlib import Path

import pytest

from kd import cores
from kd.cores import num_cores, processor_name


def test_those_that_it_is_bound_to_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5}, raising=False)
    assert num_cores() == 2


@pytest.mark.parametrize(("known", "num"), [(6, 6), (None, 1)])
def test_where_nobody_says_all_count(monkeypatch: pytest.MonkeyPatch, known: int | None, num: int) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: known)
    assert num_cores() == num


@pytest.mark.parametrize(
    ("info", "name"),
    [("processor\t: 0\nmodel name\t: A Chip\n", "A Chip"), ("CPU part\t: 0xd0c\n", "aarch64"), (None, "aarch64")],
)
def test_the_processor_by_its_model_or_else_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, info: str | None, name: str
) -> None:
    monkeypatch.setattr(cores, "_CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    if info is not None:
        (tmp_path / "cpuinfo").write_text(info)
    assert processor_name() == name
