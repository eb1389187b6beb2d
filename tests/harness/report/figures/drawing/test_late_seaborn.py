"""seaborn as figures ask for it."""

import seaborn

from harness.report.figures.drawing.late_seaborn import load_seaborn


def test_it_is_seaborn_and_loaded_once() -> None:
    assert load_seaborn() is seaborn
    assert load_seaborn.cache_info().misses <= 1
