"""When Python looks for unused cycles of objects."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """Look for no unused cycles in here.

    For work of seconds that makes many objects and drops few: a report would spend a fifth of its time on looking
    through all that it is made of a thousand times over.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made in here counts as old: as new, all of it would be looked through at the very next object.
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def left_at_exit() -> None:
    """Let Python end without looking for cycles: it would look through all there is, only to give memory back."""
    atexit.register(gc.freeze)
