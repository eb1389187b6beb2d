"""The confusions as the site has them."""

import csv
import io
import re
from pathlib import Path

import pytest

from harness.report.build import report_files
from harness.report.text.language import language

LINK = re.compile(r'href="(class-\d+\.html)(?:#(as-\d+))?"')


@pytest.mark.thorough
def test_few_classes_are_all_shown_and_their_data_lie_at_the_root(invented: Path) -> None:
    few = report_files(invented, invented.parent / ".data")
    page = section_of(few)
    assert language("en")("confusion-change-title") in page
    rows = list(csv.DictReader(io.StringIO(str(few["figures/confusions.csv"]))))
    assert {row["arm"] for row in rows} == {"teacher", "baseline", "distilled"}
    assert 'href="figures/confusions.csv"' in page
    assert 'href="../figures/confusions.csv"' in section_of(few, "zh/")
    assert not [name for name in few if name.endswith("figures/confusions.csv") and name.startswith("zh")]


@pytest.mark.thorough
def test_of_many_classes_every_link_leads_to_images(crowd: Path) -> None:
    files = report_files(crowd, crowd.parent / ".data")
    page = section_of(files)
    assert "24 of 30" in page
    links = LINK.findall(page)
    assert len(links) > 100
    for target, anchor in links:
        assert target in files and (not anchor or f'id="{anchor}"' in str(files[target]))


def section_of(files: dict[str, str | bytes], folder: str = "") -> str:
    """The confusions, on whichever page they are."""
    for name, content in files.items():
        if isinstance(content, str) and name.removeprefix(folder).count("/") == 0 and name.startswith(folder):
            start = content.find('<section id="confusions">')
            if start >= 0 and name.endswith(".html"):
                return content[start : content.index("</section>", start)]
    raise AssertionError("no page has the confusions")
