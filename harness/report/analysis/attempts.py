"""What all attempts of a sweep come to."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from harness.report.results.sweep_results import Results
from harness.state.attempts.facts import changed_code, changed_hardware, device_name
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import FINISHED
from kd.records import AttemptEnd

SURVIVED = (
    AttemptEnd.PREEMPTED, AttemptEnd.TIMEOUT, AttemptEnd.DIED, AttemptEnd.OUT_OF_MEMORY, AttemptEnd.DISK_FULL
)  # fmt: skip
"""Ends of attempts that a run can go on from."""


class AttemptSummary(NamedTuple):
    """What the attempts say of the machines and the program, each with its number of attempts.

    ``changed``: runs that went on with other code than they began with; ``changed_hardware``: with another GPU, CPU
    or number of CPU threads. ``seconds``: of training, by the histories.
    ``interrupted``: by cause, attempts that broke off in runs that are over nonetheless, ``num_survivors`` of them.
    ``taken_over``: the runs that another sweep carried out, by that sweep's name.
    """

    num_attempts: int
    num_resumed: int
    ends: list[tuple[str, int]]
    hosts: list[tuple[str, int]]
    devices: list[tuple[str, int]]
    commits: list[tuple[str, int]]
    changed: list[str]
    changed_hardware: list[str]
    seconds: float
    machine_time: MachineTime
    interrupted: dict[str, int]
    num_survivors: int
    taken_over: dict[str, list[str]]


def summarize_attempts(results: Results) -> AttemptSummary:
    """Sums over all attempts, those of failed and pruned runs too."""
    runs = list(results.all_runs())
    attempts = [attempt for run in runs for attempt in run.attempts]
    over = [run for run in runs if run.state in FINISHED]
    broken = [[attempt.end for attempt in run.attempts if attempt.end in SURVIVED] for run in over]
    interrupted = Counter[str | None](end for ends in broken for end in ends)
    return AttemptSummary(
        num_attempts=len(attempts),
        num_resumed=sum(attempt.start_epoch > 0 for attempt in attempts),
        ends=_tally(attempt.end or "open" for attempt in attempts),
        hosts=_tally(attempt.host for attempt in attempts),
        devices=_tally(device_name(attempt) for attempt in attempts),
        commits=_tally(attempt.code.commit or "–" for attempt in attempts),
        changed=[run.id for run in runs if changed_code(run.attempts)],
        changed_hardware=[run.id for run in runs if changed_hardware(run.attempts)],
        seconds=sum(run.training_seconds or 0.0 for run in runs),
        machine_time=sum(results.machine_times.values(), MachineTime()),
        interrupted={cause: interrupted[cause] for cause in SURVIVED if interrupted[cause]},
        num_survivors=sum(bool(ends) for ends in broken),
        taken_over={
            sweep: [run.id for run in runs if run.taken_from == sweep]
            for sweep in dict.fromkeys(run.taken_from for run in runs)
            if sweep is not None
        },
    )


def _tally(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
