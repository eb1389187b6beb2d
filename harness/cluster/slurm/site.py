"""What a site allows, and why it lets a job wait: SLURM's words in ours, with the key to change."""

import re
import shlex
import tempfile
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.command import Run, first_line, is_busy, run_command, way_out
from kd.errors import InputError

SIZES = "cpus_per_task, mem_gb, gpus_per_run, gpu_type"
NEVER = "and will not start without help"
ONE = "where it has room for one job alone, start without DETACH=1, since a controller's job counts too"
REASONS: dict[str, str] = {
    "None": "for SLURM to look at it",
    "Resources": "for free nodes",
    "Priority": "for jobs of a higher priority",
    "BeginTime": "for the time at which SLURM starts it again",
    "JobArrayTaskLimit": "for others of its array: array_parallelism limits them",
    "Dependency": "for a job that it depends on",
    "DependencyNeverSatisfied": f"for a job that failed, {NEVER}: scancel JOBS ends it",
    "Licenses": "for a licence",
    "Reservation": "for its reservation",
    "JobHeldUser": f"held by its user, {NEVER}: scontrol release JOBS frees it",
    "JobHeldAdmin": f"held by an administrator, {NEVER}: ask them",
    "JobHoldMaxRequeue": f"held since it was requeued too often, {NEVER}: scontrol release JOBS frees it",
    "PartitionDown": "for its partition, which is down: ask the site, or choose another partition",
    "PartitionInactive": "for its partition, which is inactive: ask the site, or choose another partition",
    "PartitionTimeLimit": f"since time_min is above its partition's limit, {NEVER}: lower time_min",
    "PartitionNodeLimit": f"since its partition has not so many nodes, {NEVER}",
    "InvalidAccount": f"since its account is not valid, {NEVER}: correct account",
    "InvalidQOS": f"since its QOS is not valid, {NEVER}: correct qos",
    "PartitionConfig": f"since no node of its partition has what it asks for: see {SIZES}",
    "BadConstraints": f"since no node fits constraint, {NEVER}: correct constraint",
    "MaxMemPerLimit": f"since mem_gb is above what a partition allows, {NEVER}: lower mem_gb",
    "ReservationDeleted": f"since its reservation is gone, {NEVER}: correct the reservation in additional",
    "DeadLine": f"since its deadline cannot be met, {NEVER}: see deadline in additional, or lower time_min",
    "ReqNodeNotAvail, Reserved for maintenance": "for the end of a maintenance: a lower time_min may fit in before it",
    "ReqNodeNotAvail": "for nodes that are down, drained or reserved",
    "NodeDown": "for a node that is down",
}
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(QOS|Assoc).*MaxWall.*|.*TimeLimit", f"since time_min is above a limit, {NEVER}: lower time_min"),
    (r"(QOS|Assoc).*Per(Job|Node).*", f"since one job asks for more than a limit allows, {NEVER}: ask for less"),
    (r"QOSMin.*", f"since one job asks for less than its QOS wants, {NEVER}: ask for more, or correct qos"),
    (r"QOSNotAllowed|AccountNotAllowed", f"since its partition is not open to it, {NEVER}: correct account or qos"),
    (r"(QOS|Assoc)Grp.*Minutes.*", "for a budget of time that your group shares: a lower time_min asks for less of it"),
    (r"(QOS|Assoc)(Grp|Usage).*|Max\w+PerAccount", f"for a limit that your group shares; {ONE}"),
    (
        r"(QOS|Assoc)Max(Submit)?Job.*|(QOS|Association)JobLimit",
        f"for a limit of jobs: a lower array_parallelism asks for fewer; {ONE}",
    ),
    (
        r"(QOS|Assoc).*|AccountingPolicy",
        f"for a limit of what you may hold: a lower array_parallelism asks for less; {ONE}",
    ),
    (r"Nodes required for job are DOWN.*", "for nodes that are down, drained or reserved"),
    (r"launch.failed.*held", f"held after a failed start, {NEVER}: scontrol release JOBS frees it"),
    (r".*held.*", f"requeued and held by somebody, {NEVER}: scontrol release JOBS frees it"),
)


MOST_NAMED = 10  # arrays, and jobs of none, in a sentence: with more it would be longer than what it is about


REFUSALS: tuple[tuple[str, str], ...] = (
    (r"qos specification|invalid qos", "qos"),
    (r"invalid account", "account, or the partition that it may use"),
    (r"invalid partition|partition name", "partition"),
    (r"partition not available", "partition, or start again when the site has opened it"),
    (r"time limit|maxwall", "time_min"),
    (r"time specified", "time_min, or start in the time of the reservation in additional"),
    (r"memory", "mem_gb"),
    (r"gres|generic resource", "gpus_per_run and gpu_type"),
    (r"feature", "constraint"),
    (r"node name", "exclude, or the nodes in additional"),
    (r"node configuration|node count|cpu count", f"whichever of {SIZES}, constraint and exclude leaves no node"),
    (r"reservation", "the reservation in additional"),
    (r"perjob", f"what one job asks for: time_min, {SIZES}"),
)
"""What sbatch says of a refusal for good, and the key of the profile that it is about."""


class Partition(NamedTuple):
    """What a partition allows; None where it sets no limit. Memory in MB, of a node."""

    name: str
    is_up: bool
    max_time_min: int | None
    max_mem_mb: int | None
    max_cpus: int | None
    gpus: dict[str, int] | None
    """Of its nodes the most by type; the empty type is any."""
    nodes: frozenset[str] = frozenset()
    takes_jobs: bool = True
    """Where it is not up, whether it queues them until it is: one that is down does, a draining or inactive one not."""


def explain_refusal(error: str) -> str:
    """What sbatch said, with the key to change.

    >>> explain_refusal("sbatch: error: Batch job submission failed: Invalid qos specification")
    'CLUSTER: sbatch: error: Batch job submission failed: Invalid qos specification; correct qos'
    """
    return f"CLUSTER: {with_key(error)}"


def with_key(error: str) -> str:
    """The same without saying what it is about."""
    said = first_line(error)
    key = next((key for form, key in REFUSALS if re.search(form, said.lower())), None)
    return f"{said}; correct {key}" if key else f"{said}{way_out(error)}"


def explain(
    reason: str, profile: SlurmProfile, partition: Partition | None = None, job_ids: Iterable[str] = ("JOB",)
) -> str:
    """Why a job waits, in a few words that go on from "waits"; SLURM's own word is kept.

    Args:
        reason: As squeue says it.
        profile: What was asked for.
        partition: Where, if it is known.
        job_ids: Of the jobs, for a command that is about them.
    """
    word = reason.partition(",")[0].strip()
    if word == "PartitionTimeLimit" and partition is not None and partition.max_time_min is not None:
        limit = f"the {partition.max_time_min} of partition {partition.name}"
        if profile.time_min > partition.max_time_min:
            return f"since time_min {profile.time_min} is above {limit}, {NEVER} ({word})"
        text = f"since the time that it was submitted with is above a limit, {NEVER}: scancel JOBS, and start again"
    else:
        by_form = (text for form, text in PATTERNS if re.fullmatch(form, word))
        text = REASONS.get(reason) or REASONS.get(word) or next(by_form, "")
    if not text:
        return f"for a reason that SLURM calls {reason or 'nothing'}"
    jobs = job_list(job_ids)
    if "JOBS" in text and (num_more := len(jobs) - MOST_NAMED) > 0:
        return f"{text} ({reason}; JOBS are {', '.join(jobs[:MOST_NAMED])} and {num_more:,} more)"
    text = text.replace("scancel JOBS", shlex.join(["scancel", *jobs])).replace("JOBS", shlex.quote(",".join(jobs)))
    return f"{text} ({reason})"


def job_list(job_ids: Iterable[str]) -> list[str]:
    """Jobs as SLURM's commands take them, the elements of an array in one word.

    >>> job_list(["4_0", "4_10", "4_1", "4_2", "5_3", "6"])
    ['4_[0-2,10]', '5_3', '6']
    """
    elements: dict[str, set[int]] = {}
    for job_id in job_ids:
        array, _, element = job_id.partition("_")
        elements.setdefault(array, set()).update([int(element)] if element.isdigit() else [])
    return [f"{array}_{_ranges(sorted(numbers))}" if numbers else array for array, numbers in elements.items()]


def _ranges(numbers: list[int]) -> str:
    """What neighbours have in common is how far they are from their place in the list.

    >>> _ranges([7]), _ranges([0, 1, 2, 5, 8, 9])
    ('7', '[0-2,5,8-9]')
    """
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), lambda place: place[1] - place[0])]
    text = ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return text if len(numbers) == 1 else f"[{text}]"


def read_partition(name: str | None, run: Run = run_command) -> Partition | None:
    """A partition as ``scontrol`` and ``sinfo`` describe it, by default the site's; None where they do not say.

    Args:
        name: Its name; None for the default one; of several, with commas between them as sbatch takes them, the most
            that one of them allows.
        run: Runs a command.
    """
    there = _partitions(run)
    names = name.split(",") if name else [key for key, fields in there.items() if fields.get("Default") == "YES"]
    found = [there[each] for each in names if each in there]
    if not found:
        return None
    name = ",".join(fields["PartitionName"] for fields in found)
    nodes = run(("sinfo", "--noheader", "--Node", f"--partition={name}", "--format=%N|%c|%m|%G"))
    rows = [line.split("|") for line in nodes.output.splitlines() if line.count("|") == 3] if nodes.code == 0 else []
    sizes = [int(size) for _, _, size, _ in rows if size.isdigit()]
    mem_mb = [int(value) if value.isdigit() else None for value in (each.get("MaxMemPerNode", "") for each in found)]
    limits = [_most(mem_mb), max(sizes, default=None)]
    return Partition(
        name=name,
        is_up=any(fields.get("State") == "UP" for fields in found),
        takes_jobs=any(fields.get("State") in ("UP", "DOWN") for fields in found),
        max_time_min=_most(_minutes(fields.get("MaxTime", "")) for fields in found),
        max_mem_mb=min((each for each in limits if each is not None), default=None),
        max_cpus=max((int(cpus) for _, cpus, _, _ in rows if cpus.isdigit()), default=None),
        gpus=_gpus(gres for *_, gres in rows) if rows else None,
        nodes=frozenset(node for node, *_ in rows),
    )


def check_partition(name: str, run: Run = run_command) -> None:
    """Make sure that there is such a partition, or each of several, as far as the scheduler answers.

    Raises:
        InputError: There is none; the message says which there are.
    """
    there = _partitions(run)
    unknown = [each for each in name.split(",") if each not in there]
    if there and unknown:
        open_ones = sorted(key for key, fields in there.items() if fields.get("Hidden") != "YES")
        raise InputError(f"CLUSTER: partition: '{unknown[0]}' is not on this cluster; there are {', '.join(open_ones)}")


def refusal_at_present(script: str, run: Run = run_command) -> str | None:
    """Why SLURM would not take, or not start, a job as things are: ``sbatch --test-only`` submits nothing.

    Args:
        script: The job's text.
        run: Runs a command.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.sh"
        path.write_text(script, encoding="utf-8")
        answer = run(("sbatch", "--test-only", str(path)))
    if answer.code <= 0 or is_busy(answer.error) or way_out(answer.error):
        return None
    return with_key(answer.error).replace("allocation failure: ", "").replace("sbatch: error: ", "")


def _partitions(run: Run) -> dict[str, dict[str, str]]:
    """All partitions by name, those too that a site hides from its lists; none where nobody answers."""
    answer = run(("scontrol", "--all", "--oneliner", "show", "partition"))
    lines = [line for line in answer.output.splitlines() if "PartitionName=" in line] if answer.code == 0 else []
    return {fields["PartitionName"]: fields for fields in map(_fields, lines)}


def _most(limits: Iterable[int | None]) -> int | None:
    """The highest limit; None where one sets none."""
    limits = list(limits)
    return None if None in limits else max(each for each in limits if each is not None)


def misfits(profile: SlurmProfile, partition: Partition, tasks: int = 1) -> list[str]:
    """What a job asks for beyond what a partition has, a line each, with the key to change.

    Args:
        profile: Of the job.
        partition: Where it would run.
        tasks: Of the job, on one node.
    """
    where, found = f"partition {partition.name}", []
    if not partition.is_up:
        way_on = "jobs wait until the site brings it back" if partition.takes_jobs else "it takes no jobs now"
        found.append(f"{where} is not up: {way_on}")
    if partition.max_time_min is not None and profile.time_min > partition.max_time_min:
        found.append(f"time_min {profile.time_min} is above the {partition.max_time_min} of {where}")
    mem_mb = None if profile.mem_gb is None else profile.mem_gb * tasks * 1024
    if mem_mb is not None and partition.max_mem_mb is not None and mem_mb > partition.max_mem_mb:
        mem = f"mem_gb {profile.mem_gb:g}{_times(tasks)}"
        found.append(f"{mem} is above the {partition.max_mem_mb / 1024:.4g} of a node of {where}")
    if partition.max_cpus is not None and profile.cpus_per_task * tasks > partition.max_cpus:
        cpus = f"cpus_per_task {profile.cpus_per_task}{_times(tasks)}"
        found.append(f"{cpus} is above the {partition.max_cpus} of a node of {where}")
    if profile.gpus_per_run and partition.gpus is not None:
        found += _missing_gpus(profile, partition, tasks, where)
    return found


def _missing_gpus(profile: SlurmProfile, partition: Partition, tasks: int, where: str) -> list[str]:
    assert partition.gpus is not None
    there = partition.gpus.get(profile.gpu_type or "", 0)
    if profile.gpus_per_run * tasks <= there:
        return []
    if profile.gpu_type and not there:
        types = ", ".join(sorted(name for name in partition.gpus if name)) or "no type by name"
        return [f"gpu_type {profile.gpu_type} is not in {where}, which has {types}"]
    wanted = f"{profile.gpus_per_run * tasks} GPU(s)"
    return [f"a job asks for {wanted} on one node, and a node of {where} has at most {there}: gpus_per_run, gpus"]


def _times(tasks: int) -> str:
    return f" × {tasks} tasks" if tasks > 1 else ""


def _fields(line: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


def _minutes(text: str) -> int | None:
    """SLURM's time in minutes; None for UNLIMITED.

    >>> _minutes("1-00:00:00"), _minutes("00:10:00"), _minutes("UNLIMITED")
    (1440, 10, None)
    """
    found = re.fullmatch(r"(?:(\d+)-)?(\d+):(\d+):(\d+)", text)
    if found is None:
        return None
    days, hours, minutes, _ = (int(part or 0) for part in found.groups())
    return (24 * days + hours) * 60 + minutes


def _gpus(gres: Iterable[str]) -> dict[str, int]:
    """The most GPUs of a node, by type, from texts such as ``gpu:a100:4(S:0-1),shard:8``.

    >>> _gpus(["gpu:a100:4(S:0-1)", "gpu:2", "(null)"])
    {'': 4, 'a100': 4}
    """
    most = {"": 0}
    for text in gres:
        here: dict[str, int] = {"": 0}
        for kind, number in re.findall(r"gpu(?::([A-Za-z]\w*[\w.-]*))?:(\d+)", text):
            here[""] += int(number)
            if kind:
                here[kind] = here.get(kind, 0) + int(number)
        most |= {kind: max(number, most.get(kind, 0)) for kind, number in here.items()}
    return most
