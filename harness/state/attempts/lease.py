"""Attempts: who executes a run, and that only one does.

The attempt with the highest number owns the run. A number is taken by creating its file, which
succeeds for one process only; whoever finds a higher number than its own stops writing.
"""

import logging
import os
import socket
import time
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from harness.state.attempts import processes
from harness.state.clock import now, seconds_between, timestamp, written
from harness.state.remedies import explain_unreadable
from kd.errors import FencedError, NoProgressError, UnreadableFileError
from kd.files import create_record, read_record, write_record
from kd.records import CPU, Attempt, AttemptEnd, Code

log = logging.getLogger(__name__)

SILENCE_S = 300.0  # five times the interval of periodic checkpoints, each of which gives a sign
CLOCKS_DIFFER_S = 60.0  # at most, of the hosts of a cluster and its file server
SIGN_INTERVAL_S = 30.0
UNKNOWN = "unknown"  # job and host of an attempt whose file cannot be read
UNKNOWN_PID = 1  # init's, which began at another time than recorded: nobody takes it for an attempt's, or ends it
MAX_TIMEOUTS = 3  # in a row, without a step of progress
NOBODYS_FAULT = frozenset({"CANCELLED", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "LAUNCH_FAILED", "REVOKED"})
"""SLURM's words for ends of a job that say nothing of the run."""


def attempt_path(run_folder: Path, number: int) -> Path:
    """The file of an attempt."""
    return run_folder / "attempts" / f"{number:04d}.json"


def read_attempts(run_folder: Path) -> list[Attempt]:
    """All attempts of a run, oldest first."""
    return [_read(path) for path in _paths(run_folder)]


def last_attempt(run_folder: Path) -> Attempt | None:
    """The newest attempt, if there is one."""
    paths = _paths(run_folder)
    return _read(paths[-1]) if paths else None


def _paths(run_folder: Path) -> list[Path]:
    return sorted(path for path in (run_folder / "attempts").glob("[0-9]*.json") if path.stem.isdigit())


def _read(path: Path) -> Attempt:
    """An attempt; of a file that cannot be read its number alone, which still fences off the ones before.

    Nobody can tell whether such an attempt is at work but by the age of its file, as of one on another host.
    """
    try:
        return with_last_sign(path, read_record(path, Attempt))
    except UnreadableFileError as error:
        return Attempt(
            number=int(path.stem),
            job_id=UNKNOWN,
            host=UNKNOWN,
            pid=UNKNOWN_PID,
            process_created=0.0,
            started_at=written(path.stat().st_mtime),
            damage=explain_unreadable(error),
        )


def runs_by_job(runs: Path) -> dict[str, tuple[str, ...]]:
    """The runs that a job began last, by its id, as far as the attempts' files can be read.

    Args:
        runs: The folder of all of a sweep's runs.
    """
    found: dict[str, tuple[str, ...]] = {}
    for folder in sorted(runs.iterdir()):
        last = last_attempt(folder)
        if last is not None and last.job_id != UNKNOWN:
            found[last.job_id] = (*found.get(last.job_id, ()), folder.name)
    return found


def with_last_sign(path: Path, attempt: Attempt) -> Attempt:
    """An attempt, read from ``path``; one without an end with its last sign of life, where that is known.

    Each sign of life touches the file. A copy of the folder need not keep the files' times; it is told by
    ``config.json``, which is written before the first attempt and is younger in such a copy.
    """
    config = path.parent.parent / "config.json"
    if attempt.ended_at is not None or not config.exists():
        return attempt
    if config.stat().st_mtime > timestamp(attempt.started_at) + CLOCKS_DIFFER_S:
        return attempt
    return attempt.model_copy(update={"last_seen_at": written(path.stat().st_mtime)})


def duration(attempt: Attempt) -> float | None:
    """Seconds that an attempt took, without an end up to its last sign of life; None where neither is known.

    Never negative, though the clock may have been set back meanwhile.
    """
    until = attempt.ended_at or attempt.last_seen_at
    return max(0.0, seconds_between(attempt.started_at, until)) if until else None


def device_name(attempt: Attempt) -> str:
    """What an attempt ran on, for people: ``cpu``, ``NVIDIA H100``, ``2 × NVIDIA H100``."""
    return attempt.device if attempt.num_devices == 1 else f"{attempt.num_devices} × {attempt.device}"


def num_out_of_memory(run_folder: Path) -> int:
    """How many attempts ended for want of memory."""
    return sum(attempt.end == AttemptEnd.OUT_OF_MEMORY for attempt in read_attempts(run_folder))


def changed_code(attempts: Sequence[Attempt]) -> bool:
    """Whether a run went on with other code than it began with: its numbers then belong to neither."""
    codes = [attempt.code for attempt in attempts if attempt.code != Code()]  # some never came to say
    return any(code != codes[0] for code in codes)


def changed_threads(attempts: Sequence[Attempt]) -> bool:
    """Whether a run on a CPU went on with another number of threads than it began with.

    Sums are then divided in another way, and their last digits differ: the same bytes are promised for one number. Of
    an attempt that none came further than, nothing is left.
    """
    made = [each for each in attempts if each.device == CPU and each.code != Code()]  # some never came to say
    furthest = max((attempt.start_step for attempt in made), default=0)
    return len({each.num_threads for each in made if each is made[-1] or each.start_step < furthest}) > 1


def is_alive(run_folder: Path, attempt: Attempt) -> bool:
    """Whether an attempt is at work: its process lives, or, on another host, it gave a sign of late."""
    if attempt.end is not None:
        return False
    if attempt.host == socket.gethostname():
        return processes.is_alive(attempt.pid, attempt.process_created)
    return time.time() - attempt_path(run_folder, attempt.number).stat().st_mtime < SILENCE_S


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


def take(
    run_folder: Path,
    job_id: str,
    device: str,
    num_threads: int,
    code: Code,
    num_together: int = 1,
    num_devices: int = 1,
) -> "Lease | None":
    """Begin the next attempt, or None where another one is at work.

    An earlier execution of this very job is not waited for: a scheduler starts a job again when it has
    ended the last execution, or has lost sight of it for good.
    """
    previous = last_attempt(run_folder)
    if previous is not None and not _is_requeued(previous, job_id) and is_alive(run_folder, previous):
        return None
    attempt = Attempt(
        number=previous.number + 1 if previous else 1,
        job_id=job_id,
        host=socket.gethostname(),
        pid=os.getpid(),
        process_created=processes.created(),
        started_at=now(),
        device=device,
        num_devices=num_devices,
        num_threads=num_threads,
        num_together=num_together,
        code=code,
    )
    (run_folder / "attempts").mkdir(exist_ok=True)
    return Lease(run_folder, attempt) if create_record(attempt_path(run_folder, attempt.number), attempt) else None


def _is_requeued(previous: Attempt, job_id: str) -> bool:
    here = previous.host == socket.gethostname() and previous.pid == os.getpid()
    return previous.job_id == job_id and not here


class Lease:
    """An attempt in progress, seen by the process that makes it."""

    def __init__(self, run_folder: Path, attempt: Attempt) -> None:
        self._run_folder = run_folder
        self._attempt = attempt
        self._signed_at = time.monotonic()

    def guard(self) -> None:
        """Give a sign of life; raise ``FencedError`` where a newer attempt owns the run."""
        newer = attempt_path(self._run_folder, self._attempt.number + 1)
        if newer.exists():
            raise FencedError(f"attempt {self._attempt.number} was overtaken: {newer} exists")
        os.utime(attempt_path(self._run_folder, self._attempt.number))

    def sign(self) -> None:
        """Give a sign of life, as often as there is progress: most calls do nothing."""
        if time.monotonic() - self._signed_at >= SIGN_INTERVAL_S:
            self._signed_at = time.monotonic()
            os.utime(attempt_path(self._run_folder, self._attempt.number))

    def started(self, epochs_done: int, steps_done: int) -> None:
        """Note from where training goes on.

        Raises:
            NoProgressError: The last attempts all began here, and each met its job's time limit.
        """
        before = read_attempts(self._run_folder)[-MAX_TIMEOUTS - 1 : -1]
        self._write(start_epoch=epochs_done, start_step=steps_done)
        if changed_threads(read_attempts(self._run_folder)):
            log.warning(
                "%s goes on with %d CPU thread(s), which is not what it began with: its results are not bit for bit "
                "those of an undisturbed run",
                self._run_folder.name, self._attempt.num_threads,
            )  # fmt: skip
        in_vain = [each for each in before if each.end == AttemptEnd.TIMEOUT and each.start_step == steps_done]
        if len(in_vain) == MAX_TIMEOUTS:
            raise NoProgressError(
                f"{MAX_TIMEOUTS} attempts in a row met their job's time limit and came no further than step "
                f"{steps_done}; give the jobs a longer time_min, or a longer signal_delay_s"
            )

    def end(self, how: AttemptEnd, reason: str | None = None) -> None:
        """Note how the attempt ended."""
        self._write(end=AttemptEnd(how), reason=reason, ended_at=now())

    def _write(self, **changes: object) -> None:
        self._attempt = self._attempt.model_copy(update=changes)
        write_record(attempt_path(self._run_folder, self._attempt.number), self._attempt)
