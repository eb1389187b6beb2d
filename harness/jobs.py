"""What runs inside a job: one interpreter, one torch, one copy of the data, several runs in turn.

The only part of the harness that loads torch, and only when the job is called.
"""

import errno
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from harness import attempts
from harness.code import current_code
from kd.errors import FencedError, InputError, InterruptedTrainingError, NonFiniteLossError
from kd.files import write_record
from kd.records import AttemptEnd, Failure

if TYPE_CHECKING:
    import torch

    from kd.runs import Places

DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class StopFlag:
    """Set by SIGTERM (SLURM's own), SIGUSR2 (submitit's) or ``set``; looked at between steps."""

    def __init__(self) -> None:
        self.reason: str | None = None

    def install(self) -> None:
        """Take the signals over from submitit, whose handler ignores SIGTERM."""
        for number in (signal.SIGTERM, signal.SIGUSR2):
            signal.signal(number, self._handle)

    def is_set(self) -> bool:
        """Whether to stop at the next step boundary."""
        return self.reason is not None

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.reason = signal.Signals(number).name


class RunsJob:
    """The callable that submitit pickles: these runs, in this order.

    Args:
        run_ids: What to run.
        sweep: The sweep's results folder.
        data: The folder of decoded data sets.
        num_threads: CPU threads this job owns.
        after_stop: Called last in a job that was asked to stop and leaves runs open.
    """

    def __init__(
        self,
        run_ids: tuple[str, ...],
        sweep: Path,
        data: Path,
        num_threads: int,
        after_stop: Callable[[], None] | None = None,
    ) -> None:
        self.run_ids = run_ids
        self.sweep = sweep
        self.data = data
        self.num_threads = num_threads
        self.after_stop = after_stop

    def __call__(self) -> None:
        """Execute the runs until they are over or a signal asks to stop."""
        stop = StopFlag()
        stop.install()
        import submitit

        self.work(submitit.JobEnvironment().job_id, stop)
        if stop.is_set() and self.after_stop is not None and not self._is_over():
            self.after_stop()

    def _is_over(self) -> bool:
        return all(_has_result(self.sweep / "runs" / run_id) for run_id in self.run_ids)

    def work(self, job_id: str, stop: StopFlag) -> None:
        """The same under any job id and stop flag."""
        os.environ["OMP_NUM_THREADS"] = str(self.num_threads)
        import torch

        from kd.runs import Places

        torch.set_num_threads(self.num_threads)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        places = Places(self.sweep, self.data)
        for run_id in self.run_ids:
            if stop.is_set():
                return
            self._attempt(run_id, job_id, places, device, stop)

    def _attempt(self, run_id: str, job_id: str, places: "Places", device: "torch.device", stop: StopFlag) -> None:
        from kd.runs import Control, execute

        folder = places.run(run_id)
        if _has_result(folder):
            return
        owned = attempts.take(folder, job_id, _describe(device), self.num_threads, current_code())
        if owned is None:
            print(f"{run_id}: another attempt is at work", flush=True)  # noqa: T201
            return
        print(f"{run_id}: started", flush=True)  # noqa: T201 the job's log is its standard output
        control = Control(stop.is_set, owned.guard, owned.started)
        _end(owned, folder, lambda: execute(run_id, places, device, control).status, stop)


def _has_result(folder: Path) -> bool:
    return (folder / "metrics.json").exists() or (folder / "failure.json").exists()


def _end(owned: attempts.Ownership, folder: Path, work: Callable[[], AttemptEnd], stop: StopFlag) -> None:
    """Do the work and write down how it ended; only a full disk ends the job with it."""
    try:
        owned.end(work())
    except InterruptedTrainingError as error:
        owned.end("preempted", f"{stop.reason}: {error}")
    except FencedError as error:
        print(error, flush=True)  # noqa: T201
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise  # nothing can be written down now, and another attempt may find room
        traceback.print_exc()
        failure = classify(error)
        write_record(folder / "failure.json", failure)
        owned.end("failed", failure.reason)


def classify(error: Exception) -> Failure:
    """A failure that another attempt would meet again, with its cause in one line."""
    text = str(error).strip().partition("\n")[0]
    match error:
        case NonFiniteLossError():
            return Failure(kind="non-finite loss", reason=text)
        case InputError():
            return Failure(kind="bad input", reason=text)
        case MemoryError():
            return Failure(kind="out of memory", reason=text or "out of memory")
        case _ if type(error).__name__ == "OutOfMemoryError":
            return Failure(kind="out of memory", reason=text)
        case _:
            return Failure(kind="code error", reason=f"{type(error).__name__}: {text}")


def _describe(device: "torch.device") -> str:
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
