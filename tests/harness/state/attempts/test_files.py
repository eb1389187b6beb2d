"""Attempts as they lie in files."""

from pathlib import Path

from harness.state.attempts.files import attempt_path, runs_by_job
from kd.files import write_record
from kd.records import Attempt


def test_a_jobs_runs_are_told_by_their_newest_attempts(tmp_path: Path) -> None:
    for name, job_ids in {"a": ["7_0"], "b": ["7_0", "8"], "c": ["8"], "d": [], "e": ["8"]}.items():
        (tmp_path / name / "attempts").mkdir(parents=True)
        for number, job_id in enumerate(job_ids, 1):
            attempt = Attempt(
                number=number, job_id=job_id, host="h", pid=1, process_created=0.0, started_at="2026-01-01T00:00:00Z"
            )
            write_record(attempt_path(tmp_path / name, number), attempt)
    attempt_path(tmp_path / "e", 1).write_text("{")
    assert runs_by_job(tmp_path) == {"7_0": ("a",), "8": ("b", "c")}
