"""The fake SLURM at work: slurmctld and the slurmds in one process, jobs as real processes.

``python -m tests.slurm.daemon FOLDER OPTIONS`` serves client commands on ``FOLDER/socket`` until it is
ended, and says ``ready``. All its processes die with it.
"""

import argparse
import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.cluster.slurm.command import Answer
from tests.slurm.cluster import LabOptions
from tests.slurm.commands import Commands, Parser
from tests.slurm.lab import die_with_parent
from tests.slurm.model import Execution, Request, Slurmctld, SlurmError, Timing

QUICK = Timing(kill_wait=2.0, requeue_wait=0.2, node_fail=0.5, node_timeout=1.0, min_job_age=3600.0)
"""Long enough for what a loaded machine does meanwhile; what takes longer, a test lets pass."""


class Clock:
    """Seconds, growing; they can be moved on."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead_s

    def move(self, seconds: float) -> None:
        self._ahead_s += seconds


class Process:
    """A process in a session of its own; ``ended`` gives its exit status when it has one."""

    def __init__(self, words: Sequence[str], folder: str, env: Mapping[str, str], output: Path, append: bool) -> None:
        with output.open("ab" if append else "wb") as log:
            self._popen = subprocess.Popen(
                words,
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self.ended = asyncio.get_running_loop().create_task(self._end())

    def send(self, number: int) -> None:
        """Signal it and its children."""
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.killpg(self._popen.pid, number)

    async def _end(self) -> int:
        fd, ended = os.pidfd_open(self._popen.pid), asyncio.Event()
        asyncio.get_running_loop().add_reader(fd, ended.set)
        await ended.wait()
        asyncio.get_running_loop().remove_reader(fd)
        os.close(fd)
        return self._popen.wait()


@dataclass
class Processes:
    """Of one execution: the batch script's, and those that ``srun`` started."""

    batch: Process
    tasks: list[Process] = field(default_factory=list)


class ProcessLauncher:
    """Carries jobs out as processes of this host, each task in a session of its own."""

    def __init__(self, folder: Path, report: Callable[[Execution, int], None]) -> None:
        self._folder = folder
        self._report = report
        self._processes: dict[Execution, Processes] = {}
        self._watchers: set[asyncio.Task[None]] = set()
        self._scripts = itertools.count()

    def start(self, execution: Execution) -> None:
        request = execution.job.request
        script = self._folder / f"script-{next(self._scripts)}"
        script.write_text(request.script)
        batch = _spawn(["/bin/bash", str(script)], request, request.output, _job_env(execution))
        self._processes[execution] = Processes(batch)
        watcher = asyncio.get_running_loop().create_task(self._watch(execution))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)

    def signal(self, execution: Execution, numbers: Iterable[int], batch: bool) -> None:
        processes = self._processes.get(execution)
        if processes is not None:
            for number in numbers:
                for process in [*processes.tasks, *([processes.batch] if batch else [])]:
                    process.send(number)

    def kill(self, execution: Execution) -> None:
        self.signal(execution, (signal.SIGKILL,), batch=True)

    async def run_step(self, words: Sequence[str], env: Mapping[str, str]) -> int:
        """What ``srun`` asks for in a batch script: as many tasks as the job has; returns the worst exit status."""
        parser = Parser()
        parser.add_argument("--unbuffered", action="store_true")
        parser.add_argument("--output", required=True)
        parser.add_argument("--cpus-per-task", type=int)
        parser.add_argument("--export", choices=["ALL"])
        parser.add_argument("command", nargs=argparse.REMAINDER)
        given = parser.parse_args(words)
        number = int(env["SLURM_JOB_ID"])
        execution = next((each for each in self._processes if each.job.number == number and each.is_running), None)
        if execution is None:
            raise SlurmError(f"srun: error: Unable to create step for job {number}: Job/step already completing")
        request, processes = execution.job.request, self._processes[execution]
        tasks = [
            _spawn(
                given.command,
                request,
                given.output.replace("%t", str(rank)),
                {
                    **env,
                    "SLURM_STEP_ID": "0",
                    "SLURM_NODEID": "0",
                    "SLURM_PROCID": str(rank),
                    "SLURM_LOCALID": str(rank),
                },
            )
            for rank in range(request.num_tasks)
        ]
        processes.tasks += tasks
        return max([await task.ended for task in tasks])

    def kill_all(self) -> None:
        for execution in self._processes:
            self.kill(execution)

    async def _watch(self, execution: Execution) -> None:
        processes = self._processes[execution]
        code = await processes.batch.ended
        for task in processes.tasks:
            await task.ended
        del self._processes[execution]
        self._report(execution, code)


class Daemon:
    """The scheduler, its clock and its client commands."""

    def __init__(self, folder: Path, options: LabOptions) -> None:
        self._clock = Clock()
        self._launcher = ProcessLauncher(folder, self._ended)
        self._model = Slurmctld(options, self._launcher, self._clock, QUICK)
        self._commands = Commands(self._model)
        self._wake: asyncio.TimerHandle | None = None

    async def answer(self, words: Sequence[str], env: Mapping[str, str], folder: Path) -> Answer:
        """Carry a command out: a client's, a batch script's ``srun``, or ``lab``: what a test does to the cluster."""
        name, *arguments = words
        try:
            if name == "srun":
                return Answer(await self._launcher.run_step(arguments, env), "")
            if name == "lab":
                self._interfere(arguments)
                return Answer(0, "")
            return self._commands.answer(words, env, folder)
        except SlurmError as error:
            return Answer(1, "", str(error))
        except argparse.ArgumentError as error:
            return Answer(1, "", f"fake {name}: not understood: {error}")
        finally:
            self._advance()

    def end(self) -> None:
        """Kill every job; nothing outlives the cluster."""
        self._launcher.kill_all()
        sys.exit()

    def _interfere(self, words: list[str]) -> None:
        match words:
            case ["leave"]:
                self._model.leave()
            case ["come back"]:
                self._model.come_back()
            case ["cut power", node]:
                self._model.cut_power(self._model.nodes[node])
            case ["restore power"]:
                for each in self._model.nodes.values():
                    self._model.restart(each)
            case ["limit jobs", number]:
                self._model.max_submit = int(number) if number != "none" else None
            case ["limit arrays", number]:
                self._model.max_array = int(number) if number != "none" else 1001
            case ["pass time", seconds]:
                self._clock.move(float(seconds))
            case ["bring to limit", name, seconds]:
                (job,) = self._model.find(name)
                self._clock.move(self._model.left_s(job) - float(seconds))
            case _:
                raise SlurmError(f"lab: not understood: {words}")

    def _ended(self, execution: Execution, code: int) -> None:
        self._model.ended(execution, code)
        self._advance()

    def _advance(self) -> None:
        """Do what is due, and come back when the next is."""
        self._model.advance()
        if self._wake is not None:
            self._wake.cancel()
        due_s = self._model.next_s()
        if due_s is not None and not self._model.is_away:
            self._wake = asyncio.get_running_loop().call_later(max(0.0, due_s - self._clock()), self._advance)


async def serve(
    path: Path, answer: Callable[[Sequence[str], Mapping[str, str], Path], Awaitable[Answer]]
) -> asyncio.Server:
    """Answer client commands on a socket."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked: dict[str, Any] = json.loads(await reader.read())
        predicted = await answer(asked["words"], asked["env"], Path(asked["folder"]))
        with suppress(ConnectionError):  # a client may have been killed meanwhile
            writer.write(json.dumps(predicted).encode())
            await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(talk, path)


def _spawn(words: Sequence[str], request: Request, output: str, env: Mapping[str, str]) -> Process:
    for sign, name in (("%A", "SLURM_ARRAY_JOB_ID"), ("%a", "SLURM_ARRAY_TASK_ID"), ("%j", "SLURM_JOB_ID")):
        output = output.replace(sign, env.get(name, ""))
    return Process(words, request.folder, env, Path(request.folder) / output, request.append)


def _job_env(execution: Execution) -> dict[str, str]:
    """A batch script's environment: its submitter's, and what SLURM says of the job."""
    job, request = execution.job, execution.job.request
    env = {
        name: value
        for name, value in request.env.items()
        if not name.startswith("SLURM_") and name != "CUDA_VISIBLE_DEVICES"
    }
    env |= {
        "SLURM_JOB_ID": str(job.number),
        "SLURM_JOB_NAME": request.name,
        "SLURM_JOB_PARTITION": request.partition,
        "SLURM_JOB_NUM_NODES": "1",
        "SLURM_JOB_NODELIST": execution.node.name,
        "SLURMD_NODENAME": execution.node.name,
        "SLURM_NTASKS": str(request.num_tasks),
        "SLURM_NODEID": "0",
        "SLURM_PROCID": "0",
        "SLURM_LOCALID": "0",
    }
    if job.task is not None:
        env |= {"SLURM_ARRAY_JOB_ID": str(job.array.number), "SLURM_ARRAY_TASK_ID": str(job.task)}
    if job.restarts:
        env["SLURM_RESTART_COUNT"] = str(job.restarts)
    if execution.gpus:
        env["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, execution.gpus))
    return env


async def _main(folder: Path, options: LabOptions) -> None:
    daemon = Daemon(folder, options)
    server = await serve(folder / "socket", daemon.answer)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, daemon.end)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), LabOptions(*json.loads(sys.argv[2]))))
