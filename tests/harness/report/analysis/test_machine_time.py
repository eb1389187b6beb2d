"""Machine time: hours of attempts, shared and interrupted."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.report.analysis.machine_time import find_effort, find_progress, hours_of
from harness.report.results.reader import read_results
from harness.report.results.sweep_results import Results, RunResult
from kd.records import Attempt
from tests.support.troubled_sweep import FIELDS


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


def test_machine_time_is_hours_times_threads_and_gpus(results: Results) -> None:
    first = (attempt(1, 3, end="preempted", num_threads=4), attempt(2, 1, end="complete", device="NVIDIA H100"))
    second = (attempt(1, 2, end="complete", device="2 × NVIDIA H100"), attempt(2, None))
    effort = find_effort(with_attempts(results, first, second))
    assert effort.core_hours == pytest.approx(12)
    assert effort.gpu_hours == pytest.approx({"NVIDIA H100": 3})  # the runs themselves are of one GPU
    assert effort.num_open == 1


def test_interruptions_count_where_the_run_came_to_its_end(results: Results) -> None:
    broken = (attempt(1, 1, end="died"), attempt(2, 2, end="preempted"), attempt(3, 3, end="preempted"))
    interrupted = with_attempts(results, (*broken, attempt(4, 4, end="complete")), broken)
    unfinished = replace(interrupted.arms[1].runs[1], state="unfinished")
    arms = list(interrupted.arms)
    arms[1] = replace(arms[1], runs=(arms[1].runs[0], unfinished))
    effort = find_effort(replace(interrupted, arms=tuple(arms)))
    assert effort.interrupted == {"preempted": 2, "died": 1}
    assert effort.num_survivors == 1
    assert find_effort(with_attempts(results)).interrupted == {}


def test_processes_share_a_run() -> None:
    ended = FIELDS | {"number": 1, "ended_at": "2026-01-01T02:00:00Z"}
    assert hours_of([Attempt(device="4 × NVIDIA A100", **ended)]) == (8.0, 0.0)
    assert hours_of([Attempt(device="2 × cpu", num_threads=3, **ended)]) == (0.0, 12.0)


def test_progress_counts_every_run(sweep_dir: Path) -> None:
    assert find_progress(read_results(sweep_dir)) == (1 + 1 + 3 + 7 + 3 + 3 + 1,) * 2
    for path in (sweep_dir / "runs").glob("test-*"):
        shutil.rmtree(path)
    assert find_progress(read_results(sweep_dir)) == (18, 19)
