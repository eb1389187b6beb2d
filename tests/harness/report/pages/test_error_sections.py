"""Few classes have their map on the front page."""

from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.text.language import language
from tests.support.pages import told


@pytest.mark.thorough
def test_few_classes_have_their_map_on_the_front_page(invented: Path) -> None:
    few = report_files(invented, invented.parent / ".data")
    assert "confusions.html" not in few
    assert language("en")("confusion-change-title") in told(few)
