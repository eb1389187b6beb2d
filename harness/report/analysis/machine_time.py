"""What the attempts held of the machines, and how far the sweep is."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from harness.report.results.sweep_results import Results, RunResult
from harness.state.attempts import changed_code, duration
from harness.sweep.plan import stage_totals
from kd.records import Attempt

CPU = "cpu"


SURVIVED = ("preempted", "timeout", "died", "out of memory")
"""Ends of attempts that a run can go on from."""


class Effort(NamedTuple):
    """Machine time of all attempts, unfinished ones left out.

    ``gpu_hours``: by the GPU's name. ``core_hours``: of attempts on a CPU, hours times threads.
    ``interrupted``: by cause, attempts that broke off in runs that are over nonetheless.
    """

    gpu_hours: dict[str, float]
    core_hours: float
    num_open: int
    interrupted: dict[str, int]
    num_survivors: int


def find_effort(results: Results) -> Effort:
    """Summed over every run, failed and pruned ones too."""
    gpu_hours: dict[str, float] = {}
    core_hours, num_open = 0.0, 0
    interrupted: Counter[str] = Counter()
    num_survivors = 0
    for run in results.all_runs():
        for attempt in run.attempts:
            seconds = duration(attempt)
            hours = max(0.0, seconds or 0.0) / 3600  # a clock may have been set back
            if seconds is None:
                num_open += 1
            elif attempt.device.endswith(CPU):
                core_hours += hours * attempt.num_threads * run.run.gpus
            else:
                device = attempt.device.rpartition(" × ")[2]
                gpu_hours[device] = gpu_hours.get(device, 0.0) + hours * run.run.gpus
        broken = [attempt.end for attempt in run.attempts if attempt.end in SURVIVED]
        if broken and run.state in ("complete", "pruned"):
            num_survivors += 1
            interrupted.update(broken)
    ordered = sorted(interrupted.items(), key=lambda item: SURVIVED.index(item[0]))
    return Effort(dict(sorted(gpu_hours.items())), core_hours, num_open, dict(ordered), num_survivors)


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


_DEVICES = re.compile(r"(?:(\d+) × )?(.*)")


class Hours(NamedTuple):
    """What the attempts that ended have held: devices times wall-clock hours, start-up included."""

    gpu: float
    core: float

    def __add__(self, other: "Hours") -> "Hours":  # type: ignore[override]
        return Hours(self.gpu + other.gpu, self.core + other.core)


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
