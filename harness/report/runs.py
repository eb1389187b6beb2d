"""Every run in a line: where it stands, what it used, and why it is not complete."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from harness.attempts import duration
from harness.records import TrialRecord
from harness.report.language import Language
from harness.report.names import setting_text
from harness.report.results import Results, RunResult
from harness.report.rundown import training_seconds, why
from kd.config import TrainConfig
from kd.records import Attempt

Standing = Literal[
    "complete", "pruned", "failed", "unreadable", "interrupted", "open", "not started"
]  # fmt: skip
STANDINGS: tuple[Standing, ...] = (
    "failed", "unreadable", "interrupted", "open", "not started", "pruned", "complete"
)  # fmt: skip
"""What is wrong first. ``interrupted``: its last attempt ended before the run did; ``open``: it has not said so."""
NUM_SLOWEST = 5
MAX_TRIALS_LISTED = 50
_DEVICES = re.compile(r"(?:(\d+) × )?(.*)")


class Hours(NamedTuple):
    """What the attempts that ended have held: devices times wall-clock hours, start-up included."""

    gpu: float
    core: float

    def __add__(self, other: "Hours") -> "Hours":  # type: ignore[override]
        return Hours(self.gpu + other.gpu, self.core + other.core)


class RunLine(NamedTuple):
    """One run. ``seconds``: of training, by its history; None where it has none."""

    id: str
    role: str
    standing: Standing
    trial: int | None
    seed: int | None
    setting: str
    num_epochs: int | None
    planned_epochs: int | None
    val_accuracy: float | None
    num_attempts: int
    num_preemptions: int
    hosts: tuple[str, ...]
    devices: tuple[str, ...]
    seconds: float | None
    hours: Hours
    why: str


class RoleLine(NamedTuple):
    """All runs of a role."""

    role: str
    num_runs: int
    standings: Counter[Standing]
    num_attempts: int
    num_preemptions: int
    seconds: float
    hours: Hours


def describe_runs(results: Results, say: Language) -> list[RunLine]:
    """Every run, in the order of the stages."""
    numbers = {trial.run_id: trial.number for trial in results.trials}
    return [_line(run, results, numbers.get(run.id), say) for run in results.all_runs()]


def sum_up(lines: Sequence[RunLine]) -> list[RoleLine]:
    """The runs by role, in the order of the stages."""
    return [_role(role, [line for line in lines if line.role == role]) for role in dict.fromkeys(r.role for r in lines)]


def slowest(lines: Iterable[RunLine]) -> list[RunLine]:
    """The runs that trained longest."""
    timed = [line for line in lines if line.seconds]
    return sorted(timed, key=lambda line: -(line.seconds or 0.0))[:NUM_SLOWEST]


def listed_trials(results: Results) -> list[TrialRecord]:
    """The trials that the front page lists: all, or the best of too many."""
    search = results.plan.sweep.search
    if search is None or len(results.trials) <= MAX_TRIALS_LISTED:
        return list(results.trials)
    sign = -1 if search.metric == "val_accuracy" else 1
    scored = [trial for trial in results.trials if trial.state == "complete" and trial.value is not None]
    return sorted(scored, key=lambda trial: sign * (trial.value or 0.0))[:MAX_TRIALS_LISTED]


def run_records(lines: Iterable[RunLine]) -> list[dict[str, Any]]:
    """Every run as flat values; None where there is a hole."""
    return [
        {name: value for name, value in line._asdict().items() if name not in ("hours", "why")}
        | {"hosts": " ".join(line.hosts), "devices": ", ".join(line.devices)}
        | {"gpu_hours": line.hours.gpu, "core_hours": line.hours.core, "why": line.why}
        for line in lines
    ]


def standing_of(run: RunResult) -> Standing:
    """Where a run stands; of an unfinished one, whether its last attempt has ended."""
    if run.state != "unfinished":
        return run.state
    return "open" if run.attempts and run.attempts[-1].end is None else "interrupted"


def hours_of(attempts: Iterable[Attempt]) -> Hours:
    """What attempts have held.

    >>> one = {"number": 1, "job_id": "1", "host": "h", "pid": 1, "process_created": 0, "num_threads": 4}
    >>> one |= {"started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T00:30:00Z"}
    >>> hours_of([Attempt(**one), Attempt(**one, device="2 × NVIDIA H100")])
    Hours(gpu=1.0, core=2.0)
    """
    gpu, core = 0.0, 0.0
    for attempt in attempts:
        match = _DEVICES.fullmatch(attempt.device)
        assert match is not None
        hours = int(match[1] or 1) * (duration(attempt) or 0.0) / 3600
        if match[2] == "cpu":
            core += attempt.num_threads * hours
        else:
            gpu += hours
    return Hours(gpu, core)


def _line(run: RunResult, results: Results, trial: int | None, say: Language) -> RunLine:
    config = run.run.config
    train = config if isinstance(config, TrainConfig) else None
    epochs = run.history.epochs if run.history else ()
    standing = standing_of(run)
    return RunLine(
        id=run.id,
        role=config.role,
        standing=standing,
        trial=trial,
        seed=train.seed if train else None,
        setting=setting_text(train.distill, say) if train and train.distill else "",
        num_epochs=len(epochs) if run.history else None,
        planned_epochs=train.training.epochs if train else None,
        val_accuracy=_val_accuracy(run),
        num_attempts=len(run.attempts),
        num_preemptions=sum(attempt.end == "preempted" for attempt in run.attempts),
        hosts=tuple(dict.fromkeys(attempt.host for attempt in run.attempts)),
        devices=tuple(dict.fromkeys(attempt.device for attempt in run.attempts)),
        seconds=training_seconds(run),
        hours=hours_of(run.attempts),
        why=why(run, results, say) if standing not in ("complete", "pruned") else "",
    )


def _val_accuracy(run: RunResult) -> float | None:
    if run.metrics and run.metrics.val:
        return run.metrics.val.accuracy
    return run.history.epochs[-1].val_accuracy if run.history and run.history.epochs else None


def _role(role: str, lines: Sequence[RunLine]) -> RoleLine:
    return RoleLine(
        role=role,
        num_runs=len(lines),
        standings=Counter(line.standing for line in lines),
        num_attempts=sum(line.num_attempts for line in lines),
        num_preemptions=sum(line.num_preemptions for line in lines),
        seconds=sum(line.seconds or 0.0 for line in lines),
        hours=sum((line.hours for line in lines), Hours(0.0, 0.0)),
    )
