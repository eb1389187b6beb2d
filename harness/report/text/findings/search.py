"""That the baseline was searched too, said where its figures stand."""

from harness.report.results.sweep_results import Results
from harness.report.text.labels import dimension_text, params_text
from harness.report.text.language import Language


def baseline_search_text(results: Results, say: Language) -> str:
    """With how many trials over what the student alone was tuned, and what was chosen; empty where it was not."""
    alone = results.alone
    if alone is None:
        return ""
    names = [dimension_text(name, say) for name in alone.method.space]
    texts = [say("search-of-baseline", trials=results.plan.sweep.num_trials(alone.method), names=names)]
    if alone.params is not None:
        texts.append(say("search-baseline-chosen", setting=params_text(alone.params, say)))
    return say("gap").join(texts)
