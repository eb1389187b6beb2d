"""slurmctld in the small: where each job is and what becomes of it, not how its work is done.

Time comes from a clock, and a launcher carries the work out: real processes under real time, or entries
of a list under virtual time. What a real SLURM 22.05 does is the reference; ``tests/contract`` holds
both to the same cases.
"""

import heapq
import itertools
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from tests.slurm.cluster import LabOptions

TIERS = {"low": 1, "main": 10, "high": 100}
DEFAULT_PARTITION = "main"
SUBMIT_LIMIT = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "PREEMPTED"}


class SlurmError(Exception):
    """What SLURM answers to an order that it does not take."""


class Timing(NamedTuple):
    """How long things take, in seconds; the defaults are SLURM's own."""

    kill_wait: float = 30.0  # from TERM to KILL
    requeue_wait: float = 120.0  # until a requeued job may start: the life of its old credential
    node_fail: float = 2.0  # that a job is shown as NODE_FAIL before it is requeued
    node_timeout: float = 300.0  # until a node that does not answer counts as down
    min_job_age: float = 300.0  # that an ended job is remembered


@dataclass(frozen=True, kw_only=True)
class Request:
    """What ``sbatch`` was asked for."""

    name: str
    script: str
    folder: str
    env: Mapping[str, str]
    output: str
    append: bool = False
    partition: str = "main"
    array: tuple[int, ...] | None = None
    at_once: int | None = None  # tasks of the array
    num_tasks: int = 1
    cpus_per_task: int = 1
    gpus: int = 0
    nodelist: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    exclusive: bool = False
    limit_s: float = 3600.0
    warning: tuple[int, float] | None = None  # a signal, and how long before the limit it is sent
    requeue: bool = True


@dataclass(eq=False)
class Node:
    """A machine, and what of it is free."""

    name: str
    cpus: int
    free_cpus: int
    free_gpus: list[int]
    is_up: bool = True
    answers: bool = True
    executions: "list[Execution]" = field(default_factory=list)


@dataclass(eq=False)
class Array:
    """The jobs of one ``sbatch``: several, or the only one."""

    number: int
    request: Request
    jobs: "list[Job]" = field(default_factory=list)
    num_running: int = 0


@dataclass(eq=False)
class Job:
    """One task of an array, or a job that is none."""

    array: Array
    task: int | None
    own_number: int | None
    eligible_s: float
    state: str = "PENDING"
    reason: str = "None"
    fate: str | None = None  # what it will be when its processes are gone
    restarts: int = 0
    execution: "Execution | None" = None
    last_node: str = ""  # where it runs, or ran last

    @property
    def request(self) -> Request:
        return self.array.request

    @property
    def name(self) -> str:
        """The id that people use: ``7``, or ``7_3`` for a task of an array."""
        return str(self.array.number) if self.task is None else f"{self.array.number}_{self.task}"

    @property
    def number(self) -> int:
        """The raw id; until a task starts, its array's."""
        return self.own_number or self.array.number


@dataclass(eq=False)
class Execution:
    """A job at work on a node."""

    job: Job
    node: Node
    cpus: int
    gpus: list[int]
    started_s: float
    is_leaving: bool = False  # preempted: it was asked to go

    @property
    def is_running(self) -> bool:
        """Whether it is its job's present one, and nobody has ordered its end."""
        return self.job.execution is self and self.job.state == "RUNNING"


class Launcher(Protocol):
    """Carries executions out; says ``Slurmctld.ended`` of each that ends, for whatever reason."""

    def start(self, execution: Execution) -> None: ...

    def signal(self, execution: Execution, numbers: Iterable[int], batch: bool) -> None:
        """Signal the processes that ``srun`` started and, with ``batch``, the batch script."""

    def kill(self, execution: Execution) -> None:
        """End every process of it at once."""


class Slurmctld:
    """Nodes, the queue, and the rules by which jobs come, go and come again."""

    def __init__(
        self, options: LabOptions, launcher: Launcher, clock: Callable[[], float], timing: Timing | None = None
    ) -> None:
        self.nodes = {
            name: Node(name, options.cpus_per_node, options.cpus_per_node, list(range(options.gpus_per_node)))
            for name in (f"n{number + 1}" for number in range(options.num_nodes))
        }
        self.arrays: dict[int, Array] = {}
        self.is_away = False
        self.max_minutes: dict[str, int] = {}  # by partition: jobs that ask for more wait for ever
        self.max_submit: int | None = None  # jobs that wait or run
        self.max_array: int = 1001
        self._options = options
        self._launcher = launcher
        self._clock = clock
        self._timing = timing or Timing()
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}  # by raw id
        self._pending: list[Job] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._num_timers = itertools.count()
        self._unheard: list[tuple[Execution, int]] = []
        self._is_settled = True

    @property
    def gpus_per_node(self) -> int:
        return self._options.gpus_per_node

    # orders

    def submit(self, request: Request) -> Array:
        """Queue a job or an array."""
        if request.partition not in TIERS:
            raise SlurmError("Invalid partition name specified")
        if not (request.nodelist | request.exclude) <= set(self.nodes):
            raise SlurmError("Invalid node name specified")
        if request.gpus > self._options.gpus_per_node:
            raise SlurmError("Requested node configuration is not available")
        wanted = request.array or (0,)
        if len(wanted) > self.max_array:
            raise SlurmError("Invalid job array specification")
        num_open = sum(job.state not in ENDED for array in self.arrays.values() for job in array.jobs)
        if self.max_submit is not None and num_open + len(wanted) > self.max_submit:
            raise SlurmError(SUBMIT_LIMIT)
        array = Array(next(self._numbers), request)
        self.arrays[array.number] = array
        for task in (None,) if request.array is None else request.array:
            array.jobs.append(Job(array, task, None, self._clock()))
        if request.array is None:
            self._number(array.jobs[0])
        self._pending += array.jobs
        self._is_settled = False
        return array

    def find(self, name: str) -> list[Job]:
        """The jobs that an id means: the number of an array means all of it, although one task has it for raw id."""
        number, _, task = name.partition("_")
        array = self.arrays.get(int(number))
        if task:
            found = [job for job in array.jobs if job.task == int(task)] if array else []
        else:
            found = list(array.jobs) if array else [job for raw, job in self._jobs.items() if raw == int(number)]
        if not found:
            raise SlurmError("Invalid job id specified")
        return found

    def signal(self, job: Job, number: int) -> None:
        """Signal a job's steps."""
        if job.execution is None:
            raise SlurmError("Invalid job id specified")
        self._launcher.signal(job.execution, (number,), batch=False)

    def cancel(self, job: Job) -> None:
        """End a job for good; one that has ended stays as it is."""
        if job.execution is not None:
            self._terminate(job, "CANCELLED")
        elif job.state in ("PENDING", "NODE_FAIL"):
            self._finish(job, "CANCELLED")

    def requeue(self, job: Job, incomplete: bool) -> None:
        """End a job and queue it again; with ``incomplete``, one that waits, leaves or has ended stays as it is."""
        if not job.request.requeue:
            raise SlurmError("Requested operation is presently disabled")
        if job.state == "RUNNING":
            self._terminate(job, "PENDING")
        elif not incomplete:
            raise SlurmError(f"the fake does not know what requeueing a {job.state} job does")

    def preempt(self, job: Job) -> None:
        """Ask a job to go; after its grace time it is made to."""
        execution = job.execution
        assert execution is not None
        execution.is_leaving = True
        if self._options.user_signal and job.request.warning:
            self._launcher.signal(execution, (job.request.warning[0],), batch=False)
        else:
            self._launcher.signal(execution, (signal.SIGCONT, signal.SIGTERM), batch=False)
        fate = "PENDING" if job.request.requeue else "PREEMPTED"
        self._while(execution, self._options.grace_s, lambda: self._terminate(job, fate))

    def set_down(self, node: Node) -> None:
        """Take a node out of service: its jobs are killed, and fail for a moment before they are requeued."""
        node.is_up = False
        for execution in list(node.executions):
            job, fate = execution.job, execution.job.fate
            self._leave(job)
            self._launcher.kill(execution)
            if fate in ENDED:
                self._finish(job, fate)
            else:
                job.state, job.reason = "NODE_FAIL", "None"
                self.after(self._timing.node_fail, lambda job=job: self._recover(job))

    def cut_power(self, node: Node) -> None:
        """Kill all that runs on a node without telling the controller, which misses the node after a while."""
        node.answers = False
        for execution in node.executions:
            self._launcher.kill(execution)
        self.after(self._timing.node_timeout, lambda: None if node.answers else self.set_down(node))

    def resume(self, node: Node) -> None:
        """Bring a node back that was down."""
        node.is_up = node.answers = True
        self._is_settled = False

    def restart(self, node: Node) -> None:
        """Bring a node back after a power cut; it knows nothing of its jobs."""
        if not node.answers:
            self.set_down(node)
            self.resume(node)

    def leave(self) -> None:
        """Be away: nothing is decided or noticed until ``come_back``."""
        self.is_away = True

    def come_back(self) -> None:
        """Hear what was missed."""
        self.is_away = False
        unheard, self._unheard = self._unheard, []
        for execution, code in unheard:
            self.ended(execution, code)

    def ended(self, execution: Execution, code: int) -> None:
        """The launcher says that an execution has ended."""
        if self.is_away:
            self._unheard.append((execution, code))
            return
        job = execution.job
        if job.execution is not execution or not execution.node.answers:
            return  # its node was given up, or cannot tell
        fate = job.fate or ("COMPLETED" if code == 0 else "FAILED")
        self._leave(job)
        if fate == "PENDING":
            self._queue_again(job)
        else:
            self._finish(job, fate)

    # time

    def left_s(self, job: Job) -> float:
        """How long a running job has until its time limit."""
        execution = _execution(job)
        return execution.started_s + job.request.limit_s - self._clock()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when so much time has passed."""
        heapq.heappush(self._timers, (self._clock() + seconds, next(self._num_timers), action))

    def next_s(self) -> float | None:
        """When, on the clock, something is due that nobody orders."""
        return self._timers[0][0] if self._timers else None

    def advance(self) -> None:
        """Do what is due, and start what can start."""
        while not self.is_away and self._timers and self._timers[0][0] <= self._clock():
            heapq.heappop(self._timers)[2]()
        if not self.is_away and not self._is_settled:
            self._schedule()

    def _while(self, execution: Execution, seconds: float, action: Callable[[], None]) -> None:
        """Do something after so much time, if the execution is still there."""
        self.after(seconds, lambda: action() if execution.job.execution is execution else None)

    # rules

    def _schedule(self) -> None:
        """Start what fits, by partition and then by age; what a higher partition waits for, a lower one leaves free."""
        self._is_settled = True
        claimed: set[str] = set()
        too_large: set[int] = set()
        for job in sorted(self._pending, key=lambda job: -TIERS[job.request.partition]):
            request = job.request
            if job.eligible_s > self._clock():
                continue
            if request.limit_s > 60 * self.max_minutes.get(request.partition, 10**6):
                job.reason = "PartitionTimeLimit"
            elif request.at_once is not None and job.array.num_running >= request.at_once:
                job.reason = "JobArrayTaskLimit"
            elif id(request) in too_large:
                job.reason = "Resources"
            elif node := next((node for node in self._nodes_for(request, claimed) if _fits(request, node)), None):
                self._start(job, node)
            else:
                job.reason = "Resources"
                if not self._make_room(request, claimed):
                    too_large.add(id(request))
        self._pending = [job for job in self._pending if job.state == "PENDING"]

    def _nodes_for(self, request: Request, claimed: set[str]) -> list[Node]:
        return [
            node
            for name, node in self.nodes.items()
            if node.is_up
            and name not in claimed
            and name not in request.exclude
            and (not request.nodelist or name in request.nodelist)
        ]

    def _make_room(self, request: Request, claimed: set[str]) -> bool:
        """Claim a node where jobs of lower partitions have to go, and ask the youngest of them to, as far as needed."""
        for node in self._nodes_for(request, claimed):
            lower = [each for each in node.executions if TIERS[each.job.request.partition] < TIERS[request.partition]]
            lower.sort(key=lambda each: (not each.is_leaving, -each.started_s))
            for number in range(1, len(lower) + 1):
                if _fits(request, node, lower[:number]):
                    claimed.add(node.name)
                    for execution in lower[:number]:
                        if not execution.is_leaving:
                            self.preempt(execution.job)
                    return True
        return False

    def _start(self, job: Job, node: Node) -> None:
        request = job.request
        cpus = node.cpus if request.exclusive else request.num_tasks * request.cpus_per_task
        gpus, node.free_gpus = node.free_gpus[: request.gpus], node.free_gpus[request.gpus :]
        node.free_cpus -= cpus
        job.array.num_running += 1
        self._number(job)
        job.state, job.reason = "RUNNING", "None"
        job.last_node = node.name
        job.execution = execution = Execution(job, node, cpus, gpus, self._clock())
        node.executions.append(execution)
        if request.warning is not None:
            number, before_s = request.warning
            self._while(execution, request.limit_s - before_s, lambda: self.signal(job, number))
        self._while(execution, request.limit_s, lambda: self._terminate(job, "TIMEOUT"))
        self._launcher.start(execution)

    def _number(self, job: Job) -> None:
        """Give a raw id: the last of an array to start has the array's own."""
        if job.own_number is None:
            is_last = all(other.own_number for other in job.array.jobs if other is not job)
            job.own_number = job.array.number if is_last else next(self._numbers)
            self._jobs[job.own_number] = job

    def _terminate(self, job: Job, fate: str) -> None:
        """Ask an execution to end, then make it; a later order for good overrides one to start again."""
        execution = _execution(job)
        if job.fate in ENDED:
            return
        is_first = job.fate is None
        job.state, job.fate = "COMPLETING", fate
        execution.is_leaving = True
        if is_first:
            self._launcher.signal(execution, (signal.SIGCONT, signal.SIGTERM), batch=True)
            self._while(execution, self._timing.kill_wait, lambda: self._launcher.kill(execution))

    def _leave(self, job: Job) -> None:
        execution = _execution(job)
        execution.node.executions.remove(execution)
        execution.node.free_cpus += execution.cpus
        execution.node.free_gpus = sorted(execution.node.free_gpus + execution.gpus)
        job.execution, job.fate = None, None
        job.array.num_running -= 1
        self._is_settled = False

    def _recover(self, job: Job) -> None:
        if job.state != "NODE_FAIL":
            return
        if job.request.requeue:
            self._queue_again(job)
        else:
            self._forget_later(job)

    def _queue_again(self, job: Job) -> None:
        job.state, job.reason, job.last_node = "PENDING", "BeginTime", ""
        job.restarts += 1
        job.eligible_s = self._clock() + self._timing.requeue_wait
        self._pending.append(job)
        self.after(self._timing.requeue_wait, self._unsettle)

    def _unsettle(self) -> None:
        self._is_settled = False

    def _finish(self, job: Job, state: str) -> None:
        job.state = state
        self._is_settled = False
        self._forget_later(job)

    def _forget_later(self, job: Job) -> None:
        self.after(self._timing.min_job_age, lambda: self._forget(job))

    def _forget(self, job: Job) -> None:
        if job.own_number is not None:
            del self._jobs[job.own_number]
        job.array.jobs.remove(job)
        if not job.array.jobs:
            del self.arrays[job.array.number]


def _execution(job: Job) -> Execution:
    assert job.execution is not None
    return job.execution


def _fits(request: Request, node: Node, without: Sequence[Execution] = ()) -> bool:
    """Whether there is room on a node, if the executions ``without`` were gone."""
    cpus = node.free_cpus + sum(execution.cpus for execution in without)
    gpus = len(node.free_gpus) + sum(len(execution.gpus) for execution in without)
    needed = node.cpus if request.exclusive else request.num_tasks * request.cpus_per_task
    return cpus >= needed and gpus >= request.gpus
