"""How attempts died, and what that says of their run: those that were killed cannot write it down themselves."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from harness.state.attempts.files import UNKNOWN, UNKNOWN_PID, attempt_path, last_attempt, read_attempts
from harness.state.clock import now
from kd.files import create_record, write_record
from kd.records import Attempt, AttemptEnd

NOBODYS_FAULT = frozenset({"CANCELLED", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "LAUNCH_FAILED", "REVOKED"})
"""SLURM's words for ends of a job that say nothing of the run."""


def note_death(run_folder: Path, attempt: Attempt, reason: str | None, end_epoch: int | None = None) -> None:
    """End an attempt that can no longer do so itself: its scheduler says that its job is over.

    It ended at its last sign of life: the controller may come to know of it hours later.

    Args:
        run_folder: The run.
        attempt: That died.
        reason: The scheduler's word, if it has one.
        end_epoch: Whole epochs that were done by then.
    """
    ended_at = attempt.last_seen_at or now()
    changes = {"end": AttemptEnd.DIED, "reason": reason, "ended_at": ended_at, "end_epoch": end_epoch}
    write_record(attempt_path(run_folder, attempt.number), attempt.model_copy(update=changes))


def note_death_at_start(run_folder: Path, job_id: str, host: str | None, ending: str | None, end_epoch: int) -> None:
    """Write down an attempt that was killed before it could begin: it counts as any other that died where it began.

    Args:
        run_folder: The run that its job would have begun.
        job_id: Of its job.
        host: Where it was, if that is known.
        ending: The scheduler's word for its end, if it has one.
        end_epoch: Whole epochs that were done before.
    """
    previous, moment = last_attempt(run_folder), now()
    number = previous.number + 1 if previous else 1
    attempt = Attempt(
        number=number,
        job_id=job_id,
        host=host or UNKNOWN,
        pid=UNKNOWN_PID,
        process_created=0.0,
        started_at=moment,
        ended_at=moment,
        end=AttemptEnd.DIED,
        reason=ending if ending in NOBODYS_FAULT else f"{ending or 'killed'}, while it started",
        start_epoch=end_epoch,
        end_epoch=end_epoch,
        start_step=previous.start_step if previous else 0,
    )
    (run_folder / "attempts").mkdir(exist_ok=True)
    create_record(attempt_path(run_folder, number), attempt)


def deaths_in_a_row(attempts: Sequence[Attempt]) -> int:
    """How often a run has died where it stands now, and nobody but the run can have been at fault.

    Counted over the files, so that a controller which starts anew counts on. Attempts that were stopped from
    outside are passed over; one that came further, or ended of itself, ends the row.

    Args:
        attempts: All of a run, oldest first.
    """
    number, place = 0, None
    for attempt, following in reversed(list(zip_longest(attempts, attempts[1:]))):
        if _is_stopped(attempt, following):
            continue
        if attempt.end not in (None, AttemptEnd.DIED):
            break
        here = (attempt.start_epoch if attempt.end_epoch is None else attempt.end_epoch, attempt.start_step)
        if place not in (None, here):
            break
        number, place = number + 1, here
    return number


def _is_stopped(attempt: Attempt, following: Attempt | None) -> bool:
    """Whether an attempt ended for a reason outside of its run: also where its job was simply started again."""
    if attempt.damage is not None or attempt.end in (AttemptEnd.PREEMPTED, AttemptEnd.TIMEOUT, AttemptEnd.DISK_FULL):
        return True
    is_requeued = attempt.end is None and following is not None and following.job_id == attempt.job_id
    return is_requeued or (attempt.end in (None, AttemptEnd.DIED) and attempt.reason in NOBODYS_FAULT)


def num_out_of_memory(run_folder: Path) -> int:
    """How many attempts ended for want of memory."""
    return sum(attempt.end == AttemptEnd.OUT_OF_MEMORY for attempt in read_attempts(run_folder))
