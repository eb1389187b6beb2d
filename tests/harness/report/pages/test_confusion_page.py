"""Many classes have a page of confusions."""

import re
from pathlib import Path

import pytest

from harness.report.build import report_files
from tests.support.pages import told


@pytest.mark.thorough
def test_many_classes_have_a_page_of_confusions(crowd: Path) -> None:
    files = report_files(crowd, crowd.parent / ".data")
    page = files["confusions.html"]
    assert 'href="confusions.html"' in told(files)
    assert page.count("<svg") == 4
    for target, anchor in re.findall(r'href="(class-\d+\.html)(?:#(as-\d+))?"', page):
        assert target in files and (not anchor or f'id="{anchor}"' in files[target])
