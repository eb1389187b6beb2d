"""Machine time: hours of attempts, shared and interrupted."""

from dataclasses import replace
from typing import Any

from harness.report.analysis.attempts import summarize_attempts
from harness.report.results.sweep_results import Results, RunResult
from harness.state.attempts.machine_time import MachineTime
from harness.state.attempts.run_state import RunState
from kd.records import Attempt


def attempt(number: int, hours: int | None, **fields: Any) -> Attempt:
    ended = None if hours is None else f"2026-01-01T{hours:02d}:00:00+00:00"
    return Attempt.model_validate(
        {
            "number": number, "job_id": "1", "host": "h", "pid": 1, "process_created": 0.0, "ended_at": ended,
            "started_at": "2026-01-01T00:00:00+00:00",
        } | fields
    )  # fmt: skip


def with_attempts(results: Results, *attempts: tuple[Attempt, ...]) -> Results:
    """The first baselines with these attempts, and no other run with any."""
    baseline = results.arms[1]
    runs: list[RunResult] = [
        replace(run, attempts=made) for run, made in zip(baseline.runs, [*attempts, (), ()], strict=False)
    ]
    return replace(results, arms=(results.arms[0], replace(baseline, runs=tuple(runs)), *results.arms[2:]))


def test_machine_time_is_that_of_all_runs(results: Results) -> None:
    first = (attempt(1, 3, pid=1, num_threads=4), attempt(2, 1, pid=2, device="NVIDIA H100"))
    second = (attempt(1, 2, pid=3, device="NVIDIA H100", num_devices=2), attempt(2, None))
    found = summarize_attempts(with_attempts(results, first, second)).machine_time
    assert found == MachineTime({"NVIDIA H100": 5.0}, core_hours=12.0, wall_hours=6.0, num_unknown=1)


def test_attempts_are_counted_by_what_they_say(results: Results) -> None:
    resumed = attempt(
        2, 2, end="complete", start_epoch=1, start_step=9, host="g", code={"commit": "b"}, device="NVIDIA H100"
    )
    made = with_attempts(results, (attempt(1, 1, end="preempted", code={"commit": "a"}), resumed), (attempt(1, None),))
    first, second, *_ = made.arms[1].runs
    taken = replace(made.arms[1], runs=(first, replace(second, taken_from="other")))
    found = summarize_attempts(replace(made, arms=(made.arms[0], taken, *made.arms[2:])))
    assert (found.num_attempts, found.num_resumed) == (3, 1)
    assert found.ends == [("complete", 1), ("open", 1), ("preempted", 1)]
    assert found.hosts == [("h", 2), ("g", 1)]
    assert sorted(number for _, number in found.devices) == [1, 2]
    assert found.commits == [("a", 1), ("b", 1), ("–", 1)] and found.changed == [first.id]
    assert found.taken_over == {"other": [second.id]}


def test_runs_that_went_on_with_other_hardware_are_named(results: Results) -> None:
    code = {"commit": "a"}
    changed = (attempt(1, 1, code=code, num_threads=1), attempt(2, 2, code=code, num_threads=2, start_step=9))
    found = summarize_attempts(with_attempts(results, changed, changed[:1]))
    assert (found.changed_hardware, found.changed) == ([results.arms[1].runs[0].id], [])


def test_interruptions_count_where_the_run_came_to_its_end(results: Results) -> None:
    broken = (attempt(1, 1, end="died"), attempt(2, 2, end="preempted"), attempt(3, 3, end="preempted"))
    interrupted = with_attempts(results, (*broken, attempt(4, 4, end="complete")), broken)
    unfinished = replace(interrupted.arms[1].runs[1], state=RunState.INTERRUPTED)
    arms = list(interrupted.arms)
    arms[1] = replace(arms[1], runs=(arms[1].runs[0], unfinished))
    found = summarize_attempts(replace(interrupted, arms=tuple(arms)))
    assert found.interrupted == {"preempted": 2, "died": 1}
    assert found.num_survivors == 1
    assert summarize_attempts(with_attempts(results)).interrupted == {}
