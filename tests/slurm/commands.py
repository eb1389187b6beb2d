"""What SLURM's client commands say, on a model of slurmctld.

Understood is what the harness, submitit and the tests say; any other word is refused, so that the fake
never agrees by accident.
"""

import argparse
import shlex
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from harness.cluster.slurm.command import Answer
from tests.slurm.model import DEFAULT_PARTITION, ENDED, SUBMIT_LIMIT, TIERS, Job, Node, Request, Slurmctld, SlurmError

AWAY = "Unable to contact slurm controller (connect failure)"
SQUEUE_FIELDS: dict[str, Callable[[Job], str]] = {
    "%i": lambda job: job.name,
    "%T": lambda job: job.state,
    "%r": lambda job: job.reason,
    "%N": lambda job: job.last_node,
}


class Commands:
    """Answers client commands."""

    def __init__(self, model: Slurmctld) -> None:
        self._model = model
        self._env: Mapping[str, str] = {}
        self._commands: dict[str, Callable[[list[str]], str]] = {
            "squeue": self._squeue,
            "scancel": self._scancel,
            "scontrol": self._scontrol,
            "sinfo": self._sinfo,
        }

    def answer(self, words: Sequence[str], env: Mapping[str, str], folder: Path) -> Answer:
        """Carry a command out, given in a folder with an environment."""
        name, *arguments = words
        try:
            if name == "sbatch":
                return Answer(0, self._sbatch(arguments, env, folder))
            if name in self._commands:
                self._env = env
                return Answer(0, self._commands[name](arguments))
            return Answer(1, "", f"fake {name}: not understood")
        except SlurmError as error:
            return Answer(1, "", str(error))
        except argparse.ArgumentError as error:
            return Answer(1, "", f"fake {name}: not understood: {error}")
        finally:
            self._model.advance()

    def _check_present(self, prefix: str) -> None:
        if self._model.is_away:
            raise SlurmError(f"{prefix}: {AWAY}")

    def _sbatch(self, words: list[str], env: Mapping[str, str], folder: Path) -> str:
        self._check_present("sbatch: error: Batch job submission failed")
        given = _sbatch_parser().parse_args(words)
        if "SBATCH_PARTITION" in env:  # outweighs the script's own line, as with the real one
            words = [*words, f"--partition={env['SBATCH_PARTITION']}"]
        if given.wrap is None:
            script = (folder / given.script).read_text()
            directives = [line.removeprefix("#SBATCH ") for line in script.splitlines() if line.startswith("#SBATCH ")]
            given = _sbatch_parser().parse_args([*shlex.split("\n".join(directives)), *words])
        else:
            script = f"#!/bin/sh\n{given.wrap}\n"
        try:
            request = _request(given, script, env, folder)
            if given.test_only:
                return ""
            array = self._model.submit(request)
        except SlurmError as error:
            if given.test_only:
                raise SlurmError(f"allocation failure: {error}") from error
            reason = ""
            if "partition" in str(error):
                reason = f"invalid partition specified: {given.partition}\nsbatch: error: "
            elif str(error) == SUBMIT_LIMIT:
                reason = "QOSMaxSubmitJobPerUserLimit\nsbatch: error: "
            raise SlurmError(f"sbatch: error: {reason}Batch job submission failed: {error}") from error
        return f"{array.number}\n" if given.parsable else f"Submitted batch job {array.number}\n"

    def _squeue(self, words: list[str]) -> str:
        self._check_present("slurm_load_jobs error")
        parser = Parser()
        parser.add_argument("--noheader", "-h", action="store_true", required=True)
        for switch in ("--array", "--me"):
            parser.add_argument(switch, action="store_true")
        parser.add_argument("--states", choices=["all"])
        parser.add_argument("--name")
        parser.add_argument("--format", "-o", default="%i %T")
        given = parser.parse_args(words)
        fields = _fields(given.format)
        return "".join(
            "".join(SQUEUE_FIELDS[each](job) if each in SQUEUE_FIELDS else each for each in fields) + "\n"
            for job in self._jobs()
            if (given.states or job.state not in ENDED)
            and given.name in (None, job.request.name)
            and self._env.get("SQUEUE_PARTITION") in (None, job.request.partition)
        )

    def _scancel(self, words: list[str]) -> str:
        parser = Parser()
        parser.add_argument("--signal")
        parser.add_argument("--me", action="store_true")
        parser.add_argument("--user", choices=["root"])
        parser.add_argument("--name")
        parser.add_argument("--state", choices=["PENDING"])
        parser.add_argument("ids", nargs="*")
        given = parser.parse_args(words)
        if not (given.ids or given.user or given.name):
            raise SlurmError("scancel: error: No job identification provided")
        self._check_present(f"scancel: error: Kill job error on job id {' '.join(given.ids)}")
        if given.signal is not None:
            self._signal(given.ids, signal.Signals[f"SIG{given.signal}"])
            return ""
        for job in self._chosen(given.ids) if given.ids else self._jobs():
            if given.name in (None, job.request.name) and given.state in (None, job.state):
                self._model.cancel(job)
        return ""

    def _chosen(self, names: list[str]) -> list[Job]:
        """The jobs of these ids; unknown ones are passed over, as ``scancel`` does."""
        jobs = []
        for name in names:
            try:
                jobs += self._model.find(name)
            except SlurmError:
                continue
        return jobs

    def _signal(self, names: list[str], number: int) -> None:
        for name in names:
            prefix = f"scancel: error: Kill job error on job id {name}"
            for job in self._known(prefix, name):
                try:
                    self._model.signal(job, number)
                except SlurmError as error:
                    raise SlurmError(f"{prefix}: {error}") from error

    def _scontrol(self, words: list[str]) -> str:
        if words == ["ping"]:
            return f"Slurmctld(primary) at fake is {'DOWN' if self._model.is_away else 'UP'}\n"
        match words:
            case ["requeue", *incomplete, name] if incomplete in ([], ["incomplete"]):
                self._requeue(name, bool(incomplete))
                return ""
            case ["--oneliner", "show", "job", name]:
                self._check_present("slurm_load_jobs error")
                return "".join(_describe(job) for job in self._known("slurm_load_jobs error", name))
            case ["--all", "--oneliner", "show", "partition"]:
                self._check_present("slurm_load_partitions error")
                return self._describe_partitions()
            case ["update", partition, limit] if partition.startswith("partitionname="):
                self._check_present("slurm_update error")
                self._limit_time(partition.partition("=")[2], limit.partition("=")[2])
                return ""
            case ["update", *settings]:
                self._check_present("slurm_update error")
                self._update_node(dict(setting.split("=", 1) for setting in settings))
                return ""
        raise argparse.ArgumentError(None, " ".join(words))

    def _describe_partitions(self) -> str:
        lines = []
        for name in TIERS:
            minutes = self._model.max_minutes.get(name)
            limit = "UNLIMITED" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}:00"
            default = "YES" if name == DEFAULT_PARTITION else "NO"
            lines.append(f"PartitionName={name} Default={default} MaxTime={limit} State=UP MaxMemPerNode=UNLIMITED\n")
        return "".join(lines)

    def _limit_time(self, partition: str, minutes: str) -> None:
        if minutes == "UNLIMITED":
            self._model.max_minutes.pop(partition, None)
        else:
            self._model.max_minutes[partition] = int(minutes)

    def _known(self, prefix: str, name: str) -> list[Job]:
        try:
            return self._model.find(name)
        except SlurmError as error:
            raise SlurmError(f"{prefix}: {error}") from error

    def _requeue(self, name: str, incomplete: bool) -> None:
        if self._model.is_away:
            raise SlurmError(f"Unexpected message received for job {name}")
        try:
            for job in self._model.find(name):
                self._model.requeue(job, incomplete)
        except SlurmError as error:
            raise SlurmError(f"{error} for job {name}") from error

    def _update_node(self, settings: dict[str, str]) -> None:
        match settings:
            case {"nodename": name, "state": "down", "reason": _, **rest} if not rest:
                self._model.set_down(self._model.nodes[name])
            case {"nodename": name, "state": "resume", **rest} if not rest:
                self._model.resume(self._model.nodes[name])
            case _:
                raise argparse.ArgumentError(None, f"update {settings}")

    def _sinfo(self, words: list[str]) -> str:
        self._check_present("slurm_load_partitions")
        match words:
            case ["--noheader", "--Node", partition, "--format=%N|%c|%m|%G"] if partition.startswith("--partition="):
                return "".join(f"{node.name}|{node.cpus}|64000|{self._gres}\n" for node in self._model.nodes.values())
            case ["-h", "-N", "-p", "main", "-o", "%N %t"]:
                pass
            case _:
                raise argparse.ArgumentError(None, " ".join(words))
        return "".join(f"{node.name} {_node_state(node)}\n" for node in self._model.nodes.values())

    @property
    def _gres(self) -> str:
        return f"gpu:{self._model.gpus_per_node}" if self._model.gpus_per_node else "(null)"

    def _jobs(self) -> list[Job]:
        return [job for array in self._model.arrays.values() for job in array.jobs]


class Parser(argparse.ArgumentParser):
    """Says what it does not know, and does not guess."""

    def __init__(self) -> None:
        super().__init__(add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise argparse.ArgumentError(None, message)


def _sbatch_parser() -> argparse.ArgumentParser:
    parser = Parser()
    for switch in ("--exclusive", "--no-requeue", "--parsable", "--requeue", "--test-only"):
        parser.add_argument(switch, action="store_true")
    for option in ("--array", "--comment", "--exclude", "--gres", "--job-name", "--nodelist", "--signal", "--wrap"):
        parser.add_argument(option)
    parser.add_argument("--cpus-per-task", type=int, default=1)
    parser.add_argument("--ntasks-per-node", type=int, default=1)
    parser.add_argument("--nodes", choices=["1"])
    parser.add_argument("--open-mode", choices=["append", "truncate"])
    parser.add_argument("--output", required=False, default="slurm-%j.out")
    parser.add_argument("--partition", default="main")
    parser.add_argument("--time", type=int, default=60)
    parser.add_argument("script", nargs="?")
    return parser


def _request(given: argparse.Namespace, script: str, env: Mapping[str, str], folder: Path) -> Request:
    tasks, _, at_once = (given.array or "").partition("%")
    first, _, last = tasks.partition("-")
    name, _, before_s = (given.signal or "").partition("@")
    return Request(
        name=given.job_name or ("wrap" if given.wrap else Path(given.script).name),
        script=script,
        folder=str(folder),
        env=env,
        output=given.output,
        append=given.open_mode == "append",
        partition=given.partition,
        array=tuple(range(int(first), int(last) + 1)) if tasks else None,
        at_once=int(at_once) if at_once else None,
        num_tasks=given.ntasks_per_node,
        cpus_per_task=given.cpus_per_task,
        gpus=_num_gpus(given.gres),
        nodelist=_names(given.nodelist),
        exclude=_names(given.exclude),
        exclusive=given.exclusive,
        limit_s=given.time * 60,
        warning=(signal.Signals[f"SIG{name}"], float(before_s)) if name else None,
        requeue=not given.no_requeue,
    )


def _num_gpus(gres: str | None) -> int:
    match gres.split(":") if gres else ["gpu", "0"]:
        case ["gpu", number] if number.isdigit():
            return int(number)
    raise SlurmError("Requested node configuration is not available")  # the fake's GPUs are of no type


def _names(given: str | None) -> frozenset[str]:
    return frozenset(given.split(",")) if given else frozenset()


def _fields(form: str) -> list[str]:
    """A format in parts: ``%i|%T`` is ``%i``, ``|``, ``%T``."""
    parts = [part for piece in form.split("%")[1:] for part in (f"%{piece[0]}", piece[1:])]
    unknown = [part for part in parts if part.startswith("%") and part not in SQUEUE_FIELDS]
    if unknown:
        raise argparse.ArgumentError(None, f"--format {unknown[0]}")
    return parts


def _describe(job: Job) -> str:
    task = "" if job.task is None else f"ArrayJobId={job.array.number} ArrayTaskId={job.task} "
    node = job.execution.node.name if job.execution else "(null)"
    return (
        f"JobId={job.number} {task}JobName={job.request.name} JobState={job.state} Reason={job.reason} "
        f"Requeue={int(job.request.requeue)} Restarts={job.restarts} NodeList={node}\n"
    )


def _node_state(node: Node) -> str:
    if not node.is_up:
        return "down"
    if not node.executions:
        return "idle"
    return "mix" if node.free_cpus else "alloc"
