"""What is submitted: a profile in the words of submitit and of ``sbatch``."""

from pathlib import Path
from typing import Any

from submitit.slurm.slurm import _make_sbatch_string

from harness.cluster.profiles import SlurmProfile
from harness.cluster.submission import entry_command
from kd.files import short_hash

NOT_THE_CONTROLLERS = ("exclusive", "mem_per_cpu", "mem_per_gpu", "gpus", "gpus_per_node", "gpus_per_task", "gpu_bind")
"""Options of the workers' jobs that would make a controller's job large; spelt with hyphens too."""
NOT_ASKED_FOR = ("job_name", "comment", "array_parallelism", "mail_user", "mail_type")
"""Parameters that decide neither whether nor where a job starts, nor what it has there."""


def job_name(sweep: Path) -> str:
    """What the jobs of a results folder are called: readable, and no other folder's."""
    return f"kd-{sweep.name}-{short_hash(str(sweep))}"


def controller_name(sweep: Path) -> str:
    """What the job of its controller is called."""
    return f"{job_name(sweep)}-controller"


def parameters(profile: SlurmProfile, sweep: Path, gpus: int = 1) -> dict[str, Any]:
    """A profile in submitit's words, for jobs of ``gpus`` tasks on one node."""
    gpu = f"gpu:{profile.gpu_type}" if profile.gpu_type else "gpu"
    given = {
        "partition": profile.partition,
        "account": profile.account,
        "qos": profile.qos,
        "constraint": profile.constraint,
        "exclude": profile.exclude,
        "mail_user": profile.mail_user,
        "mail_type": profile.mail_type,
        "mem": None if profile.mem_gb is None else f"{round(profile.mem_gb * gpus * 1024)}M",
        "gres": f"{gpu}:{profile.gpus_per_run * gpus}" if profile.gpus_per_run else None,
        "ntasks_per_node": gpus if gpus > 1 else None,
        "setup": list(profile.setup) or None,
    }
    return {key: value for key, value in given.items() if value is not None} | {
        "job_name": job_name(sweep),
        "comment": profile.comment or str(sweep),
        "time": profile.time_min,
        "signal_delay_s": profile.signal_delay_s,
        "cpus_per_task": profile.cpus_per_task,
        "array_parallelism": profile.array_parallelism,
        "stderr_to_stdout": True,
        "wckey": None,
        # since 22.05 a step does not inherit the number from its job; where a job is submitted with export: NONE, what
        # the script sets, submitit's word and the lines of setup, would not reach the step
        "srun_args": [f"--cpus-per-task={profile.cpus_per_task}", "--export=ALL"],
        "additional_parameters": {"requeue" if profile.requeue else "no-requeue": True} | dict(profile.additional),
    }


def fingerprint(profile: SlurmProfile, sweep: Path) -> str:
    """A hash of what a profile asks for in each job: one that waits under another would have to be submitted anew."""
    asked = parameters(profile, sweep)
    return short_hash(repr([(key, asked[key]) for key in sorted(asked) if key not in NOT_ASKED_FOR]))


def controller_parameters(profile: SlurmProfile, sweep: Path) -> dict[str, Any]:
    """A profile in submitit's words for the job of the controller: small, and started again when it is interrupted.

    What the workers ask for beside the place and the account is theirs alone.
    """
    theirs = {name.replace("_", "-") for name in NOT_THE_CONTROLLERS}
    small = profile.model_copy(
        update={
            "partition": profile.controller_partition or profile.partition,
            "time_min": profile.controller_time_min,
            "signal_delay_s": min(profile.signal_delay_s, profile.controller_time_min * 60 - 1),
            "mem_gb": profile.controller_mem_gb,
            "gpus_per_run": 0,
            "cpus_per_task": 1,
            "constraint": None,
            "requeue": True,
            "additional": {name: value for name, value in profile.additional.items() if name not in theirs},
        }
    )
    return parameters(small, sweep) | {"job_name": controller_name(sweep)}


def sbatch_text(profile: SlurmProfile, sweep: Path, num_jobs: int, gpus: int = 1) -> str:
    """What would be submitted for this many jobs of ``gpus`` tasks.

    submitit makes the text only while it submits. This is the function that makes it, which submitit does not promise
    to keep: its version is pinned exactly, and a test compares this text with what its executor writes.
    """
    return str(
        _make_sbatch_string(
            command=entry_command(sweep / "logs"),
            folder=sweep / "logs",
            map_count=num_jobs if num_jobs > 1 else None,
            **parameters(profile, sweep, gpus),
        )
    )
