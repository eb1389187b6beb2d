"""How far the sweep is, every hole with its reason, every machine that took part."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from harness.attempts import changed_code
from harness.report.results import Results, RunResult
from harness.report.text import count
from harness.sweep import SearchConfig
from kd.config import LogitsConfig, TrainConfig


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
    sweep = results.plan.sweep
    num_students = sweep.seeds * (2 + len(sweep.compare))
    num_done = sum(run.state in ("complete", "pruned", "failed") for run in results.all_runs())
    # Beside the students: the teachers, their logits, and the reading of the test images.
    return Progress(num_done, len(results.teachers) + 2 + num_students + _num_trials(sweep.search))


def _num_trials(search: SearchConfig | None) -> int:
    if search is None:
        return 0
    cells = len(search.space.alpha.values or ()) * len(search.space.temperature.values or ())
    limits = [search.num_trials, cells if search.sampler == "grid" else None]
    return min(limit for limit in limits if limit is not None)


def find_holes(results: Results) -> list[Hole]:
    """Everything missing, failed or unreadable, each with its reason."""
    holes = [Hole(run.id, why(run, results)) for run in results.all_runs() if run.state not in ("complete", "pruned")]
    if results.plan.sweep.search is not None and not results.trials:
        holes.append(Hole("trials.json", "the search has not begun"))
    if results.chosen is None:
        holes.append(Hole("final runs", "they start when the search has chosen alpha and T"))
    if results.test_run is None:
        holes.append(Hole("test run", "the test images are read once, when every other run is over"))
    elif results.test is not None:
        models = [*results.teachers, *(run for arm in results.arms if arm.kind != "teacher" for run in arm.runs)]
        unread = [run.id for run in models if run.id not in results.test.scores]
        if unread:
            holes.append(Hole(results.test_run.id, f"read the test images without {', '.join(unread)}"))
    return holes + [Hole(*_split(entry)) for entry in results.unreadable]


def describe_attempts(results: Results) -> Machines:
    """Sums over all attempts."""
    attempts = [attempt for run in results.all_runs() for attempt in run.attempts]
    return Machines(
        num_attempts=len(attempts),
        num_resumed=sum(attempt.start_epoch > 0 for attempt in attempts),
        ends=_tally(attempt.end or "open" for attempt in attempts),
        hosts=_tally(attempt.host for attempt in attempts),
        devices=_tally(attempt.device for attempt in attempts),
        commits=_tally(attempt.code.commit or "unknown" for attempt in attempts),
        changed=[run.id for run in results.all_runs() if changed_code(run.attempts)],
        seconds=sum(_seconds(run) or 0.0 for run in results.all_runs()),
    )


def _tally(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))


def _seconds(run: RunResult) -> float | None:
    return sum(epoch.seconds for epoch in run.history.epochs) if run.history else None


def why(run: RunResult, results: Results) -> str:
    """Why a run is not complete."""
    if run.failure is not None:
        return f"failed ({run.failure.kind}): {run.failure.reason}"
    if run.state == "unfinished":
        done = len(run.history.epochs) if run.history else 0
        last = run.attempts[-1] if run.attempts else None
        how = f"; its last attempt: {last.end or 'still open'}" if last else ""
        return f"unfinished after {count(done, 'epoch')}{how}" + (f" ({last.reason})" if last and last.reason else "")
    failed = [needed.id for needed in _needed(run, results) if needed.state == "failed"]
    return run.state + (f": it needs {', '.join(failed)}, which failed" if failed else "")


def _needed(run: RunResult, results: Results) -> tuple[RunResult, ...]:
    """The runs without which a run cannot start."""
    match run.run.config:
        case LogitsConfig():
            return results.teachers
        case TrainConfig(logits=str()):
            return *results.teachers, results.logits_run
    return ()


def _split(entry: str) -> tuple[str, str]:
    what, _, why = entry.partition(": ")
    return what, f"unreadable: {why}"
