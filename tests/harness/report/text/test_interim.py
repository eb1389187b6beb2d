"""What is said before there is an answer: both sides on val, and that it is none."""

from pathlib import Path

import pytest

from harness.report.results.reading.reader import read_results
from harness.report.text.interim import interim_text
from harness.report.text.language import LANGUAGES, language
from harness.report.text.numbers import percent
from harness.sweep.sections.metric import score_in


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_the_baseline_s_mean_stands_beside_the_best_trial(finished: Path, code: str) -> None:
    results = read_results(finished)
    text = interim_text(results, language(code))
    baseline = results.arm("baseline")
    assert text is not None and baseline is not None
    on_val = [score_in("accuracy", run.metrics.val) for run in baseline.runs if run.metrics and run.metrics.val]
    trials = [results.trial_runs[trial.run_id] for trial in results.trials if trial.state == "complete"]
    best = max(score_in("accuracy", run.metrics.val) for run in trials if run.metrics and run.metrics.val)
    assert percent(sum(on_val) / len(on_val)) in text and percent(best) in text
    assert str(len(on_val)) in text and str(len(trials)) in text


def test_one_side_alone_says_nothing(sweep_dir: Path) -> None:
    for path in (sweep_dir / "runs").glob("baseline-*/metrics.json"):
        path.unlink()
    assert interim_text(read_results(sweep_dir), language("en")) is None
