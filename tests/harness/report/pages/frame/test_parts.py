"""What a page copies are the files."""

import html.parser
import re
from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.study import Study, read_study
from harness.report.tables.files import table_files
from tests.support.pages import told


@pytest.fixture(scope="module")
def study(finished: Path) -> Study:
    return read_study(finished, finished.parent / ".data")


@pytest.fixture(scope="module")
def files(study: Study) -> dict[str, str]:
    return table_files(study)


def test_what_the_page_copies_are_the_files(finished: Path) -> None:
    files = report_files(finished, finished.parent / ".data")
    for name, endings in (("table", ("tex", "csv", "md")), ("agreement", ("tex",)), ("cost", ("tex",))):
        for ending in endings:
            path = f"table.{ending}" if name == "table" else f"tables/{name}.{ending}"
            copied = re.search(rf'<pre id="{name}-{ending}" hidden>(.*?)</pre>', told(files), re.DOTALL)
            assert copied is not None
            assert html.unescape(copied[1]) == files[path]
