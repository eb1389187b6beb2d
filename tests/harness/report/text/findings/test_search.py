"""That the baseline was searched is said, and of a sweep where it was not nothing is."""

from harness.report.study import Study
from harness.report.text.findings.search import baseline_search_text
from harness.report.text.language import language


def test_a_searched_baseline_is_said_with_its_choice(several: Study) -> None:
    text = baseline_search_text(several.results, language("en"))
    assert "24 trials over optimizer.lr, optimizer.name" in text
    assert "It chose optimizer.lr " in text
    assert "24 次试验" in baseline_search_text(several.results, language("zh"))


def test_a_baseline_that_was_not_searched_is_not_spoken_of(study: Study) -> None:
    assert baseline_search_text(study.results, language("en")) == ""
