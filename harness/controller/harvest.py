"""What becomes of ended jobs: runs that died, jobs that never began, and what is nobody's fault, told apart."""

import errno
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable

from harness.cluster.executor import Executor
from harness.state.attempts.deaths import NOBODYS_FAULT, deaths_in_a_row, note_death, note_death_at_start
from harness.state.attempts.files import attempt_path, last_attempt, read_attempts
from harness.state.attempts.run_state import OVER, RunState, read_history, run_state
from harness.state.clock import now
from harness.state.files.folder import SweepFolder, end_of_log, find_logs
from harness.state.files.records import FalseStart, JobRecord
from harness.state.remedies import lacks_files
from kd.errors import InputError
from kd.files import write_record
from kd.records import Attempt, AttemptEnd, Failure

LEAST_FREE_BYTES = 16 * 2**20
MAX_DEATHS = 3  # of a run in a row, without progress
SIGNS_INTERVAL_S = 30.0  # between two looks at whether runs make steps
PAUSES_S = (0.0, 5.0, 30.0, 120.0)  # after the first job in a row that never began, the second, and so on
MAX_FALSE_STARTS = len(PAUSES_S) + 1
BAD_NODE = 2  # so many jobs in a row that never began on a node, and it is kept away from
ENDED_FROM_OUTSIDE = frozenset({"PREEMPTED", "NODE_FAIL", "REVOKED"})  # says nothing of what the job would have done
BEGUN = "submitit INFO"  # begins the first line that submitit writes into a job's log
WITHDRAWN = "taken out of the queue while it waited"
LOST = "gone from the queue, and began nothing that is known"  # withdrawn without accounting, or lost with the queue
COMPLETED, OUT_OF_MEMORY = "COMPLETED", "OUT_OF_MEMORY"  # SLURM's words


class Harvest:
    """Takes in the jobs that ended.

    Args:
        folder: The sweep's results.
        executor: Knows how a job ended.
        clock: Seconds, growing.
    """

    def __init__(self, folder: SweepFolder, executor: Executor, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._executor = executor
        self._clock = clock
        self._num_false_starts = 0  # in a row, of this controller: who starts another has mended something
        self._resume_at = -float("inf")
        self._strikes = Counter(start.node for start in folder.read_false_starts() if start.node)
        self._last: FalseStart | None = None
        self._withdrawn_at = ""  # when jobs were last seen to be withdrawn
        self._began_at = now()
        self._hung: dict[str, str] = {}  # why a job was ended, until it is over
        self._ended_as_hung: list[str] = []
        self._next_look_at_signs = -float("inf")
        self._signs: dict[str, tuple[float, float]] = {}  # a run's last sign of life, and when it was first seen here
        self._avoid_bad_nodes()

    @property
    def is_pausing(self) -> bool:
        """Whether nothing is to be submitted now, because the last jobs never began."""
        return self._clock() < self._resume_at

    def notes(self) -> list[str]:
        """What a person should know of it."""
        found = list(self._ended_as_hung[-1:])
        if self._num_false_starts and self._last is not None:
            # not how much is left of it: this is written down, and read later
            length = f"{PAUSES_S[self._num_false_starts - 1]:.0f} s"
            pause = f"; the next are submitted after a pause of {length}" if self.is_pausing else ""
            times = f"{self._num_false_starts} time(s) in a row"
            found.append(f"Jobs ended before they began a run, {times}; the last, {self._last.text}{pause}")
        if bad := self._bad_nodes():
            found.append(f"jobs die at once on {', '.join(bad)}, which this sweep keeps away from; RETRY=1 tries again")
        return found

    def end_hung(self, jobs: Iterable[JobRecord]) -> None:
        """Cancel jobs over a run that makes no step; the next attempt goes on from the checkpoint."""
        if self._clock() < self._next_look_at_signs:
            return
        self._next_look_at_signs = self._clock() + SIGNS_INTERVAL_S
        jobs = list(jobs)
        suspended = self._executor.suspended(jobs)
        for job in jobs:
            if job.job_id in suspended:  # its silence counts from when it goes on
                self._signs = {run_id: sign for run_id, sign in self._signs.items() if run_id not in job.run_ids}
            elif job.job_id not in self._hung and (run_id := self._find_hung(job)) is not None:
                self._hung[job.job_id] = f"hung: no step for {self._executor.hang_min:g} min (hang_min)"
                self._ended_as_hung.append(f"{run_id} made no step for {self._executor.hang_min:g} min; it was ended")
                self._executor.cancel([job])

    def _find_hung(self, job: JobRecord) -> str | None:
        for run_id in job.run_ids:
            attempt = last_attempt(self._folder.run(run_id))
            if attempt is not None and attempt.job_id == job.job_id and attempt.end is None:
                sign = attempt_path(self._folder.run(run_id), attempt.number).stat().st_mtime
                if self._silent_s(run_id, sign) > 60 * self._executor.hang_min:
                    return run_id
        return None

    def _silent_s(self, run_id: str, sign: float) -> float:
        """Since when there is no newer sign, by this program's own clock: that of the machine may be set, or sleep."""
        last, seen_at = self._signs.get(run_id, (None, 0.0))
        if last != sign:
            self._signs[run_id] = sign, self._clock()
            return 0.0
        return self._clock() - seen_at

    def take_in(self, job: JobRecord) -> None:
        """Write down how a job ended, as far as its runs do not say so themselves.

        Raises:
            OSError: There is no room left on the disk, which is why jobs die and nobody's fault.
            InputError: Job after job ends before it begins a run.
        """
        self._check_room()
        ending = self._hung.pop(job.job_id, None) or self._executor.ending(job)
        newest = {run_id: last_attempt(self._folder.run(run_id)) for run_id in job.run_ids}
        mine = {run_id: each for run_id, each in newest.items() if each and each.job_id == job.job_id}
        for run_id, attempt in mine.items():
            self._close(run_id, attempt, ending)
        self._folder.job_path(job.job_id).unlink(missing_ok=True)
        full = next((attempt for attempt in mine.values() if attempt.end == AttemptEnd.DISK_FULL), None)
        if full is not None and (full.ended_at or "") >= self._began_at:  # else whoever started anew has made room
            raise OSError(errno.ENOSPC, full.reason)
        waiting = self._waiting_run(job)
        if mine or ending == COMPLETED or waiting is None:
            self._num_false_starts = 0
            self._strikes.pop(self._executor.node(job) or "", None)
        elif self._was_killed_at_start(job):
            self._num_false_starts = 0
            if job.submitted_at >= self._began_at:  # else what ended the controller before this one ended it as well
                note_death_at_start(
                    self._folder.run(waiting), job.job_id, self._executor.node(job), ending, self._num_epochs(waiting)
                )
                self._give_up_where_hopeless(waiting, ending)
        else:
            self._note_false_start(job, ending)

    def _was_killed_at_start(self, job: JobRecord) -> bool:
        """Whether submitit had begun in the job, and did not live to say how it ended."""
        if any((self._folder.path / "logs").glob(f"{job.job_id}_*_result.pkl")):
            return False  # an exception: of a program that cannot be imported, say
        logs = find_logs(self._folder.path).get(job.job_id, [])
        return any(BEGUN in path.read_text(errors="replace") for path in logs)

    def _check_room(self) -> None:
        full, place = os.strerror(errno.ENOSPC), str(self._folder.path)
        if shutil.disk_usage(place).free < LEAST_FREE_BYTES:
            raise OSError(errno.ENOSPC, f"{full}: less than {LEAST_FREE_BYTES // 2**20} MiB are free", place)
        if lacks_files(self._folder.path):
            raise OSError(errno.ENOSPC, full, place)

    def _close(self, run_id: str, attempt: Attempt, ending: str | None) -> None:
        folder = self._folder.run(run_id)
        if attempt.end is not None:
            return
        note_death(folder, attempt, ending, self._num_epochs(run_id))
        if run_state(folder) not in OVER:
            self._give_up_where_hopeless(run_id, ending)

    def _give_up_where_hopeless(self, run_id: str, ending: str | None) -> None:
        """Fail a run that died too often where it stands; whoever retries it begins a new row."""
        folder = self._folder.run(run_id)
        attempts = read_attempts(folder)
        number, last = deaths_in_a_row(attempts), attempts[-1]
        if number < MAX_DEATHS:
            return
        word = f" ({ending})" if ending else ""
        hint = "; give the jobs more mem_gb" if ending == OUT_OF_MEMORY else "; see the end of its log"
        reason = f"the job died {number} times in a row in epoch {(last.end_epoch or 0) + 1}{word}{hint}"
        write_record(folder / "failure.json", Failure(kind="no progress", reason=reason))
        given_up = last.model_copy(update={"end": AttemptEnd.FAILED, "reason": reason})
        write_record(attempt_path(folder, last.number), given_up)

    def _num_epochs(self, run_id: str) -> int:
        history = read_history(self._folder.run(run_id))
        return len(history.epochs) if history else 0

    def _waiting_run(self, job: JobRecord) -> str | None:
        """The first of the job's runs that is neither over nor in other hands."""
        states = ((run_id, run_state(self._folder.run(run_id))) for run_id in job.run_ids)
        return next((run_id for run_id, state in states if state not in OVER and state != RunState.RUNNING), None)

    def _note_false_start(self, job: JobRecord, ending: str | None) -> None:
        log, node = find_logs(self._folder.path).get(job.job_id, []), self._executor.node(job)
        is_withdrawn = ending in (None, "CANCELLED") and job.pid is None and node is None and not log
        if is_withdrawn and job.submitted_at < self._began_at:
            return  # whoever started anew knows of it: ``cancel`` does the same
        start = FalseStart(
            job_id=job.job_id,
            run_ids=job.run_ids,
            ended_at=now(),
            state=(WITHDRAWN if ending else LOST) if is_withdrawn else ending,
            node=node,
            log=str(log[0]) if log else None,
            log_end=tuple(end_of_log(log[0], "")[-3:]) if log else (),
        )
        write_record(self._folder.false_start_path(job.job_id), start)
        if ending in ENDED_FROM_OUTSIDE:
            return  # another job is submitted at once, as often as it takes
        self._last = start
        if is_withdrawn:
            if job.submitted_at <= self._withdrawn_at:
                return  # one scancel ends all that waited then
            self._withdrawn_at = start.ended_at
        self._num_false_starts += 1
        if start.node and ending not in NOBODYS_FAULT:
            self._strikes[start.node] += 1
            self._avoid_bad_nodes()
        if self._num_false_starts >= MAX_FALSE_STARTS:
            mend = "" if is_withdrawn else "mend what that says, and "
            raise InputError(
                f"CLUSTER: {self._num_false_starts} times in a row, jobs ended before they began a run; "
                f"the last, {start.text}; {mend}start the sweep again"
            )
        self._resume_at = self._clock() + PAUSES_S[self._num_false_starts - 1]

    def _bad_nodes(self) -> list[str]:
        return sorted(node for node, number in self._strikes.items() if number >= BAD_NODE)

    def _avoid_bad_nodes(self) -> None:
        if bad := self._bad_nodes():
            self._executor.avoid(bad)
