"""What runs inside a job: one interpreter, one torch, one copy of the data, several runs in turn.

The only part of the harness that loads torch, and only when the job is called.
"""

import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from harness.cluster.compiled_code import share_compiled_code
from harness.cluster.failures import DISK_FULL, classify
from harness.cluster.stop_flag import StopFlag
from harness.state.attempts.deaths import num_out_of_memory
from harness.state.attempts.files import last_attempt
from harness.state.attempts.lease import Hardware, Lease, take_lease
from harness.state.clock import FORMAT
from harness.state.provenance import current_code
from kd.config import pack_key
from kd.cores import processor_name
from kd.errors import (
    FencedError,
    InterruptedTrainingError,
    LostRankError,
)
from kd.files import read_record, write_record
from kd.records import CPU, AttemptEnd, Failure, Metrics, RunRecord

if TYPE_CHECKING:
    import torch

    from kd.runs.folder.context import RunContext, RunPaths
    from kd.training.distributed import ProcessGroup

log = logging.getLogger(__name__)


ELSEWHERE = "a signal to another task"
# How often a thread that waits for its fellows looks before it sleeps. libgomp's own 300,000 cost a step ten times as
# much where another program has one of the cores; a tenth of a millisecond of looking loses little where none has.
SPINS = "10000"


class RunsJob:
    """The callable that submitit pickles: these runs, in this order.

    In a job of several tasks each task calls it, and together they train one run after the other. Task 0
    owns the attempts and writes; after a failure the tasks are out of step, and the job ends.

    Args:
        run_ids: What to run.
        sweep: The sweep's results folder.
        data: The folder of decoded data sets.
        num_threads: CPU threads this job owns.
        limit_s: After so many seconds a signal means that the job's time is over.
        after_stop: Called last in a job that was asked to stop and leaves runs open.
        pack: At most so many runs are trained as one stacked model, where they can; auto: on a GPU all of the job,
            of a student that is small enough for this to pay.
    """

    def __init__(
        self,
        run_ids: tuple[str, ...],
        sweep: Path,
        data: Path,
        num_threads: int,
        limit_s: float | None = None,
        after_stop: Callable[[], None] | None = None,
        pack: int | Literal["auto"] = 1,
    ) -> None:
        self.run_ids = run_ids
        self.sweep = sweep
        self.data = data
        self.num_threads = num_threads
        self.limit_s = limit_s
        self.after_stop = after_stop
        self.pack = pack

    def __call__(self) -> None:
        """Execute the runs until they are over or a signal asks to stop."""
        stop = StopFlag(self.limit_s)
        stop.install()
        _log_to_stdout()
        import submitit

        environment = submitit.JobEnvironment()
        if environment.num_tasks > 1:
            self._work_together(environment.job_id, stop)
        else:
            self.work(environment.job_id, stop)
        is_first = environment.global_rank == 0
        if is_first and stop.is_set() and self.after_stop is not None and not self._is_over():
            self.after_stop()

    def _work_together(self, job_id: str, stop: StopFlag) -> None:
        """As one of the job's tasks."""
        self._prepare_torch()
        from submitit.helpers import TorchDistributedEnvironment

        from kd.training.distributed import init_process_group

        task = TorchDistributedEnvironment()
        device = _choose_device(task.local_rank)
        with init_process_group(task.rank, task.world_size, task.master_port, device) as process_group:
            self._work(job_id, stop, process_group, device)

    def _is_over(self) -> bool:
        return all(_has_result(self.sweep / "runs" / run_id) for run_id in self.run_ids)

    def work(self, job_id: str, stop: StopFlag) -> None:
        """The same under any job id and stop flag, in a task that is alone."""
        self._prepare_torch()
        from kd.training.distributed import SINGLE_PROCESS

        self._work(job_id, stop, SINGLE_PROCESS, _choose_device(0))

    def _prepare_torch(self) -> None:
        os.environ["OMP_NUM_THREADS"] = str(self.num_threads)
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)  # read when torch is loaded, and not again
        import torch

        torch.set_num_threads(self.num_threads)

    def _work(self, job_id: str, stop: StopFlag, process_group: "ProcessGroup", device: "torch.device") -> None:
        from kd.runs.folder.context import RunContext, RunPaths

        share_compiled_code(self.sweep, self.run_ids, _processor())
        paths = RunPaths(self.sweep, self.data)
        largest = self.pack if self.pack != "auto" else 1 if device.type == "cpu" else len(self.run_ids)
        for run_id, *others in self._packs(largest if process_group.size == 1 else 1):
            (is_stopped,) = process_group.any(stop.is_set())
            if is_stopped:
                stop.reason = stop.reason or ELSEWHERE
                return
            if others:
                self._attempt_together([run_id, *others], job_id, paths, device, stop)
            elif process_group.is_main:
                self._attempt(run_id, job_id, paths, device, stop, process_group)
            elif split := process_group.broadcast(None):
                _assist(run_id, paths, device, RunContext(stop.is_set, split=split), process_group)

    def _attempt(
        self,
        run_id: str,
        job_id: str,
        paths: "RunPaths",
        device: "torch.device",
        stop: StopFlag,
        process_group: "ProcessGroup",
    ) -> None:
        from kd.runs.execute import execute
        from kd.runs.folder.context import RunContext

        folder = paths.run(run_id)
        lease = self._take(folder, job_id, device, num_devices=process_group.size)
        split = 2 ** num_out_of_memory(folder)
        process_group.broadcast(split if lease else 0)
        if lease is not None:
            context = RunContext(_looking(stop, lease), lease.guard, lease.started, split)
            _end(
                lease,
                folder,
                lambda: execute(run_id, paths, device, context, process_group).status,
                stop,
                process_group,
            )

    def _take(
        self, folder: Path, job_id: str, device: "torch.device", num_together: int = 1, num_devices: int = 1
    ) -> Lease | None:
        if _has_result(folder):
            return None
        hardware = Hardware(_name_of(device), num_devices, self.num_threads, _processor())
        lease = take_lease(folder, job_id, hardware, current_code(), num_together)
        log.info("%s: %s", folder.name, "started" if lease else "another attempt is at work")
        return lease

    def _packs(self, largest: int) -> list[list[str]]:
        """The runs in order, those together that may be trained as one stacked model."""
        if largest == 1:
            return [[run_id] for run_id in self.run_ids]
        alike: dict[str, list[str]] = {}
        for run_id in self.run_ids:
            alike.setdefault(_key_of(self.sweep / "runs" / run_id) or run_id, []).append(run_id)
        return [runs[start : start + largest] for runs in alike.values() for start in range(0, len(runs), largest)]

    def _attempt_together(
        self, run_ids: list[str], job_id: str, paths: "RunPaths", device: "torch.device", stop: StopFlag
    ) -> None:
        from kd.runs.folder.context import RunContext
        from kd.runs.stacked import execute_together
        from kd.training.distributed import SINGLE_PROCESS

        taken = {run_id: self._take(paths.run(run_id), job_id, device, len(run_ids)) for run_id in run_ids}
        owners = {run_id: lease for run_id, lease in taken.items() if lease}
        controls = {
            run_id: RunContext(_looking(stop, lease), lease.guard, lease.started) for run_id, lease in owners.items()
        }
        for run_id, outcome in execute_together(controls, paths, device, if_it_pays=self.pack == "auto"):
            _end(owners[run_id], paths.run(run_id), partial(_status_of, outcome), stop, SINGLE_PROCESS)


def _log_to_stdout() -> None:
    """Write our lines, each with its time, into the job's log, which is its standard output.

    Not by way of the root logger: submitit's lines, which have a handler of their own, would stand there twice.
    """
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", FORMAT)
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    for name in ("harness", "kd"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).setLevel(logging.INFO)


def _looking(stop: StopFlag, lease: Lease) -> Callable[[], bool]:
    """Whether to stop; each look says that the run came further since the last."""

    def look() -> bool:
        lease.sign()
        return stop.is_set()

    return look


def _has_result(folder: Path) -> bool:
    return (folder / "metrics.json").exists() or (folder / "failure.json").exists()


def _key_of(folder: Path) -> str | None:
    """What the run has in common with those it may be trained with; None if it goes alone.

    So does one whose last attempt died or lacked memory: those beside it may be what killed it, and it must not be
    given up for that.
    """
    last = last_attempt(folder)
    is_unlucky = last is not None and last.end in (None, AttemptEnd.DIED, AttemptEnd.OUT_OF_MEMORY)
    if is_unlucky or _has_result(folder) or num_out_of_memory(folder):
        return None
    return pack_key(read_record(folder / "config.json", RunRecord).config)


def _status_of(outcome: Metrics | Exception) -> AttemptEnd:
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.status


def _end(
    lease: Lease, folder: Path, work: Callable[[], AttemptEnd], stop: StopFlag, process_group: "ProcessGroup"
) -> None:
    """Do the work and write down how it ended; only a full disk ends the job with it, and what parts its tasks.

    Raises:
        OSError: The disk is full.
    """
    try:
        lease.end(work())
    except InterruptedTrainingError as error:
        lease.end(stop.end, f"{stop.reason or ELSEWHERE}: {error}")
    except FencedError as error:
        log.warning("%s", error)
        _leave(process_group)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            with suppress(OSError):  # a few bytes may find room where a checkpoint did not
                lease.end(AttemptEnd.DISK_FULL, f"{error.strerror}: {error.filename or folder}")
            raise  # another attempt may find room
        traceback.print_exc()
        failure = _first_failure(error, process_group)
        if lease.is_overtaken:  # the newer attempt owns the files that it fell over, and the run's failure
            log.warning("this attempt was overtaken")
        elif failure is not None and failure.kind == "out of memory" and not num_out_of_memory(folder):
            # the next attempt computes each batch in twice as many parts
            lease.end(AttemptEnd.OUT_OF_MEMORY, failure.reason)
        elif failure is not None:
            write_record(folder / "failure.json", failure)
            lease.end(AttemptEnd.FAILED, failure.reason)
        _leave(process_group)


def _assist(
    run_id: str, paths: "RunPaths", device: "torch.device", context: "RunContext", process_group: "ProcessGroup"
) -> None:
    """Train a run that task 0 owns; what fails here first, task 0 is told."""
    from kd.runs.train import assist

    try:
        assist(run_id, paths, device, context, process_group)
    except InterruptedTrainingError:
        return
    except Exception as error:
        traceback.print_exc()
        _first_failure(error, process_group)
        _leave(process_group)


def _first_failure(error: Exception, process_group: "ProcessGroup") -> Failure | None:
    """What went wrong first, in any task; None where one died: the attempt stays without an end, as after any death."""
    try:
        return Failure.model_validate_json(process_group.first_failure(classify(error).model_dump_json()))
    except LostRankError as lost:
        log.warning("%s", lost)
        return None


def _leave(process_group: "ProcessGroup") -> None:
    """End a task whose fellows are elsewhere in the program; the controller submits what is left.

    Not by way of the interpreter's end, which waits for an exchange that the fellows are not part of.
    """
    if process_group.size > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)


def _choose_device(local_rank: int) -> "torch.device":
    """This task's GPU, of those that the job sees."""
    import torch

    if not torch.cuda.is_available():
        return torch.device("cpu")
    # a scheduler may show each task its own GPU only, which is then number 0
    torch.cuda.set_device(local_rank % torch.cuda.device_count())
    return torch.device("cuda", torch.cuda.current_device())


@cache
def _processor() -> str:
    """The CPU's model and the vector instructions that torch uses on it: both decide how sums are divided."""
    import torch

    return f"{processor_name()}, {torch.backends.cpu.get_cpu_capability()}"


def _name_of(device: "torch.device") -> str:
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else CPU
