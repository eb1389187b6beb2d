"""Jobs on a SLURM cluster: arrays through submitit, and a view of the queue of our own.

submitit asks ``sacct`` job by job and takes its first answer for the last; here one ``squeue`` serves all
jobs, and the run folders say what became of the runs.
"""

import io
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stderr
from functools import cached_property
from pathlib import Path

import submitit
from submitit.core.utils import FailedJobError, FailedSubmissionError
from submitit.slurm.slurm import SlurmJobEnvironment

from harness.cluster.job import RunsJob
from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.command import (
    Answer,
    Run,
    clean_environment,
    first_line,
    is_busy,
    refusal_of,
    run_command,
    unanswered,
)
from harness.cluster.slurm.queue import MISSES, Phase, Queue
from harness.cluster.slurm.script import fingerprint, job_name, parameters
from harness.cluster.slurm.site import ONE, Partition, explain, explain_refusal, read_partition
from harness.cluster.submission import SlurmSubmitter
from harness.state.attempts.files import runs_by_job
from harness.state.clock import now
from harness.state.files.records import JobRecord
from kd.errors import InputError, UnansweredError

LARGEST_ARRAY = 500  # SLURM's default MaxArraySize allows 1000
CLIENT_COMMANDS = ("sbatch", "srun", "squeue", "scancel", "scontrol")
REQUEUE_PATIENCE_S = 60.0
LIMIT_MARGIN_S = 90.0  # SLURM warns of a limit up to a minute early, and a job's program starts some seconds late
GONE = "invalid job id"  # what scancel says of a job that is over and forgotten
LOOK_AGAIN_S = 0.5  # after a job that an answer leaves out
SUSPENDED = ("SUSPENDED", "STOPPED")
HOLD_S, LONGEST_HOLD_S = 10.0, 120.0  # between two submissions that a full limit refuses


class SlurmExecutor:
    """submitit's SlurmExecutor for submission, and one queue for all the rest.

    Args:
        profile: The cluster.
        sweep: The sweep's results folder.
        data: The folder of decoded data sets.
        job: Makes what a job executes.
        run: Runs a SLURM client command.
        clock: Seconds, growing; the queue is asked by it.

    Raises:
        InputError: SLURM's commands are not installed here.
    """

    def __init__(
        self,
        profile: SlurmProfile,
        sweep: Path,
        data: Path,
        job: Callable[..., RunsJob] = RunsJob,
        run: Run = run_command,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        missing = [name for name in CLIENT_COMMANDS if shutil.which(name) is None]
        if missing:
            raise InputError(
                f"CLUSTER: no {', '.join(missing)} here; start a SLURM sweep on a login node, or take CLUSTER=local"
            )
        self.num_slots = profile.num_slots
        self.runs_per_job = profile.runs_per_job
        self.pack_size = profile.pack_size
        self.hang_min = profile.hang_min
        self.job_s = profile.job_s
        self._profile = profile
        self._excluded = profile.exclude or ""
        self._asks = fingerprint(profile, sweep)
        self._sweep = sweep
        self._data = data
        self._job = job
        self._run = run
        self._clock = clock
        self._queue = Queue(job_name(sweep), profile.poll_s, run, clock)
        self.slots_of = profile.slots_of
        self._recorded: set[str] = set()
        self._in_doubt = False
        self._largest_array = LARGEST_ARRAY
        self._refusal = ""
        self._hold_s, self._hold_until = HOLD_S, -float("inf")

    def submit(
        self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1, slots: int = 1
    ) -> list[JobRecord]:
        """Submit one array; a smaller one, or none, while the scheduler does not take more.

        Raises:
            InputError: sbatch refuses the profile for good.
        """
        if self._clock() < self._hold_until or (self._in_doubt and not self._drop_unstarted()):
            return []
        self._refusal, has_jobs = "", any(busy)
        batches = batches[: self._largest_array]
        while batches:
            try:
                submitted = self._submit_array(batches, gpus)
            except (FailedJobError, FailedSubmissionError, subprocess.SubprocessError) as error:
                batches = self._fewer(batches, str(error), has_jobs)
            else:
                self._hold_s = HOLD_S
                return self._remember(submitted, batches)
        self._hold_s = min(2 * self._hold_s, LONGEST_HOLD_S)
        return []

    def _fewer(self, batches: Sequence[tuple[str, ...]], error: str, has_jobs: bool) -> Sequence[tuple[str, ...]]:
        """What to try at once after a refusal; nothing where some time has to pass.

        Raises:
            InputError: It is for good.
        """
        refusal = refusal_of(error, has_jobs)
        if refusal == "for good" or (refusal == "closed" and not self._recorded):
            raise InputError(explain_refusal(error))
        fewer = batches[: len(batches) // 2]
        if refusal == "array too large":
            self._largest_array = max(1, len(fewer))
            return fewer
        self._refusal = first_line(error)
        self._refusal += f"; see array_parallelism; {ONE}" if refusal == "full" else ""
        if refusal == "busy":
            self._in_doubt = True  # sbatch can time out on a submission that slurmctld carries out
            return ()
        self._hold_until = self._clock() + self._hold_s
        return () if refusal == "closed" else fewer

    def pause(self, jobs: Iterable[JobRecord], seconds: float) -> None:
        """Just so long: the queue is asked, and tells nothing of itself."""
        time.sleep(seconds)

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Jobs that are not known to be over; all of them while the queue cannot be asked."""
        job_ids = {job.job_id for job in jobs}
        self._recorded |= job_ids
        phases = self._queue.phases()
        if phases is None:
            return job_ids
        stuck = [job_id for job_id in job_ids if phases.get(job_id) == "stuck"]
        if stuck:
            self._scancel(stuck)  # it is over by the next look, and another job takes its runs
        return job_ids - self._over(job_ids, phases)

    def over(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Jobs that are over, for who looks once; none where the queue cannot be asked.

        A task of an array that was cancelled while it waited is listed no more: it is asked for until it is gone.
        """
        job_ids, found = {job.job_id for job in jobs}, set[str]()
        for number in range(MISSES):
            if number:
                time.sleep(LOOK_AGAIN_S)
            phases = self._queue.look_now()
            if phases is None:
                break
            found = self._over(job_ids, phases)
            if job_ids - phases.keys() <= found:
                break
        return found

    def _over(self, job_ids: set[str], phases: Mapping[str, Phase]) -> set[str]:
        return {job_id for job_id in job_ids if phases.get(job_id) == "over"} | self._queue.gone(job_ids)

    def ending(self, job: JobRecord) -> str | None:
        """SLURM's word for how a job ended, where it still knows."""
        return self._queue.ending(job.job_id)

    def node(self, job: JobRecord) -> str | None:
        """Where a job ran, as it was last seen."""
        found = self._queue.find(job.job_id)
        return found.node if found is not None and found.node not in ("", "(null)") else None

    def avoid(self, nodes: Iterable[str]) -> None:
        """Start no further job on these nodes, as long as another one is left, nor on those of ``exclude``."""
        said, bad = self._excluded, set(nodes)
        if "/" in said or self._partition is None:  # a file with names, to which sbatch lets none be added
            return
        if self._partition.nodes - bad - self._nodes_of(said):
            self._profile = self._profile.model_copy(
                update={"exclude": ",".join([*([said] if said else []), *sorted(bad)])}
            )

    def _nodes_of(self, names: str) -> set[str]:
        """The nodes of a text such as ``n[1-3,7],gpu5``, whose commas alone divide nothing."""
        answer = self._run(("scontrol", "show", "hostnames", names)) if "[" in names else None
        return set(answer.output.split() if answer is not None and answer.code == 0 else names.split(","))

    def suspended(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Those that SLURM stopped, as where jobs of a higher priority preempt others by suspending them."""
        self._queue.phases()
        seen = {job.job_id: self._queue.find(job.job_id) for job in jobs}
        return {job_id for job_id, each in seen.items() if each is not None and each.state in SUSPENDED}

    def notes(self, jobs: Iterable[JobRecord]) -> list[str]:
        """That SLURM is silent or takes no more jobs, which are suspended, and why jobs wait."""
        found, jobs = [], list(jobs)
        phases = self._queue.phases()
        if phases is None:
            found.append(f"SLURM does not answer, so all jobs are taken for alive: {first_line(self._queue.error)}")
        if self._refusal:
            found.append(f"SLURM takes no more jobs now, and is asked again: {self._refusal}")
        if suspended := self.suspended(jobs):
            found.append(f"{len(suspended)} job(s) are suspended, and go on when the cluster resumes them")
        reasons: dict[str, list[str]] = {}
        for job in jobs:
            if (phases or {}).get(job.job_id) == "waiting" and (seen := self._queue.find(job.job_id)) is not None:
                reasons.setdefault(seen.reason, []).append(job.job_id)
        by_number = sorted(reasons.items(), key=lambda item: -len(item[1]))
        return found + [f"{len(job_ids)} job(s) wait {self._explain(why, job_ids)}" for why, job_ids in by_number]

    def why_waiting(self, job: JobRecord) -> str | None:
        """Why a job waits, in words that go on from "waits"; None of one that does not."""
        seen = self._queue.find(job.job_id) if self._queue.phases() is not None else None
        return self._explain(seen.reason, [job.job_id]) if seen is not None and seen.phase == "waiting" else None

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        """``scancel`` these jobs; SLURM gives them its KillWait to write a checkpoint.

        Raises:
            InputError: The scheduler did not take the order.
        """
        job_ids = [job.job_id for job in jobs]
        if job_ids:
            answer = self._scancel(job_ids)
            refused = [line for line in answer.error.splitlines() if GONE not in line.lower()]
            if answer.code != 0 and (refused or not answer.error):
                said = first_line("\n".join(refused))
                raise InputError(f"{said}; the jobs may go on: cancel again, or see squeue --me")

    def unrecorded(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """Living jobs of this sweep beside ``jobs``: their controller died before it wrote them down.

        A job's runs are those at which it makes an attempt. One that makes none is cancelled: it has done nothing, and
        its runs are submitted again. What it was given is not looked at, since that is a pickle.

        Raises:
            UnansweredError: The scheduler does not answer, so that nobody knows what runs.
        """
        self._recorded |= {job.job_id for job in jobs}
        phases = self._queue.look_now()
        if phases is None:
            raise UnansweredError(unanswered(self._queue.error))
        found = [job_id for job_id, phase in phases.items() if phase != "over" and job_id not in self._recorded]
        at_work = runs_by_job(self._sweep / "runs") if found else {}
        records = [
            JobRecord(job_id=job_id, run_ids=at_work[job_id], submitted_at=now())
            for job_id in found
            if job_id in at_work
        ]
        self._recorded |= {record.job_id for record in records}
        unstarted = set(found) - {record.job_id for record in records}
        if unstarted:
            self._scancel(sorted(unstarted))
        return records

    def drop_outdated(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """Cancel the jobs that wait under another profile: with a mended one they would wait as before.

        One that a person holds is left to that person, and one whose nodes boot, or that began meanwhile, goes on.
        """
        phases = self._queue.phases() or {}
        asked_otherwise = [job for job in jobs if job.asks not in (None, self._asks)]
        found = [job for job in asked_otherwise if phases.get(job.job_id) == "waiting" and not self._is_held(job)]
        if not found or self._scancel([job.job_id for job in found], "--state=PENDING").code != 0:
            return []
        then = self._queue.look_now()
        return [] if then is None else [job for job in found if then.get(job.job_id, "over") == "over"]

    def _is_held(self, job: JobRecord) -> bool:
        seen = self._queue.find(job.job_id)
        return seen is not None and "held" in seen.reason.lower()

    def _scancel(self, job_ids: Sequence[str], *options: str) -> Answer:
        """Cancel jobs, of this sweep's alone: a record may be wrong, or forged."""
        return self._run(["scancel", f"--name={job_name(self._sweep)}", *options, *job_ids])

    def _submit_array(self, batches: Sequence[tuple[str, ...]], gpus: int) -> list[submitit.Job[None]]:
        profile = self._profile
        limit_s = profile.time_min * 60 - profile.signal_delay_s - LIMIT_MARGIN_S
        after_stop = requeue_this_job if profile.requeue else None
        jobs = [
            self._job(run_ids, self._sweep, self._data, profile.cpus_per_task, limit_s, after_stop, profile.pack)
            for run_ids in batches
        ]
        executor = SlurmSubmitter(folder=self._sweep / "logs")
        executor.update_parameters(**parameters(profile, self._sweep, gpus))
        with clean_environment(), redirect_stderr(io.StringIO()):
            return list(executor.submit_array(jobs))

    def _remember(self, submitted: Sequence[submitit.Job[None]], batches: Sequence[tuple[str, ...]]) -> list[JobRecord]:
        moment = now()
        records = [
            JobRecord(job_id=job.job_id, run_ids=run_ids, submitted_at=moment, asks=self._asks)
            for job, run_ids in zip(submitted, batches, strict=True)
        ]
        self._queue.expect([record.job_id for record in records])
        self._recorded.update(record.job_id for record in records)
        return records

    @cached_property
    def _partition(self) -> Partition | None:
        return read_partition(self._profile.partition, self._run)

    def _explain(self, reason: str, job_ids: Iterable[str]) -> str:
        return explain(reason, self._profile, self._partition if "TimeLimit" in reason else None, job_ids)

    def _drop_unstarted(self) -> bool:
        """Cancel what a failed submission left in the queue; False while that is not known.

        submitit names a job's pickle by the job's id after sbatch has answered. A job whose sbatch failed
        waits for its pickle in vain, so it has not touched a run.
        """
        phases = self._queue.look_now()
        if phases is None:
            return False
        strangers = [job_id for job_id, phase in phases.items() if phase != "over" and job_id not in self._recorded]
        if strangers and self._scancel(strangers).code != 0:
            return False
        self._in_doubt = False
        return True


def requeue_this_job() -> None:
    """Called in a job that was asked to stop and did: let SLURM start it again, unless it was cancelled.

    ``incomplete`` makes slurmctld itself refuse where the job is cancelled, or requeued already.
    """
    # the raw id of one task of an array is the id of the whole array
    job_id = SlurmJobEnvironment().job_id
    deadline = time.monotonic() + REQUEUE_PATIENCE_S
    while (answer := run_command(["scontrol", "requeue", "incomplete", job_id])).code != 0:
        print(f"requeue: {answer.error}", flush=True)  # noqa: T201
        if time.monotonic() > deadline or not is_busy(answer.error):
            return  # the controller submits another job
        time.sleep(1.0)
    raise SystemExit  # before submitit writes down that the job is over
