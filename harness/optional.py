"""Packages that libraries use where they are installed, and do without where they are not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def doing_without(*packages: str) -> Iterator[None]:
    """What is imported in here finds these packages missing, but for those that are loaded already.

    seaborn takes scipy.stats for densities, and Optuna scikit-learn for forests. No report has either, and to load both
    takes as long as to draw all figures. Whoever wants them later in this process hears that they are missing.

    >>> with doing_without("wave"):
    ...     try:
    ...         import wave
    ...     except ImportError:
    ...         print("missing")
    missing
    """
    hidden = {name: None for name in packages if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]  # None: Python says that there is no such module
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
