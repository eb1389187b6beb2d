"""Jobs on this machine: submitit's local executor, within slots that the controller holds."""

import os
import pickletools
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import submitit
from submitit.core.utils import JobPaths

from harness.cluster.fork.server import ForkServer
from harness.cluster.job import RunsJob
from harness.cluster.profiles import LocalProfile, visible_gpus
from harness.cluster.submission import LocalSubmitter
from harness.state.attempts import processes
from harness.state.attempts.files import last_attempt
from harness.state.attempts.lease import SILENCE_S, is_alive
from harness.state.clock import now, seconds_between
from harness.state.files.records import JobRecord
from harness.state.standing.progress import FORK_S, JOB_S
from kd.errors import InputError

NO_LIMIT_MIN = 60 * 24 * 365
TERMINALS = (signal.SIGINT, signal.SIGTSTP, signal.SIGHUP)  # signals, to all that was started from one


class LocalExecutor:
    """submitit's LocalExecutor. It starts everything at once, so the controller counts the slots.

    Args:
        profile: This machine.
        sweep: The sweep's results folder.
        data: The folder of decoded data sets.
        job: Makes what a job executes.
        server: Jobs are its forks; None: each starts an interpreter of its own.
    """

    def __init__(
        self,
        profile: LocalProfile,
        sweep: Path,
        data: Path,
        job: Callable[..., RunsJob] = RunsJob,
        server: ForkServer | None = None,
    ) -> None:
        self.num_slots = profile.num_slots
        self.runs_per_job = profile.runs_per_job
        self.pack_size = profile.pack_size
        self.hang_min = profile.hang_min
        self._pack = profile.pack
        self._threads_of = profile.threads_of
        self.slots_of = profile.slots_of
        self._gpus = visible_gpus()
        self._server = server
        self._sweep = sweep
        self._data = data
        self._job = job
        self._jobs: list[submitit.Job[None]] = []  # kept, so that ended children are reaped

    @property
    def job_s(self) -> float:
        """Seconds of training that are worth a job."""
        return FORK_S if self._server is not None and self._server.is_serving else JOB_S

    def submit(
        self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1, slots: int = 1
    ) -> list[JobRecord]:
        """Start each job on free slots; several tasks all on GPUs or, where the machine has none, on its cores."""
        busy, started = list(busy), list[JobRecord]()
        for run_ids in batches:
            free = self._free_gpus([*busy, *started])[:gpus]
            if gpus > 1 and self._gpus and len(free) < gpus:
                break
            started.append(self._start(run_ids, gpus, free, max(gpus, slots)))
        return started

    def unrecorded(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """None: a process is found by the attempt it makes."""
        return []

    def drop_outdated(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        """None: no job waits."""
        return []

    @cached_property
    def _submitit(self) -> LocalSubmitter:
        """Not made before it is needed: it makes the folder, which nobody may have claimed yet."""
        return LocalSubmitter(self._sweep / "logs", self._server.address if self._server else None)

    def _start(
        self, run_ids: tuple[str, ...], num_tasks: int, gpus: tuple[int | str, ...], num_slots: int
    ) -> JobRecord:
        num_threads = self._threads_of(num_slots, num_tasks)
        self._submitit.update_parameters(
            timeout_min=NO_LIMIT_MIN,
            stderr_to_stdout=True,
            tasks_per_node=num_tasks,
            gpus_per_node=len(gpus),
        )
        self._submitit.parameters["visible_gpus"] = gpus  # not by way of the above, which takes numbers alone
        with _detached():
            job = self._submitit.submit(self._job(run_ids, self._sweep, self._data, num_threads, pack=self._pack))
        self._jobs.append(job)
        pid = int(job.job_id)
        return JobRecord(
            job_id=job.job_id,
            run_ids=run_ids,
            submitted_at=now(),
            pid=pid,
            process_created=processes.created(pid),
            host=socket.gethostname(),
            gpus=gpus,
            num_slots=num_slots,
        )

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Jobs of which the process that was started or a worker runs; either may have been killed alone."""
        living = {job.job_id for job in jobs if self._is_here(job) or self._is_elsewhere(job)}
        self._jobs = [job for job in self._jobs if not job.done()]  # afterwards, so that who ended just now is reaped
        return living

    def _is_here(self, job: JobRecord) -> bool:
        return any(processes.is_alive(*process) for process in self._processes(job))

    def _is_elsewhere(self, job: JobRecord) -> bool:
        """Whether it is at work on another host that has this folder, by what is seen from here: its signs of life.

        Before it has begun a run it gives none; it is given the time in which silence is no end.
        """
        if job.host in (None, socket.gethostname()):
            return False
        folders = [self._sweep / "runs" / run_id for run_id in job.run_ids]
        mine = [(folder, last) for folder in folders if (last := last_attempt(folder)) and last.job_id == job.job_id]
        if not mine:
            return seconds_between(job.submitted_at, now()) < SILENCE_S
        return any(is_alive(folder, attempt) for folder, attempt in mine)

    def over(self, jobs: Iterable[JobRecord]) -> set[str]:
        """All others."""
        jobs = list(jobs)
        return {job.job_id for job in jobs} - self.alive(jobs)

    def suspended(self, jobs: Iterable[JobRecord]) -> set[str]:
        """Those of which a process stands still, as after ``kill -STOP``."""
        return {job.job_id for job in jobs if any(self._stands_still(job.job_id, run_id) for run_id in job.run_ids)}

    def _stands_still(self, job_id: str, run_id: str) -> bool:
        attempt = last_attempt(self._sweep / "runs" / run_id)
        if attempt is None or attempt.job_id != job_id or attempt.host != socket.gethostname():
            return False
        return processes.is_suspended(attempt.pid, attempt.process_created)

    def ending(self, job: JobRecord) -> str | None:
        """COMPLETED of a job that returned, FAILED of one that raised; of another nobody writes it down."""
        try:
            content = JobPaths(self._sweep / "logs", job.job_id).result_pickle.read_bytes()
        except FileNotFoundError:
            return None
        return "COMPLETED" if _first_word(content) == "success" else "FAILED"

    def node(self, job: JobRecord) -> str | None:
        """None: there is only this machine."""
        return None

    def avoid(self, nodes: Iterable[str]) -> None:
        """Nothing: there is only this machine."""

    def notes(self, jobs: Iterable[JobRecord]) -> list[str]:
        """Nothing: what waits, waits for a slot."""
        return []

    def pause(self, jobs: Iterable[JobRecord], seconds: float) -> None:
        """Until the process that was started for one of the jobs ends."""
        started = [(job.pid, job.process_created) for job in jobs if job.pid and job.process_created is not None]
        processes.wait_for_end(started, seconds)

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        """SIGTERM, then SIGKILL for what does not end.

        Raises:
            InputError: Some are at work on another host, where this has no say.
        """
        jobs = list(jobs)
        named = (process for job in jobs for process in self._processes(job))
        processes.terminate(named, is_this=processes.works_in(self._sweep / "logs"))
        if elsewhere := [job for job in jobs if self._is_elsewhere(job)]:
            hosts = ", ".join(sorted({str(job.host) for job in elsewhere}))
            raise InputError(f"{len(elsewhere)} job(s) are at work on {hosts}, and go on: give the same command there")

    def _processes(self, job: JobRecord) -> Iterator[tuple[int, float]]:
        if job.pid is not None and job.process_created is not None:
            yield job.pid, job.process_created
        for run_id in job.run_ids:
            folder = self._sweep / "runs" / run_id
            attempt = last_attempt(folder)
            if attempt is not None and attempt.job_id == job.job_id and is_alive(folder, attempt):
                yield attempt.pid, attempt.process_created

    def _free_gpus(self, busy: Iterable[JobRecord]) -> tuple[int | str, ...]:
        taken = {gpu for job in busy for gpu in job.gpus}
        return tuple(gpu for gpu in self._gpus if gpu not in taken)


def _first_word(content: bytes) -> str | None:
    """The first text of a pickle, which is not carried out: of submitit's results, how the job ended."""
    try:
        return next((word for _, word, _ in pickletools.genops(content) if isinstance(word, str)), None)
    except ValueError:  # a part of one
        return None


@contextmanager
def _detached() -> Iterator[None]:
    """Children started meanwhile outlive the terminal.

    They ignore Ctrl-C, Ctrl-Z and hang-up for life, and do not hold the controller's output open: whoever
    reads it through a pipe sees its end when the controller ends.

    submitit starts them with a ``Popen`` of its own, to which no streams can be given. So what they inherit is changed
    in this process for the moment of the start, and that is the descriptors 0, 1 and 2: a child never sees
    ``sys.stdout``.
    """
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in TERMINALS}
    streams = {number: os.dup(number) for number in (0, 1, 2)}
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        for number in streams:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, saved in streams.items():
            os.dup2(saved, number)
            os.close(saved)
        os.close(nowhere)
        for signal_number, handler in handlers.items():
            signal.signal(signal_number, handler)
