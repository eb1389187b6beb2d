"""SLURM's queue as the executor sees it: one ``squeue`` for all jobs of a sweep, never a guess.

``squeue`` answers with accounting and without. Where it does not answer, nothing is known, and a job of
which nothing is known is believed alive: the price of an error is a wait, not a run made twice.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from harness.cluster.slurm.command import Run, is_busy, run_command

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
MISSES = 3  # looks in a row that do not show a job of which slurmctld, asked for it by its id, knows nothing either


class QueuedJob(NamedTuple):
    """A job as one look showed it. ``state`` and ``reason`` are SLURM's words; ``node`` is empty while it waits."""

    state: str
    reason: str
    node: str
    phase: Phase


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
        self._jobs: dict[str, QueuedJob] | None = None
        self._last_known: dict[str, QueuedJob] = {}
        self._unsettled_since: dict[str, float] = {}
        self._submitted: set[str] = set()
        self._misses: dict[str, int] = {}
        self._num_looks = 0
        self._looks_of_misses = 0
        self.error = ""
        self.silent_since: float | None = None

    def expect(self, job_ids: Sequence[str]) -> None:
        """Jobs that were just submitted: alive, though the newest listing may be older than they are."""
        self._submitted.update(job_ids)

    def submitted(self) -> set[str]:
        """Jobs that are newer than the newest look."""
        return set(self._submitted)

    def find(self, job_id: str) -> QueuedJob | None:
        """A job as it was last seen; None where it never was."""
        return self._last_known.get(job_id)

    def ending(self, job_id: str) -> str | None:
        """SLURM's state of a job that is over; None where it knows none."""
        job = self.find(job_id)
        return job.state if job is not None and job.phase == "over" else None

    def phases(self) -> dict[str, Phase] | None:
        """Phase by job, as of the newest look; None where the last look failed."""
        if self._clock() >= self._next_look:
            self._look()
        return self._phases()

    def look_now(self) -> dict[str, Phase] | None:
        """Phase by job, as of this moment; None where the scheduler does not answer."""
        self._look()
        return self._phases()

    def gone(self, job_ids: Iterable[str]) -> set[str]:
        """Of these jobs those that are over though no answer says so: SLURM has forgotten them.

        One answer without a job proves nothing. So slurmctld is asked for each by its id, once a look, and
        only when it has not known a job ``MISSES`` times in a row is the job gone.
        """
        if self._jobs is None:
            return set()
        absent = [job_id for job_id in job_ids if job_id not in self._jobs and job_id not in self._submitted]
        if self._looks_of_misses != self._num_looks:
            self._looks_of_misses = self._num_looks
            self._misses = {job_id: self._count_miss(job_id) for job_id in absent}
        return {job_id for job_id in absent if self._misses.get(job_id, 0) >= MISSES}

    def _count_miss(self, job_id: str) -> int:
        """How often in a row a job was missed; a state that is an end decides at once."""
        answer = self._run(("scontrol", "--oneliner", "show", "job", job_id))
        if answer.code == 0:
            words = dict(word.split("=", 1) for word in answer.output.split() if "=" in word)
            state = words.get("JobState", "")
            if PHASES.get(state) != "over":
                return 0
            self._last_known[job_id] = QueuedJob(state, words.get("Reason", ""), words.get("NodeList", ""), "over")
            return MISSES
        return 0 if is_busy(answer.error) else self._misses.get(job_id, 0) + 1

    def _phases(self) -> dict[str, Phase] | None:
        return None if self._jobs is None else {job_id: job.phase for job_id, job in self._jobs.items()}

    def _look(self) -> None:
        mine = ("--array", "--me", "--states=all", f"--name={self._name}")
        answer = self._run(("squeue", "--noheader", *mine, "--format=%i|%T|%r|%N"))
        now = self._clock()
        if answer.code != 0:
            self._num_failures += 1
            self._jobs, self.error = None, answer.error
            self.silent_since = now if self.silent_since is None else self.silent_since
            self._next_look = now + min(self._poll_s * 2**self._num_failures, LONGEST_BACK_OFF_S)
            return
        self._num_failures, self.error, self.silent_since = 0, "", None
        self._num_looks += 1
        self._next_look = now + self._poll_s
        rows = [[*line.split("|"), ""] for line in answer.output.splitlines() if line.count("|") >= 2]
        self._jobs = {
            job_id: QueuedJob(state, reason, node, self._phase(job_id, state, reason, now))
            for job_id, state, reason, node, *_ in rows
        }
        self._last_known |= self._jobs
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
