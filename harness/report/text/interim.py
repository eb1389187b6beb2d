"""What a sweep without an answer shows so far: on val, by which its trials are chosen, and said to be no answer."""

from harness.report.analysis.arms.gains import val_accuracies
from harness.report.results.sweep_results import Results
from harness.report.text.language import Language
from harness.report.text.numbers import percent
from harness.state.attempts.run_state import RunState


def interim_text(results: Results, say: Language) -> str | None:
    """The baseline beside the best of the complete trials; None before there are both.

    The best of several is above what its setting would do again, which is why the words call it no answer.
    """
    alone = results.arm("baseline")
    baselines = val_accuracies(results, alone.runs if alone else ())
    trials = val_accuracies(results, (results.trial_runs[run_id] for run_id in _complete_trials(results)))
    if not baselines or not trials:
        return None
    return say(
        "interim",
        baseline=percent(sum(baselines) / len(baselines)),
        num_seeds=len(baselines),
        best=percent(max(trials)),
        num_trials=len(trials),
    )


def _complete_trials(results: Results) -> list[str]:
    runs = (trial.run_id for trial in results.trials if trial.state == RunState.COMPLETE)
    return [run_id for run_id in runs if run_id in results.trial_runs]
