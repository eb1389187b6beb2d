"""Figures for print beside those of the web."""

from pathlib import Path

import pytest

from tests.support.pages import told


@pytest.mark.parametrize(
    ("name", "width"), [("final_results_summary", "244.8pt"), ("training_process_summary", "504pt")]
)
def test_figures_are_for_print(paper: dict[str, bytes], name: str, width: str) -> None:
    svg = paper[f"figures/{name}.svg"].decode()
    assert f'width="{width}"' in svg
    assert "var(" not in svg and "#0101" not in svg and "<text" not in svg
    pdf = paper[f"figures/{name}.pdf"]
    assert pdf.startswith(b"%PDF") and b"/FontFile2" in pdf
    assert b"/Type3" not in pdf and b"Date" not in pdf and b"atplotlib" not in pdf


def test_the_web_figures_keep_their_variables(paper: dict[str, bytes], finished: Path) -> None:
    """Drawing for print leaves nothing behind in matplotlib."""
    from harness.report.build import report_files

    page = told(report_files(finished, finished.parent / ".data"))
    assert "var(--distilled)" in page and "#0072b2" not in page and "kd:" not in page


def test_a_caption_sums_over_seeds_where_there_are_several(paper: dict[str, bytes]) -> None:
    """The teacher was trained once."""
    captions = {arm: paper[f"captions/confusion_{arm}.tex"].decode() for arm in ("teacher", "baseline", "distilled")}
    assert "seed" not in captions["teacher"] and "on the test set (" in captions["teacher"]
    assert all("summed over 5 seeds" in captions[arm] for arm in ("baseline", "distilled"))
