"""Packages that are hidden while others are imported, and there again afterwards."""

import subprocess
import sys

import pytest

from harness.optional import doing_without


def test_what_is_loaded_stays_and_what_was_hidden_is_there_again() -> None:
    import json

    sys.modules.pop("wave", None)
    with pytest.raises(ImportError, match="wave"), doing_without("json", "wave"):
        import json as again

        assert again is json
        import wave
    import wave

    assert wave.__name__ == "wave"


def test_a_report_draws_with_seaborn_and_asks_optuna_without_what_neither_needs() -> None:
    """In a process of its own: this one has loaded everything."""
    program = """
import sys
from harness.report.figures.drawing.late_seaborn import load_seaborn
from harness.optional import doing_without
load_seaborn().heatmap
with doing_without("sklearn"):
    import optuna.importance
print(sorted({"scipy.stats", "sklearn", "torch"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
