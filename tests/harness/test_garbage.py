"""No looking for unused cycles while a report is built, whatever becomes of it, nor when the process ends."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from harness.garbage import collected_later


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()


class Ring:
    """What only a look for cycles frees."""

    def __init__(self) -> None:
        self.itself = self


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


def test_what_was_made_meanwhile_is_not_looked_through_at_once_and_found_in_time() -> None:
    with collected_later():
        ring = weakref.ref(Ring())
    _ = [[] for _ in range(2 * gc.get_threshold()[0])]  # what has the youngest looked through
    assert ring() is not None
    gc.collect()
    assert ring() is None


@pytest.mark.parametrize(("call", "looks"), [("", True), ("left_at_exit()", False)])
def test_nothing_is_looked_through_when_the_process_ends(call: str, looks: bool) -> None:
    code = f"""
import gc
from harness.garbage import left_at_exit
class Ring:
    def __del__(self): print("freed")
ring = Ring()
ring.itself = ring
del ring
{call}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout == "freed\n") == looks
