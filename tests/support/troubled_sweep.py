"""A sweep whose runs failed, were preempted and went on, and what its report says of them."""

from pathlib import Path
from typing import Any

from harness.report.results.reading.reader import read_results
from harness.report.text.language import language
from harness.report.text.run_lines import RunLine, describe_runs
from kd.files import write_record
from kd.records import Attempt, Code, EpochRecord, Failure
from tests.support.pages import files_with

EN = language("en")
FIELDS: dict[str, Any] = {
    "job_id": "77", "host": "node-7", "pid": 1, "process_created": 0.0, "started_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


def trouble(invented: Path) -> Path:
    """Let one run have failed, one have been preempted and gone on, one be preempted for good, one be open."""
    first, second = (run.id for run in read_results(invented).arms[1].runs)
    third, fourth = (run.id for run in read_results(invented).arms[2].runs)
    runs = invented / "runs"
    ended = FIELDS | {"ended_at": "2026-01-01T00:30:00Z", "device": "NVIDIA H100"}
    for run_id in (first, second, third, fourth):
        (runs / run_id / "attempts").mkdir()
    for run_id in (first, third, fourth):
        (runs / run_id / "metrics.json").unlink()
    write_record(runs / first / "failure.json", Failure(reason="loss is <nan>", kind="non-finite loss"))
    attempts = {
        (first, 1): Attempt(number=1, end="failed", **ended),
        (second, 1): Attempt(number=1, end="preempted", reason="SIGTERM in /home/me/code/kd/training.py", **ended),
        (second, 2): Attempt(
            number=2, end="complete", start_epoch=1, start_step=30, code=Code(commit="f" * 40), **ended
        ),
        (third, 1): Attempt(number=1, end="preempted", **ended),
        (fourth, 1): Attempt(number=1, **FIELDS),
    }
    for pid, ((run_id, number), attempt) in enumerate(attempts.items(), start=1):  # each in a process of its own
        write_record(runs / run_id / "attempts" / f"{number:04d}.json", attempt.model_copy(update={"pid": pid}))
    return invented


def lines_of(folder: Path) -> dict[str, RunLine]:
    return {line.id: line for line in describe_runs(read_results(folder), EN)}


def page_of(folder: Path, run_id: str) -> str:
    name = f"runs/{run_id}.html"
    return str(files_with(folder, name)[name])


def epoch(number: int) -> EpochRecord:
    accuracy = 0.5 + 0.4 * number / 60 + 0.01 * (number % 7)
    return EpochRecord(
        epoch=number, lr=0.1, train_loss=1 / number, hard_loss=2 / number, train_accuracy=accuracy,
        val_loss=3 / number, val_accuracy=accuracy, seconds=1, images_per_s=1,
    )  # fmt: skip
