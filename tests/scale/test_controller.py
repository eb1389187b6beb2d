"""Many runs on many slots, on a SLURM that exists in memory: does the controller keep up?

``make scale`` simulates 10,000 runs on 500 slots; as part of ``make test`` it is a smaller one. Time on
the cluster is simulated (between two turns of the controller ``TURN_S`` of it passes), and so is the
work of the jobs; the controller, its search, its files, submitit and the client commands are real.
"""

import asyncio
import json
import os
import random
import resource
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from submitit.core.utils import DelayedSubmission, JobPaths

from harness.cluster.profiles import SlurmProfile
from harness.cluster.slurm.command import Answer
from harness.cluster.slurm.executor import SlurmExecutor
from harness.controller.loop import Controller
from harness.state.files.folder import SweepFolder
from kd.files import write_record
from kd.records import EpochRecord, History, LogitsIndex, Metrics, Scores
from tests.slurm.cluster import LabOptions
from tests.slurm.commands import Commands
from tests.slurm.daemon import serve
from tests.slurm.fake import write_commands
from tests.slurm.model import Execution, Slurmctld

pytestmark = pytest.mark.slow

NUM_RUNS = int(os.environ.get("SCALE_RUNS", "1000"))
NUM_SLOTS = min(500, NUM_RUNS // 4)
GPUS_PER_NODE = 4
PREEMPTIONS_PER_HOUR = 0.05
TURN_S = 60.0
RUN_S = (600.0, 5400.0)
CHECKPOINT_S = 10.0
SCORES = Scores(num_images=4, accuracy=0.5, nll=1.0, confusion=[[1, 1], [1, 1]])


def leave_artefact(folder: SweepFolder, run_id: str) -> None:
    """What later runs look for before they start: weights, or a sealed teacher's pass over one view."""
    model, logits = folder.run(run_id) / "model", folder.path / "teacher_logits" / run_id
    if run_id.startswith("logits-"):
        logits.mkdir(parents=True)
        index = LogitsIndex(
            teacher="teacher", teacher_weights_sha256="0", num_images=4, num_classes=2, dtype="float16", sha256=["0"]
        )
        write_record(logits / "index.json", index)
        (logits / "view-0000.npy").touch()
    elif not run_id.startswith("search-"):
        model.mkdir()
        (model / "model.safetensors").touch()


class SimulatedCluster:
    """Jobs whose runs have results when their time has come; some are preempted, ask for themselves and start over."""

    def __init__(self, chance: random.Random) -> None:
        nodes = LabOptions(num_nodes=-(-NUM_SLOTS // GPUS_PER_NODE), gpus_per_node=GPUS_PER_NODE)
        self.slurm = Slurmctld(nodes, self, self.clock)
        self.completed: Counter[str] = Counter()
        self.num_preemptions = 0
        self.folder: SweepFolder
        self._chance = chance
        self._now_s = 0.0

    def clock(self) -> float:
        return self._now_s

    def pass_time(self, seconds: float) -> None:
        """Let everything happen that is due by then, each at its moment."""
        end_s = self._now_s + seconds
        while (due_s := self.slurm.next_s()) is not None and due_s <= end_s:
            self._now_s = due_s
            self.slurm.advance()
        self._now_s = end_s
        self.slurm.advance()

    def start(self, execution: Execution) -> None:
        end_s = self._chance.uniform(*RUN_S)
        preempted_s = self._chance.expovariate(PREEMPTIONS_PER_HOUR / 3600)
        if preempted_s < end_s:
            self.slurm.after(preempted_s, lambda: self._preempt(execution))
        else:
            self.slurm.after(end_s, lambda: self._finish(execution))

    def signal(self, execution: Execution, numbers: Iterable[int], batch: bool) -> None:
        if signal.SIGTERM in numbers and not batch:
            self.slurm.after(CHECKPOINT_S, lambda: self._ask_again(execution))

    def kill(self, execution: Execution) -> None:
        self.slurm.ended(execution, 137)

    def _preempt(self, execution: Execution) -> None:
        self.num_preemptions += 1
        self.slurm.preempt(execution.job)

    def _ask_again(self, execution: Execution) -> None:
        self.slurm.requeue(execution.job, incomplete=True)
        self.slurm.ended(execution, 0)

    def _finish(self, execution: Execution) -> None:
        path = JobPaths(self.folder.path / "logs", job_id=execution.job.name).submitted_pickle
        job: Any = DelayedSubmission.load(path).function
        for run_id in job.run_ids:
            self._write_results(run_id)
        self.slurm.ended(execution, 0)

    def _write_results(self, run_id: str) -> None:
        self.completed[run_id] += 1
        folder = self.folder.run(run_id)
        accuracy = self._chance.random()
        epoch = EpochRecord(
            epoch=1, lr=1e-3, train_loss=1.0, hard_loss=1.0, train_accuracy=accuracy, val_loss=1.0,
            val_accuracy=accuracy, seconds=1.0, images_per_s=1.0,
        )  # fmt: skip
        (folder / "history.json").write_text(History(num_epochs=1, epochs=(epoch,)).model_dump_json())
        leave_artefact(self.folder, run_id)
        (folder / "metrics.json").write_text(Metrics(run_id=run_id, val=SCORES).model_dump_json())


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedCluster]:
    """A cluster that client commands find; while one is answered, this thread waits for it."""
    cluster = SimulatedCluster(random.Random(0))
    commands = Commands(cluster.slurm)
    folder = Path(tempfile.mkdtemp(prefix="fake-", dir="/tmp"))  # a socket's path is short
    monkeypatch.setenv("PATH", write_commands(folder))
    loop = asyncio.new_event_loop()

    async def answer(words: Sequence[str], env: Mapping[str, str], place: Path) -> Answer:
        return commands.answer(words, env, place)

    server = loop.run_until_complete(serve(folder / "socket", answer))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield cluster
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()
    shutil.rmtree(folder)


def test_many_runs_on_many_slots(lab: Any, cluster: SimulatedCluster) -> None:
    seeds = 5
    num_trials = NUM_RUNS - 2 * seeds - 3
    search = {
        "sampler": "random",
        "num_trials": num_trials,
        "concurrency": 2 * NUM_SLOTS,
        "pruner": "none",
        "repeats": 0,
    }
    plan, folder = lab.open(search=search, seeds=seeds)
    cluster.folder = folder
    profile = SlurmProfile(kind="slurm", partition="low", cpus_per_task=1, array_parallelism=NUM_SLOTS, runs_per_job=1)
    executor = SlurmExecutor(profile, folder.path, folder.data, clock=cluster.clock)
    turns_s: list[float] = []
    cpu_s: list[float] = []
    memory_kib: list[int] = []
    began, began_cpu = time.perf_counter(), time.process_time()

    def watch(controller: Controller) -> None:
        nonlocal began, began_cpu
        turns_s.append(time.perf_counter() - began)
        cpu_s.append(time.process_time() - began_cpu)
        memory_kib.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        cluster.pass_time(TURN_S)
        began, began_cpu = time.perf_counter(), time.process_time()

    controller = Controller(plan, folder, executor, watch, lambda seconds: None)
    assert controller.run()
    assert cluster.completed.total() == NUM_RUNS
    assert set(cluster.completed.values()) == {1}, "a run was carried out twice"
    figures = {
        "runs": NUM_RUNS,
        "slots": NUM_SLOTS,
        "preemptions": cluster.num_preemptions,
        "turns": len(turns_s),
        "median_turn_s": round(sorted(turns_s)[len(turns_s) // 2], 4),
        "longest_turn_s": round(max(turns_s), 3),
        "median_turn_cpu_s": round(sorted(cpu_s)[len(cpu_s) // 2], 4),
        "longest_turn_cpu_s": round(max(cpu_s), 3),
        "first_turn_s": round(turns_s[0], 3),
        "memory_growth_mib": round((memory_kib[-1] - memory_kib[0]) / 1024, 1),
        "files": sum(len(names) for _, _, names in os.walk(folder.path)),
    }
    print(json.dumps(figures))  # noqa: T201 the figures of make scale
