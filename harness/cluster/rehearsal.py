"""The rehearsal of a sweep's models and own losses (``kd.runs.rehearsal``) in the environment that will train them.

On this machine in a process of its own, since the controller never loads torch; on SLURM as the sweep's first job,
with a training's partition, memory and GPU. A rehearsal that went well is kept beside the decoded data, under a
digest of all that it depends on, and is not repeated. One that failed is: what was wrong may lie outside the sweep.
"""

import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

from submitit.core.utils import FailedJobError, FailedSubmissionError

from harness.cluster.fork.server import ForkServer
from harness.cluster.profiles import Profile, SlurmProfile
from harness.cluster.slurm.command import Run, clean_environment, first_line, is_busy, refusal_of, run_command
from harness.cluster.slurm.queue import Queue
from harness.cluster.slurm.script import job_name, parameters
from harness.cluster.slurm.site import ONE, Partition, explain, explain_refusal, read_partition
from harness.cluster.submission import SlurmSubmitter, module_command
from harness.state.clock import now
from harness.state.files.folder import end_of_log
from harness.state.files.ownership import make_closed
from harness.state.files.records import FalseStart
from harness.state.provenance import current_code
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from harness.sweep.search.params import with_params
from harness.sweep.search.searchable import STUDENT
from kd.config import DistillConfig, ModelTraining
from kd.errors import InputError
from kd.files import read_record, short_hash, write_record
from kd.records import Rehearsal, RehearsalRequest

FOLDER = "rehearsals"  # in the folder of decoded data
LONGEST_MIN = 30  # of a rehearsal's job
MAX_JOBS = 2  # one may meet a bad node
ENDING_S = 1.0  # for a process that is interrupted
AT_WORK = "The models are rehearsed in a first job, before anything else is submitted."


def request_of(plan: Plan, profile: Profile) -> RehearsalRequest:
    """Every model, and every loss of the user's own, by its place in the sweep file; equal teachers once."""
    sweep = plan.sweep
    teachers = {f"teachers.{place}": training for place, training in enumerate(sweep.teachers)}
    models = teachers or ({"teacher": sweep.teacher} if sweep.teacher else {})
    distinct = {training.model_dump_json(): place for place, training in reversed(models.items())}
    models = {place: training for place, training in models.items() if place in distinct.values()}
    num_sharing = 1 if isinstance(profile, SlurmProfile) else profile.num_slots
    return RehearsalRequest(
        data=plan.data,
        models=models | {place: _largest_batch(sweep, student) for place, student in sweep.all_students.items()},
        losses=_own_losses(sweep),
        num_sharing=num_sharing,
        accept_weak_teacher=sweep.accept_weak_teacher,
        features=sweep.all_features,
    )


def _largest_batch(sweep: Sweep, student: ModelTraining) -> ModelTraining:
    """A student with as many images in a batch as any of its trainings has: memory is reckoned by them."""
    if sweep.unlabeled is None:
        return student
    beside = sweep.unlabeled.taught_by(None).num_drawn(student.batch_size)
    return student.model_copy(update={"batch_size": student.batch_size + beside})


def _own_losses(sweep: Sweep) -> dict[str, tuple[DistillConfig, ...]]:
    """A loss of the user's own with each of the temperatures and options that it may meet, by its place.

    Of a searched range these are the ends. What differs in alpha alone is the same function.
    """
    found: dict[str, list[DistillConfig]] = {}
    for number, method in enumerate(sweep.all_methods):
        assert method.distill is not None
        values = [
            {name: value}
            for name, dimension in method.space.items()
            for value in dimension.values or dimension.given_ends
            if name != "alpha" and not name.startswith(f"{STUDENT}.")
        ]
        place = f"methods.{number}" if sweep.methods else "distill"
        found[place] = [method.distill, *(with_params(method.distill, each) for each in values)]
    found |= {f"compare.{number}": [loss] for number, loss in enumerate(sweep.compared_losses)}
    own = {place: losses for place, losses in found.items() if losses[0].is_own}
    return {
        place: tuple(loss for number, loss in enumerate(losses) if loss not in losses[:number])
        for place, losses in own.items()
    }


def result_path(request: RehearsalRequest, profile: Profile, data: Path) -> Path:
    """Where a rehearsal is kept: by models, data, program, and the kind of machine."""
    content = request.model_dump(mode="json")
    content["data"].pop("source")
    machine = {"kind": "local"}
    if isinstance(profile, SlurmProfile):
        machine = profile.model_dump(
            mode="json", include={"kind", "partition", "constraint", "gpus_per_run", "gpu_type"}
        )
    key = [content, machine, current_code().model_dump(mode="json"), sys.version]
    return data / FOLDER / f"{short_hash(key)}.json"


def read_rehearsal(path: Path, request: RehearsalRequest) -> Rehearsal | None:
    """A rehearsal of all models that went well, if there was one."""
    if not path.exists():
        return None
    found = read_record(path, Rehearsal)
    return found if len(found.models) == len(request.models) else None


def rehearse_here(
    request: RehearsalRequest,
    data: Path,
    meanwhile: Callable[[], object] = lambda: None,
    server: ForkServer | None = None,
) -> Rehearsal:
    """Rehearse in a process of its own on this machine.

    Args:
        request: What to try.
        data: The folder of decoded data sets.
        meanwhile: Called while that process is at work.
        server: Forks that process, which then need not load torch beside the server.

    Raises:
        InputError: A model cannot be trained.
    """
    with tempfile.TemporaryDirectory() as name:
        asked, result = Path(name) / "request.json", Path(name) / "result.json"
        write_record(asked, request)
        address = None if server is None else server.address
        words = module_command("kd.runs.rehearsal.__main__", str(asked), str(data), str(result), server=address)
        # a file, which nobody has to read meanwhile
        with (Path(name) / "errors").open("w+", errors="replace") as errors:
            code = _run_beside(words, errors, meanwhile)
            errors.seek(0)
            said = errors.read()
        rehearsal = read_record(result, Rehearsal) if result.exists() else None
    last_words = said.strip().rpartition("\n")[2] or f"exit code {code}"
    return _verdict(rehearsal, request, f"its process died: {last_words}")


def _run_beside(words: list[str], errors: IO[str], meanwhile: Callable[[], object]) -> int:
    """The exit code of a command; it ends where what is done beside it is interrupted."""
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": errors}
    # a terminal's Ctrl-C is for this process alone: a client of forks would end by it, and its fork go on
    with subprocess.Popen(words, **streams, start_new_session=True) as process:
        try:
            meanwhile()
            return process.wait()
        except BaseException:
            process.terminate()  # which a client passes on to its fork
            with suppress(subprocess.TimeoutExpired):
                process.wait(ENDING_S)
            process.kill()  # a client without a fork yet: it gets none, since the server ends with this process
            raise


class RehearsalJob:
    """The callable that submitit pickles: a rehearsal on the machine that a training would get.

    Args:
        request: What to try.
        data: The folder of decoded data sets.
        result: The file to write.
    """

    def __init__(self, request: RehearsalRequest, data: Path, result: Path) -> None:
        self._request = request
        self._data = data
        self._result = result

    @property
    def logs(self) -> Path:
        """The folder of the job's log: the sweep has none before its first run, and others may use the same data."""
        return self._result.parent / f"logs-{os.geteuid()}"

    def __call__(self) -> None:
        """Rehearse; called in the job."""
        from kd.runs.rehearsal.models import rehearse, training_device

        rehearse(self._request, self._data, self._result, training_device())


def rehearse_on_slurm(
    request: RehearsalRequest,
    profile: SlurmProfile,
    sweep: Path,
    data: Path,
    result: Path,
    say: Callable[[str], None],
    run: Run = run_command,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[..., None] = lambda *notes: None,
) -> Rehearsal:
    """Rehearse in a job, waiting for it; a controller that is started again finds the job that waits.

    Args:
        request: What to try.
        profile: The cluster.
        sweep: The sweep's results folder, which need not be there: the job is named after it.
        data: The folder of decoded data sets.
        result: The file that the job writes; its log goes beside it.
        say: Is told why it is not submitted or does not start, each reason once.
        run: Runs a SLURM client command.
        sleep: Waits between two looks.
        tell: Is told at every look what is the case then.

    Raises:
        InputError: A model cannot be trained, or the job came to nothing.
    """
    result.parent.mkdir(parents=True, exist_ok=True)
    name = f"{job_name(sweep)}-rehearsal-{result.stem}"
    queue = Queue(name, profile.poll_s, run)
    said = set[str]()
    read_place = cache(partial(read_partition, profile.partition, run))  # it stays as it is while a job waits

    def say_once(line: str) -> None:
        tell(line)
        if line not in said:
            said.add(line)
            say(line)

    def look() -> bool:
        if waits := _why_waiting(queue, profile, read_place):
            say_once(waits)
        else:
            tell(AT_WORK)
        return _is_over(result, request)

    job = RehearsalJob(request, data, result)
    for _ in range(MAX_JOBS):
        job_id = _living_job(queue)
        if job_id is None:
            result.unlink(missing_ok=True)  # of an earlier start: what was wrong may have been mended since
            job_id = _submit(job, name, profile, sweep, queue, say_once, sleep)
        try:
            _wait(job_id, queue, look, min(profile.poll_s, 1.0), sleep)
        except KeyboardInterrupt:
            run(["scancel", job_id])
            raise
        end = _end_of_job(job_id, queue, job.logs / f"{job_id}_0_log.out")
        if result.exists():  # which it writes when it begins
            return _verdict(read_record(result, Rehearsal), request, end)
    raise InputError(f"CLUSTER: the rehearsal did not begin: {end}; mend what that says, and start again")


def _end_of_job(job_id: str, queue: Queue, log: Path) -> str:
    """How a job ended, and what it said last."""
    seen, wrote = queue.find(job_id), log.exists()
    return FalseStart(
        job_id=job_id,
        run_ids=(),
        ended_at=now(),
        state=queue.ending(job_id),
        node=seen.node if seen is not None else None,
        log=str(log) if wrote else None,
        log_end=tuple(end_of_log(log, "")) if wrote else (),
    ).text


def rehearsal_minutes(profile: SlurmProfile) -> int:
    """The time limit of the rehearsal's job."""
    return min(LONGEST_MIN, profile.time_min)


def _verdict(found: Rehearsal | None, request: RehearsalRequest, death: str) -> Rehearsal:
    """The rehearsal, where every model came through it.

    Raises:
        InputError: One did not.
    """
    if found is not None and found.failure is None and len(found.models) == len(request.models):
        return found
    if found is not None and found.failure is not None:
        raise InputError(found.failure)
    losses = [f"{place}.loss: {settings[0].loss}" for place, settings in request.losses.items()]
    models = [f"{place}.model: {training.model}" for place, training in request.models.items()]
    num_tried = len(found.losses) + len(found.models) if found else 0
    raise InputError(f"{[*losses, *models][num_tried]} cannot be rehearsed: {death}")


def _is_over(result: Path, request: RehearsalRequest) -> bool:
    if not result.exists():
        return False
    found = read_record(result, Rehearsal)
    return found.failure is not None or len(found.models) == len(request.models)


def _why_waiting(queue: Queue, profile: SlurmProfile, read_place: Callable[[], Partition | None]) -> str | None:
    """What keeps the rehearsal's job waiting, once SLURM has looked at it; nothing where it does not wait."""
    for job_id, phase in (queue.phases() or {}).items():
        seen = queue.find(job_id)
        if phase == "waiting" and seen is not None and seen.reason not in ("", "None"):
            place = read_place() if "TimeLimit" in seen.reason else None
            return f"The rehearsal's job {job_id} waits {explain(seen.reason, profile, place, [job_id])}."
    return None


def _living_job(queue: Queue) -> str | None:
    phases = queue.look_now() or {}
    return next((job_id for job_id, phase in phases.items() if phase != "over"), None)


def _submit(
    job: RehearsalJob,
    name: str,
    profile: SlurmProfile,
    sweep: Path,
    queue: Queue,
    say: Callable[[str], None],
    sleep: Callable[[float], None],
) -> str:
    """Submit the job, however long the scheduler takes none.

    Raises:
        InputError: sbatch refuses the profile.
    """
    make_closed(job.logs)
    executor = SlurmSubmitter(folder=job.logs)
    minutes = rehearsal_minutes(profile)
    # a signal that is due before the start would come at once
    limits = {"job_name": name, "time": minutes, "signal_delay_s": min(profile.signal_delay_s, 60 * minutes - 1)}
    executor.update_parameters(**parameters(profile, sweep) | limits)
    while True:
        try:
            with clean_environment(), redirect_stderr(io.StringIO()):
                job_id = str(executor.submit(job).job_id)
        except (FailedJobError, FailedSubmissionError, subprocess.SubprocessError) as error:
            if refusal_of(str(error), has_jobs=False) in ("closed", "for good"):
                raise InputError(explain_refusal(str(error))) from error
            way_out = "" if is_busy(str(error)) else f"; {ONE}"
            say(f"SLURM takes no job now, and is asked again: {first_line(str(error))}{way_out}")
            sleep(profile.poll_s)
            if (waiting := _living_job(queue)) is not None:  # taken, though sbatch gave no answer
                return waiting
        else:
            queue.expect([job_id])
            return job_id


def _wait(
    job_id: str, queue: Queue, is_over: Callable[[], bool], pause_s: float, sleep: Callable[[float], None]
) -> None:
    """Until there is a result, or the job is over without one."""
    while not is_over():
        sleep(pause_s)
        phases = queue.phases() or {}
        if phases.get(job_id) == "over" or queue.gone([job_id]):
            sleep(pause_s)  # a shared file system shows a file some moments after it was written
            return
