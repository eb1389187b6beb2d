"""seaborn, loaded when the first figure asks for it: half a second, and most commands draw nothing."""

from functools import cache
from typing import Any

from harness.optional import doing_without


@cache
def load_seaborn() -> Any:
    """The library, without what it needs for densities alone."""
    with doing_without("scipy.stats"):
        import seaborn
    return seaborn
