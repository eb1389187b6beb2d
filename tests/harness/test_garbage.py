"""No looking for unused cycles while a report is built, whatever becomes of it."""

import gc
from collections.abc import Iterator

import pytest

from harness.garbage import collected_later


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_it_is_off_inside_and_on_after_a_failure_too() -> None:
    with pytest.raises(ZeroDivisionError), collected_later():
        assert not gc.isenabled()
        _ = 1 / 0
    assert gc.isenabled()


def test_who_had_it_off_finds_it_off() -> None:
    gc.disable()
    with collected_later(), collected_later():
        pass
    assert not gc.isenabled()
