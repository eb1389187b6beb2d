"""SLURM's queue as the executor sees it: one ``squeue`` for all jobs of a sweep, never a guess.

``squeue`` answers with accounting and without. Where it does not answer, nothing is known, and a job of
which nothing is known is believed alive: the price of an error is a wait, not a run made twice.
"""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

Phase = Literal["waiting", "stuck", "running", "over", "unsettled", "unknown"]


PHASES: dict[str, Phase] = {
    "PENDING": "waiting",
    "CONFIGURING": "waiting",
    "REQUEUED": "waiting",
    "REQUEUE_FED": "waiting",
    "REQUEUE_HOLD": "waiting",
    "RESV_DEL_HOLD": "waiting",
    "SPECIAL_EXIT": "waiting",
    "RUNNING": "running",
    "SUSPENDED": "running",
    "STOPPED": "running",
    "SIGNALING": "running",
    "RESIZING": "running",
    "STAGE_OUT": "running",
    "COMPLETING": "running",  # its processes may still write
    "COMPLETED": "over",
    "CANCELLED": "over",
    "FAILED": "over",
    "TIMEOUT": "over",
    "OUT_OF_MEMORY": "over",
    "DEADLINE": "over",
    # SLURM says these for some seconds of a job that it then requeues
    "NODE_FAIL": "unsettled",
    "PREEMPTED": "unsettled",
    "BOOT_FAIL": "unsettled",
    "LAUNCH_FAILED": "unsettled",
}
STUCK = ("launch failed requeued held", "launch_failed_requeued_held")
"""Why a waiting job will never start unless an administrator lets it."""


SETTLE_S = 60.0  # an unsettled state that lasts this long is the end of the job
LONGEST_BACK_OFF_S = 60.0
COMMAND_PATIENCE_S = 30.0


class Answer(NamedTuple):
    """What a command said."""

    code: int
    output: str
    error: str = ""


Run = Callable[[Sequence[str]], Answer]


def run_command(words: Sequence[str]) -> Answer:
    """Run a SLURM client command; one that hangs or is missing counts as one that failed."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=COMMAND_PATIENCE_S, env=os.environ
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Answer(-1, "", str(error))
    return Answer(done.returncode, done.stdout, done.stderr.strip())


class Queue:
    """The jobs of one name that belong to this user.

    Args:
        name: The jobs' name; it holds the sweep's identity.
        poll_s: The scheduler is asked at most this often.
        run: Runs a command.
        clock: Seconds, growing.
    """

    def __init__(
        self, name: str, poll_s: float, run: Run = run_command, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._poll_s = poll_s
        self._run = run
        self._clock = clock
        self._next_look = -float("inf")
        self._num_failures = 0
        self._phases: dict[str, Phase] | None = None
        self._endings: dict[str, str] = {}
        self._unsettled_since: dict[str, float] = {}
        self._submitted: set[str] = set()
        self.error = ""

    def expect(self, job_ids: Sequence[str]) -> None:
        """Jobs that were just submitted: alive, though the newest listing may be older than they are."""
        self._submitted.update(job_ids)

    def submitted(self) -> set[str]:
        """Jobs that are newer than the newest look."""
        return set(self._submitted)

    def ending(self, job_id: str) -> str | None:
        """SLURM's state of a job that is over, as of the newest look; None where it knows none."""
        return self._endings.get(job_id)

    def phases(self) -> dict[str, Phase] | None:
        """Phase by job, as of the newest look; None where the last look failed."""
        if self._clock() >= self._next_look:
            self._look()
        return self._phases

    def look_now(self) -> dict[str, Phase] | None:
        """Phase by job, as of this moment; None where the scheduler does not answer."""
        self._look()
        return self._phases

    def _look(self) -> None:
        words = ("squeue", "--noheader", "--array", "--me", "--states=all", f"--name={self._name}", "--format=%i|%T|%r")
        answer = self._run(words)
        now = self._clock()
        if answer.code != 0:
            self._num_failures += 1
            self._phases, self.error = None, answer.error
            self._next_look = now + min(self._poll_s * 2**self._num_failures, LONGEST_BACK_OFF_S)
            return
        self._num_failures, self.error = 0, ""
        self._next_look = now + self._poll_s
        rows = [line.split("|") for line in answer.output.splitlines() if line.count("|") >= 2]
        self._phases = {job_id: self._phase(job_id, state, reason, now) for job_id, state, reason, *_ in rows}
        self._endings = {job_id: state for job_id, state, *_ in rows if self._phases[job_id] == "over"}
        self._submitted.clear()

    def _phase(self, job_id: str, state: str, reason: str, now: float) -> Phase:
        phase = PHASES.get(state, "unknown")
        if phase == "waiting" and reason in STUCK:
            return "stuck"
        if phase != "unsettled":
            self._unsettled_since.pop(job_id, None)
            return phase
        since = self._unsettled_since.setdefault(job_id, now)
        return "over" if now - since >= SETTLE_S else "unsettled"
