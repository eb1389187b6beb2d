"""Sections about the models: cost, and what accuracy costs."""

from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.text.language import language

pytestmark = pytest.mark.thorough


def test_the_page_has_them_beside_the_cost(site: Path, sweep_dir: Path) -> None:
    index = (site / "size.html").read_text("utf-8")
    assert index.index('id="cost"') < index.index('id="tradeoff"')
    assert "Hollow: published, a paper" in index
    next(sweep_dir.glob("runs/test-*/speed.json")).unlink()
    index = report_files(sweep_dir, sweep_dir.parent / ".data")["size.html"]
    assert language("en")("tradeoff-size-caption") in index
    assert "quartiles of repeated passes" not in index
