"""How far the sweep is, every hole with its reason, every machine that took part."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from harness.attempts import changed_code
from harness.report.language import Language
from harness.report.names import state_text
from harness.report.results import Results, RunResult
from harness.stages import stage_totals
from kd.config import DistillConfig, LogitsConfig, TrainConfig


class Hole(NamedTuple):
    """Something that should be there and is not."""

    what: str
    why: str


class Progress(NamedTuple):
    """Runs that are over, of all there will be."""

    num_done: int
    num_planned: int


class Machines(NamedTuple):
    """What the attempts say of the machines and the program, each with its number of attempts.

    ``changed``: runs that went on with other code than they began with.
    """

    num_attempts: int
    num_resumed: int
    ends: list[tuple[str, int]]
    hosts: list[tuple[str, int]]
    devices: list[tuple[str, int]]
    commits: list[tuple[str, int]]
    changed: list[str]
    seconds: float


def find_progress(results: Results) -> Progress:
    """How many of the sweep's runs are over; the search's are counted before they are known."""
    num_done = sum(run.state in ("complete", "pruned", "failed") for run in results.all_runs())
    return Progress(num_done, sum(stage_totals(results.plan).values()))


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


def describe_attempts(results: Results) -> Machines:
    """Sums over all attempts."""
    attempts = [attempt for run in results.all_runs() for attempt in run.attempts]
    return Machines(
        num_attempts=len(attempts),
        num_resumed=sum(attempt.start_epoch > 0 for attempt in attempts),
        ends=_tally(attempt.end or "open" for attempt in attempts),
        hosts=_tally(attempt.host for attempt in attempts),
        devices=_tally(attempt.device for attempt in attempts),
        commits=_tally(attempt.code.commit or "–" for attempt in attempts),
        changed=[run.id for run in results.all_runs() if changed_code(run.attempts)],
        seconds=sum(training_seconds(run) or 0.0 for run in results.all_runs()),
    )


def _tally(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))


def training_seconds(run: RunResult) -> float | None:
    """What a run's epochs took; None before it has a history."""
    return sum(epoch.seconds for epoch in run.history.epochs) if run.history else None


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
