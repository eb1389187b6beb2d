"""Maps of few and of many classes."""

import re
from pathlib import Path

import pytest

from harness.report.analysis.confusions import Matrix, find_matrix
from harness.report.analysis.errors import ErrorAnalysis
from harness.report.build import report_files
from harness.report.figures.confusion_maps import change_map
from harness.report.figures.style import drawing_style
from harness.report.text.language import language
from tests.support.invented_sweep import UNFRIENDLY_NAMES


def test_an_unchanged_matrix_is_drawn(errors: ErrorAnalysis) -> None:
    same = find_matrix(errors).by_arm["teacher"]
    with drawing_style():
        drawing = change_map(
            Matrix((0, 1, 2), False, {"baseline": same, "distilled": same}), UNFRIENDLY_NAMES, language("en")
        )
    assert drawing is not None and 'class="spot"' not in drawing.svg


@pytest.mark.thorough
def test_many_classes_have_a_page_of_confusions(crowd: Path) -> None:
    files = report_files(crowd, crowd.parent / ".data")
    page = files["confusions.html"]
    assert 'href="confusions.html"' in files["index.html"]
    assert page.count("<svg") == 4
    for target, anchor in re.findall(r'href="(class-\d+\.html)(?:#(as-\d+))?"', page):
        assert target in files and (not anchor or f'id="{anchor}"' in files[target])


@pytest.mark.thorough
def test_few_classes_have_their_map_on_the_front_page(invented: Path) -> None:
    few = report_files(invented, invented.parent / ".data")
    assert "confusions.html" not in few
    assert language("en")("confusion-change-title") in few["index.html"]
