"""How far the sweep is, every hole with its reason, every machine that took part."""

from typing import NamedTuple

from harness.report.results.sweep_results import Results, RunResult
from harness.report.text.labels import state_text
from harness.report.text.language import Language
from kd.config import DistillConfig, LogitsConfig, TrainConfig


class Hole(NamedTuple):
    """Something that should be there and is not."""

    what: str
    why: str


def find_holes(results: Results, say: Language) -> list[Hole]:
    """Everything missing, failed or unreadable, each with its reason."""
    open_runs = (run for run in results.all_runs() if run.state not in ("complete", "pruned"))
    holes = [Hole(run.id, why(run, results, say)) for run in open_runs]
    if results.plan.sweep.search is not None and not results.trials:
        holes.append(Hole("trials.json", say("hole-no-search")))
    if results.chosen is None:
        holes.append(Hole(say("final-runs"), say("hole-no-finals")))
    if results.test_run is None:
        holes.append(Hole(say("test-run"), say("hole-no-test")))
    elif results.test is not None:
        models = [*results.teachers, *(run for arm in results.arms if arm.kind != "teacher" for run in arm.runs)]
        unread = [run.id for run in models if run.id not in results.test.scores]
        if unread:
            holes.append(Hole(results.test_run.id, say("hole-unread", runs=unread)))
    return holes + [Hole(file.path, say(file.why)) for file in results.unreadable]


def why(run: RunResult, results: Results, say: Language) -> str:
    """Why a run is not complete."""
    if run.failure is not None:
        return say("hole-failed", kind=state_text(run.failure.kind, say), reason=run.failure.reason)
    if run.state == "unfinished":
        done = len(run.history.epochs) if run.history else 0
        if not run.attempts:
            return say("hole-unfinished", number=done)
        last = run.attempts[-1]
        end = state_text(last.end or "open", say)
        return say("hole-last-attempt", number=done, end=end) + (f" ({last.reason})" if last.reason else "")
    failed = [needed.id for needed in _needed(run, results) if needed.state == "failed"]
    return say("hole-needs", runs=failed) if failed else state_text(run.state, say)


def _needed(run: RunResult, results: Results) -> tuple[RunResult, ...]:
    """The runs without which a run cannot start."""
    match run.run.config:
        case LogitsConfig(part_of=None):
            return *results.teachers, *results.logits_runs[:-1]
        case LogitsConfig():
            return results.teachers
        case TrainConfig(distill=DistillConfig()):
            return *results.teachers, *results.logits_runs
    return ()
