"""Many runs on many slots, on a cluster that exists in memory: does the controller keep up?

``make scale`` simulates 10,000 runs on 500 slots; as part of ``make test`` it is a smaller one. Time on
the cluster is simulated (a turn of the controller is ``TURN_S`` of it); the controller, its search and
its files are the real ones.
"""

import json
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from harness.clock import now
from harness.controller import Controller
from harness.records import JobRecord
from kd.records import EpochRecord, History, Metrics, Scores

pytestmark = pytest.mark.slow

NUM_RUNS = int(os.environ.get("SCALE_RUNS", "1000"))
NUM_SLOTS = min(500, NUM_RUNS // 4)
PREEMPTIONS_PER_HOUR = 0.05
TURN_S = 60.0
RUN_S = (600.0, 5400.0)
SCORES = Scores(num_images=4, accuracy=0.5, nll=1.0, confusion=[[1, 1], [1, 1]])


class SimulatedCluster:
    """Runs whose results appear when their time has come; some jobs are preempted and start over."""

    num_slots = NUM_SLOTS
    runs_per_job = 1

    def __init__(self, folder: Any, chance: random.Random) -> None:
        self._folder = folder
        self._chance = chance
        self._clock_s = 0.0
        self._ends: dict[str, tuple[float, str]] = {}
        self._num_jobs = 0
        self.completed: Counter[str] = Counter()
        self.num_preemptions = 0

    def slots_of(self, gpus: int) -> int:
        return 1

    def submit(self, batches: Sequence[tuple[str, ...]], busy: Iterable[JobRecord], gpus: int = 1) -> list[JobRecord]:
        records = []
        for (run_id,) in batches:
            self._num_jobs += 1
            record = JobRecord(job_id=str(self._num_jobs), run_ids=(run_id,), submitted_at=now())
            self._ends[record.job_id] = self._clock_s + self._chance.uniform(*RUN_S), run_id
            records.append(record)
        return records

    def alive(self, jobs: Iterable[JobRecord]) -> set[str]:
        """A turn passes: jobs end, or are preempted and begin again under the same id."""
        self._clock_s += TURN_S
        for job_id, (end_s, run_id) in list(self._ends.items()):
            if self._chance.random() < PREEMPTIONS_PER_HOUR * TURN_S / 3600:
                self.num_preemptions += 1
                self._ends[job_id] = self._clock_s + self._chance.uniform(*RUN_S), run_id
            elif end_s <= self._clock_s:
                self._finish(run_id)
                del self._ends[job_id]
        return set(self._ends)

    def ending(self, job: JobRecord) -> str | None:
        return None

    def cancel(self, jobs: Iterable[JobRecord]) -> None:
        raise AssertionError("nobody cancels")

    def unrecorded(self, jobs: Iterable[JobRecord]) -> list[JobRecord]:
        return []

    def _finish(self, run_id: str) -> None:
        self.completed[run_id] += 1
        folder = self._folder.run(run_id)
        accuracy = self._chance.random()
        epoch = EpochRecord(
            epoch=1, lr=1e-3, train_loss=1.0, hard_loss=1.0, train_accuracy=accuracy, val_loss=1.0,
            val_accuracy=accuracy, seconds=1.0, images_per_s=1.0,
        )  # fmt: skip
        (folder / "history.json").write_text(History(num_epochs=1, epochs=(epoch,)).model_dump_json())
        (folder / "metrics.json").write_text(Metrics(run_id=run_id, val=SCORES).model_dump_json())


def test_many_runs_on_many_slots(lab: Any) -> None:
    seeds = 5
    num_trials = NUM_RUNS - 2 * seeds - 3
    search = {"sampler": "random", "num_trials": num_trials, "concurrency": 2 * NUM_SLOTS, "pruner": "none"}
    plan, folder = lab.open(search=search, seeds=seeds)
    cluster = SimulatedCluster(folder, random.Random(0))
    turns_s: list[float] = []
    memory_kib: list[int] = []
    began = time.perf_counter()

    def watch(controller: Controller) -> None:
        nonlocal began
        turns_s.append(time.perf_counter() - began)
        memory_kib.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        began = time.perf_counter()

    controller = Controller(plan, folder, cluster, watch, lambda seconds: None)
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
        "first_turn_s": round(turns_s[0], 3),
        "memory_growth_mib": round((memory_kib[-1] - memory_kib[0]) / 1024, 1),
        "files": sum(len(names) for _, _, names in os.walk(folder.path)),
    }
    print(json.dumps(figures))  # noqa: T201 the figures of make scale
