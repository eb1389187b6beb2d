"""How far the sweep is, every hole with its reason, every machine that took part."""

from typing import NamedTuple

from harness.report.analysis.arms.exports import is_of_these
from harness.report.results.sweep_results import Results, RunResult
from harness.report.text.labels import state_text
from harness.report.text.language import Language
from harness.state.attempts.run_state import FINISHED, RunState
from harness.state.files.records import trials_name
from harness.sweep.sections.students import search_name
from kd.config import DistillConfig, LogitsConfig, TrainConfig
from kd.exports import FOLDER


class Missing(NamedTuple):
    """Something that should be there and is not."""

    what: str
    why: str


def find_missing(results: Results, say: Language) -> list[Missing]:
    """Everything missing, failed or unreadable, each with its reason."""
    open_runs = (run for run in results.all_runs() if run.state not in FINISHED)
    missing = [Missing(run.id, why(run, results, say)) for run in open_runs]
    for one in results.searched:
        if one.method.space and not one.trials.trials:
            name = trials_name(search_name(one.method.key, results.plan.student_key))
            missing.append(Missing(name, say("missing-because-no-search")))
    for one in results.searched:
        if one.params is None:
            reason = "missing-because-no-choice" if results.standing.is_finished else "missing-because-no-finals"
            missing.append(Missing(say.join([say("final-runs"), *filter(None, [one.method.key])]), say(reason)))
    if results.test_run is None:
        reason = "missing-because-nothing-to-test" if results.standing.is_finished else "missing-because-no-test"
        missing.append(Missing(say("test-run"), say(reason)))
    elif results.test is not None:
        models = [*results.teachers, *(run for arm in results.arms if arm.kind != "teacher" for run in arm.runs)]
        unread = [run.id for run in models if run.id not in results.test.scores]
        if unread:
            missing.append(Missing(results.test_run.id, say("missing-because-unread", runs=unread)))
    old = [one.record.request.format for one in results.exports if not is_of_these(one, results)]
    missing += [Missing(f"{FOLDER}/{form}.json", say("missing-because-export-old")) for form in old]
    return missing + [Missing(file.path, say(file.why)) for file in results.unreadable]


def why(run: RunResult, results: Results, say: Language) -> str:
    """Why a run is not complete."""
    if run.failure is not None:
        return say("missing-because-failed", kind=state_text(run.failure.kind, say), reason=run.failure.reason)
    if run.state in (RunState.INTERRUPTED, RunState.RUNNING):
        done = len(run.history.epochs) if run.history else 0
        if not run.attempts:
            return say("missing-because-unfinished", number=done)
        last = run.attempts[-1]
        end = state_text(last.end or "open", say)
        return say("missing-because-last-attempt", number=done, end=end) + (f" ({last.reason})" if last.reason else "")
    failed = [needed.id for needed in _needed(run, results).values() if needed.state == RunState.FAILED]
    return say("missing-because-needs", runs=failed) if failed else state_text(run.state, say)


def _needed(run: RunResult, results: Results) -> dict[str, RunResult]:
    """The runs without which a run cannot start, each after those that it needs itself."""
    ids: list[str | None] = []
    match run.run.config:
        case LogitsConfig() as config:
            passes = (*results.logits_runs, *results.other_teachings)
            parts = [one.id for one in passes if getattr(one.run.config, "part_of", None) == run.id]
            ids = [config.teacher, *config.more_teachers, *parts]
        case TrainConfig(distill=DistillConfig()) as config:
            ids = [*config.teachers, config.logits, config.unlabeled.logits if config.unlabeled else None]
    needed: dict[str, RunResult] = {}
    for run_id in ids:
        one = results.run_by_id.get(run_id) if run_id else None
        if one is not None:
            needed |= _needed(one, results) | {one.id: one}
    return needed
