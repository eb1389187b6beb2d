"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 180.0  # for a machine that has other things to do; a test that passes does not wait for it
POLL_S = 0.02
Value = TypeVar("Value")


def wait_until(condition: Callable[[], Value], what: str, timeout_s: float = PATIENCE_S) -> Value:
    """Poll until ``condition()`` is true; gives what it returned.

    Raises:
        TimeoutError: It did not become true in time.
    """
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {timeout_s:g} s")
        time.sleep(POLL_S)
    return value
