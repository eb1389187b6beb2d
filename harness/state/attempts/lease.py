"""The lease of a run: which attempt owns it, and that only one does.

The attempt with the highest number owns the run. A number is taken by creating its file, which
succeeds for one process only; whoever finds a higher number than its own stops writing.
"""

import logging
import os
import socket
import time
from pathlib import Path
from typing import NamedTuple

from harness.state.attempts import processes
from harness.state.attempts.facts import changed_hardware, hardware_name
from harness.state.attempts.files import attempt_path, last_attempt, read_attempts
from harness.state.clock import now
from kd.errors import FencedError, NoProgressError
from kd.files import create_record, write_record
from kd.records import CPU, Attempt, AttemptEnd, Code

log = logging.getLogger(__name__)

SILENCE_S = 300.0  # five times the interval of periodic checkpoints, each of which gives a sign
SIGN_INTERVAL_S = 30.0
MAX_TIMEOUTS = 3  # in a row, without a step of progress


class Hardware(NamedTuple):
    """What an attempt works on; see ``Attempt``."""

    device: str = CPU
    num_devices: int = 1
    num_threads: int = 1
    processor: str = ""


def is_alive(run_folder: Path, attempt: Attempt) -> bool:
    """Whether an attempt is at work: its process lives, or, on another host, it gave a sign of late."""
    if attempt.end is not None:
        return False
    if attempt.host == socket.gethostname():
        return processes.is_alive(attempt.pid, attempt.process_created)
    return time.time() - attempt_path(run_folder, attempt.number).stat().st_mtime < SILENCE_S


def take_lease(
    run_folder: Path,
    job_id: str,
    hardware: Hardware,
    code: Code,
    num_together: int = 1,
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
        num_together=num_together,
        code=code,
        **hardware._asdict(),
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

    @property
    def is_overtaken(self) -> bool:
        """Whether a newer attempt owns the run."""
        return attempt_path(self._run_folder, self._attempt.number + 1).exists()

    def guard(self) -> None:
        """Give a sign of life; raise ``FencedError`` where a newer attempt owns the run."""
        if self.is_overtaken:
            raise FencedError(
                f"attempt {self._attempt.number} was overtaken: there is a newer one in {self._run_folder}"
            )
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
        if changed_hardware(read_attempts(self._run_folder)):
            log.warning(
                "%s goes on with %s, which is not what it began with: its results are not bit for bit those of an "
                "undisturbed run",
                self._run_folder.name, hardware_name(self._attempt),
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
