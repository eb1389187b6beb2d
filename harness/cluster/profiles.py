"""Cluster profiles: where jobs run and how much of it they may use."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from harness.state.standing.progress import FORK_S, JOB_S
from harness.sweep.names import checked_name
from harness.sweep.reading.finding import is_path, is_there, no_such_file
from harness.sweep.reading.plain_yaml import read_yaml
from harness.sweep.reading.validation import validate
from harness.sweep.schema import Sweep
from kd.config import Config
from kd.cores import num_cores
from kd.errors import InputError
from kd.remedies import did_you_mean

CLUSTERS = Path("sweeps") / "clusters"
Pack = Annotated[
    Annotated[int, Field(ge=1)] | Literal["auto"],
    Field(
        description="runs of a job that are trained together as one stacked model; auto: on a GPU as many as can be, "
        "where the student is small, on a CPU 1. No GPU has measured yet whether that pays"
    ),
]
HangMin = Annotated[
    float,
    Field(
        gt=0,
        description="a run that has made no step for so long is ended and goes on from its checkpoint; "
        "while its job is suspended it is left",
    ),
]
AUTO_PACK = 8  # of pack: auto on a GPU, in jobs of as many runs as fill a minute; bench.gpu is to set it
OWN_OPTIONS = {"array", "error", "job-name", "no-requeue", "open-mode", "output", "parsable", "signal", "wrap"}


class LocalProfile(Config):
    """This machine. A slot is one GPU where there are any, otherwise an equal share of the cores."""

    kind: Literal["local"] = Field("local", description="this machine")
    slots: int | None = Field(None, ge=1, description="jobs at a time; null: one a GPU, or one a core")
    runs_per_job: int | None = Field(
        None,
        ge=1,
        description="runs that share one interpreter and one copy of the data; null: enough for a minute; "
        "on Linux without GPUs, where a start costs little, for two seconds",
    )
    pack: Pack = 1
    critical_threads: int = Field(
        8,
        ge=1,
        description="CPU threads at most of a run that all others wait for (teacher, its pass, a lone final run, "
        "test): it takes the slots that would be idle; 1: its own slot alone. Never on GPUs",
    )
    hang_min: HangMin = 60

    @model_validator(mode="after")
    def _packs_fit_jobs(self) -> "LocalProfile":
        return _with_packs_in_jobs(self)

    @property
    def pack_size(self) -> int:
        """Runs of a job that are trained together, as far as they can be."""
        return _pack_size(self, bool(visible_gpus()))

    @property
    def forks(self) -> bool:
        """Whether jobs are forks of a process that has loaded torch.

        Not on another system than Linux (none other says how many threads a process has, and the libraries of macOS
        start some), nor beside GPUs, where nobody has tried it.
        """
        return sys.platform == "linux" and not visible_gpus()

    @property
    def job_s(self) -> float:
        """Seconds of training that are worth a job: some fifteen times what its start takes."""
        return FORK_S if self.forks else JOB_S

    @property
    def num_slots(self) -> int:
        """Jobs at a time."""
        return self.slots or len(visible_gpus()) or num_cores()

    @property
    def threads_per_slot(self) -> int:
        """CPU threads a job owns, for each of its slots."""
        return self.threads_of(1)

    def threads_of(self, slots: int, gpus: int = 1) -> int:
        """CPU threads of each of the ``gpus`` tasks of a job that takes so many slots: their share of all cores."""
        return max(1, num_cores() * slots // self.num_slots // gpus)

    def threads_for(self, gpus: int, num_abreast: int | None = None) -> int:
        """The same of a run, by what decides how many slots it takes (``slots_of``)."""
        return self.threads_of(self.slots_of(gpus, num_abreast), gpus)

    def slots_of(self, gpus: int, num_abreast: int | None = None) -> int:
        """Slots that a job of ``gpus`` takes: as many, and those that would be idle where all others wait for it.

        It depends on nothing that happens: a run on a CPU has other bits with another number of threads.

        Args:
            gpus: Tasks of the job.
            num_abreast: So many runs, and no others, can be at work with it; None: the others fill the slots.

        Raises:
            InputError: There are not so many.
        """
        num_gpus = len(visible_gpus())
        most = min(self.num_slots, num_gpus or self.num_slots)
        if gpus > most:
            raise InputError(f"gpus: {gpus} are more than the {most} slot(s) of this machine; ask for at most {most}")
        if num_abreast is None or num_gpus:
            return gpus
        own, most_threads = self.threads_per_slot, self.critical_threads
        wider = range(self.num_slots // num_abreast, gpus, -1)
        return next((slots for slots in wider if own < self.threads_of(slots, gpus) <= most_threads), gpus)


def _option_names(options: dict[str, str | bool | int]) -> dict[str, str | bool | int]:
    """The options as sbatch spells them."""
    named = {name.replace("_", "-"): value for name, value in options.items()}
    for name, value in named.items():
        if name.startswith("-"):
            raise ValueError(f"write '{name}' as '{name.lstrip('-')}', without leading hyphens")
        if value is False:
            raise ValueError(f"{name}: a switch is true, or left out")
        keys = {"time": "time_min", "mem": "mem_gb", "gres": "gpus_per_run", "requeue": "requeue"}
        own = name.replace("-", "_") if name.replace("-", "_") in SlurmProfile.model_fields else keys.get(name)
        if own is not None:
            raise ValueError(f"{name} has a key of its own, {own}")
        if name in OWN_OPTIONS:
            raise ValueError(f"{name} is set by this program; leave it out")
    return named


class SlurmProfile(Config):
    """A SLURM cluster. Null leaves a choice to the site's default."""

    kind: Literal["slurm"] = Field(description="a SLURM cluster, from one of its login nodes")
    partition: str | None = Field(None, description="null: the site's usual one")
    account: str | None = Field(None, description="that the time is charged to; null: the user's usual one")
    qos: str | None = Field(None, description="quality of service; null: the account's usual one")
    time_min: int = Field(240, ge=1, description="of one job; a job that needs longer is requeued and goes on")
    signal_delay_s: int = Field(120, ge=1, le=65535, description="a job is asked to stop this long before its limit")
    gpus_per_run: int = Field(
        1, ge=0, le=1, description="0: train on the CPU; a run with gpus: N has N tasks, each with so many"
    )
    gpu_type: str | None = Field(None, description="as in gres gpu:TYPE:1")
    cpus_per_task: int = Field(4, ge=1, description="cores of each task, all of which torch uses")
    mem_gb: float | None = Field(None, gt=0, description="for each task")
    constraint: str | None = Field(None, description="features that a node must have, as sbatch takes them")
    exclude: str | None = Field(None, description="nodes to keep away from")
    setup: tuple[str, ...] = Field((), description="shell lines run before each job, such as module load")
    array_parallelism: int = Field(64, ge=1, description="jobs of the sweep at a time, waiting or running")
    runs_per_job: int | None = Field(
        None, ge=1, description="runs that share one interpreter and one copy of the data; null: enough for a minute"
    )
    pack: Pack = 1
    requeue: bool = Field(True, description="SLURM restarts an interrupted job; false: the controller submits another")
    controller_partition: str | None = Field(None, description="of the controller's own job (DETACH=1); null: as above")
    controller_time_min: int = Field(1440, ge=1, description="its limit; it is requeued and goes on")
    controller_mem_gb: float | None = Field(4.0, gt=0, description="of the controller's own job")
    mail_user: str | None = Field(None, description="who gets SLURM's mails")
    mail_type: str | None = Field(None, description="when: END, FAIL, … as sbatch takes them")
    comment: str | None = Field(None, description="null: the sweep's folder")
    additional: Annotated[dict[str, str | bool | int], AfterValidator(_option_names)] = Field(
        {}, description="any other sbatch option, without its hyphens: {reservation: night, exclusive: true}"
    )
    hang_min: HangMin = 60
    poll_s: float = Field(10.0, gt=0, description="the queue is asked at most this often, for all jobs at once")

    @model_validator(mode="after")
    def _time_to_stop(self) -> "SlurmProfile":
        if self.signal_delay_s >= self.time_min * 60:
            raise ValueError(
                f"signal_delay_s {self.signal_delay_s} leaves nothing of time_min {self.time_min}; "
                "raise time_min, or lower signal_delay_s"
            )
        return _with_packs_in_jobs(self)

    @property
    def pack_size(self) -> int:
        """Runs of a job that are trained together, as far as they can be."""
        return _pack_size(self, self.gpus_per_run > 0)

    @property
    def job_s(self) -> float:
        """Seconds of training that are worth a job."""
        return JOB_S

    @property
    def num_slots(self) -> int:
        """Jobs at a time, waiting or running."""
        return self.array_parallelism

    @property
    def threads_per_slot(self) -> int:
        """CPU threads a job owns, for each of its tasks."""
        return self.cpus_per_task

    def threads_for(self, gpus: int, num_abreast: int | None = None) -> int:
        """The same, whichever run it is."""
        return self.cpus_per_task

    def slots_of(self, gpus: int, num_abreast: int | None = None) -> int:
        """Slots that a job takes: one, however many GPUs it has and whoever waits for it."""
        return 1


Profile = LocalProfile | SlurmProfile
AnyProfile = TypeVar("AnyProfile", LocalProfile, SlurmProfile)


def _with_packs_in_jobs(profile: AnyProfile) -> AnyProfile:
    if profile.pack != "auto" and profile.runs_per_job is not None and profile.pack > profile.runs_per_job:
        raise ValueError(
            f"pack {profile.pack} is above runs_per_job {profile.runs_per_job}; lower it, or raise runs_per_job"
        )
    return profile


def _pack_size(profile: Profile, on_gpu: bool) -> int:
    if profile.pack != "auto":
        return profile.pack
    return (profile.runs_per_job or AUTO_PACK) if on_gpu else 1


def job_size(num_ready: int, num_free: int, runs_per_job: int, num_together: int) -> int:
    """How many of the ready runs the next job takes: an even share, or all that are trained together.

    Args:
        num_ready: Runs that may start.
        num_free: Jobs that may.
        runs_per_job: The most runs of a job.
        num_together: So many of the ready runs make a pack.
    """
    return min(runs_per_job, max(-(-num_ready // num_free), num_together))


def load_cluster(name: str) -> Profile:
    """The profile of ``sweeps/clusters/NAME.yaml``, or of a path; ``local`` needs no file.

    Raises:
        InputError: There is no such profile, or it does not validate.
    """
    path = Path(name) if is_path(name) else CLUSTERS / f"{checked_name(name, 'CLUSTER')}.yaml"
    if name == "local" and not is_there(path):
        return LocalProfile()
    if not is_there(path):
        raise no_such_file("CLUSTER", name, path, {"local", *(entry.stem for entry in CLUSTERS.glob("*.yaml"))})
    content = read_yaml(path)
    kind = content.get("kind", "local")
    if kind == "local":
        return validate(LocalProfile, content, str(path))
    if kind == "slurm":
        return validate(SlurmProfile, content, str(path))
    hint = did_you_mean(str(kind), ("local", "slurm"))
    raise InputError(f"{path}: kind: '{kind}' is no kind of cluster{hint}; there are local, slurm")


def student_jobs(profile: Profile, sweep: Sweep) -> int:
    """How many of the student's jobs there is room for at a time; of several students, of the one that needs most.

    Raises:
        InputError: A job of the sweep would never find room.
    """
    for teacher in sweep.all_teachers:
        profile.slots_of(teacher.gpus)
    return min(jobs_for(profile, student.gpus) for student in sweep.all_students.values())


def jobs_for(profile: Profile, gpus: int, num_abreast: int | None = None) -> int:
    """How many jobs of so many GPUs there is room for at a time; the rest as ``slots_of`` has it."""
    return profile.num_slots // profile.slots_of(gpus, num_abreast)


def gpu_name() -> str | None:
    """Of the first NVIDIA GPU that this process may use, as torch calls it; None where there is none."""
    visible = visible_gpus()
    if not visible or shutil.which("nvidia-smi") is None:
        return None
    words = ["nvidia-smi", f"--id={visible[0]}", "--query-gpu=name", "--format=csv,noheader"]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    return found.stdout.strip().partition("\n")[0] or None if found.returncode == 0 else None


def visible_gpus() -> list[int | str]:
    """The NVIDIA GPUs that this process may use, by number or as they are named to it, without loading torch."""
    limited = os.environ.get("CUDA_VISIBLE_DEVICES")
    if limited is not None:
        return [int(word) if word.isdigit() else word for word in map(str.strip, limited.split(",")) if _is_gpu(word)]
    if shutil.which("nvidia-smi") is None:
        return []
    listing = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False).stdout
    return list(range(sum(line.startswith("GPU ") for line in listing.splitlines())))


def _is_gpu(word: str) -> bool:
    """Whether a word of CUDA_VISIBLE_DEVICES is a GPU: a number, or the UUID of one or of a part of one."""
    return word.isdigit() or word.startswith(("GPU-", "MIG-"))
