"""Figures for print beside those of the web."""

from pathlib import Path

import pytest

from harness.report.publish.paper_figures import find_figures
from harness.report.study import Study
from harness.report.text.language import language
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


@pytest.mark.parametrize("code", ["en", "zh"])
def test_only_what_has_several_seeds_is_a_mean_over_them(study: Study, code: str) -> None:
    captions = {one.name: one.caption for one in find_figures(study, language(code))}
    seeds = len(study.errors.predictions["distilled"].run_ids) if study.errors else 0
    assert seeds > 1
    words = {"en": f"mean over {seeds} seeds", "zh": f"{seeds} 个种子的平均值"}[code]
    assert words in captions["confusion_baseline"] and words in captions["confusion_distilled"]
    assert not any(word in captions["confusion_teacher"] for word in ("mean over", "平均值"))
