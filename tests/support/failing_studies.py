"""Studies that are no success, planted run by run: what a person would rather not read, and must."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.state.attempts.run_state import RunState
from harness.state.files.records import (
    SEEDS,
    Enough,
    JobRecord,
    Provenance,
    SeedLook,
    SeedLooks,
    SweepRecord,
    TrialRecord,
    Trials,
    write_sweep_record,
)
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Sweep
from kd.files import write_record
from kd.records import (
    Attempt,
    Code,
    EpochRecord,
    Failure,
    History,
    Metrics,
    ModelSize,
    RunRecord,
    Scores,
)
from kd.scores import score
from tests.support.invented_sweep import invent_store
from tests.support.small_sweep import SMALL

NUM_CLASSES, NUM_TEST = 3, 120
NAMES = ["<b>x", "a & b", 'quote"s']
DIED: dict[str, Any] = {
    "number": 1, "job_id": "77", "host": "node-7", "pid": 1, "process_created": 0.0,
    "started_at": "2026-01-01T00:00:00Z", "ended_at": "2026-01-01T00:30:00Z",
}  # fmt: skip


@dataclass(frozen=True)
class Study:
    """Accuracies by arm, one a seed, and where the search's trials stand; an arm that is left out was not trained.

    ``failed``: arms of which every run failed for good. ``has_test``: whether test was read. ``luck``: whether which
    images are read right differs from run to run. ``looks``: at whether the seeds are enough, each with why they are.
    ``confusion``: on val.
    """

    teacher: float | None = 0.95
    baseline: Sequence[float] = (0.90, 0.91, 0.90)
    distilled: Sequence[float] = (0.90, 0.92, 0.91)
    compare: Sequence[float] = (0.90, 0.91, 0.91)
    trials: Sequence[str] = ("complete",) * 8
    failed: Sequence[str] = ()
    has_test: bool = True
    luck: bool = True
    seeds: int = 3
    num_test: int = NUM_TEST
    sweep: dict[str, Any] = field(default_factory=dict)
    looks: Sequence[Enough | None] = ()
    confusion: Sequence[Sequence[int]] = ((10, 0, 0), (0, 10, 0), (0, 0, 10))


MARGIN = {"min": 3, "margin": 5.0}
RULE = {"min": 3, "max": 12, "margin": 5.0, "half_width": 2.0}

STUDIES = {
    "useless teacher": Study(teacher=0.10),
    "useless teacher, stopped": Study(
        teacher=0.10, distilled=(), compare=(), trials=(), has_test=False, sweep={"on_weak_teacher": "stop"}
    ),
    "teacher that cannot be told from the student": Study(teacher=0.91, distilled=(0.94, 0.95, 0.95)),
    "harm": Study(distilled=(0.70, 0.71, 0.70), compare=(0.93, 0.94, 0.93)),
    "no trial complete": Study(trials=("pruned",) * 8, distilled=(), has_test=False),
    "all trials failed": Study(trials=("failed",) * 8, distilled=(), has_test=False),
    "interrupted": Study(
        trials=(*("complete",) * 3, *("not started",) * 5), distilled=(), compare=(0.9,), has_test=False
    ),
    "failed teacher": Study(
        teacher=None, failed=("teacher",), trials=("blocked",) * 8, distilled=(), compare=(), has_test=False
    ),
    "teacher only": Study(baseline=(), distilled=(), compare=(), trials=(), has_test=False),
    "baseline only": Study(teacher=None, baseline=(0.9,), distilled=(), compare=(), trials=(), has_test=False),
    "distilled failed": Study(distilled=(), failed=("distilled",), has_test=False),
    "nothing": Study(teacher=None, baseline=(), distilled=(), compare=(), trials=(), has_test=False),
    "one seed": Study(baseline=(0.80,), distilled=(0.95,), compare=(0.80,), seeds=1),
    "two seeds that disagree": Study(
        baseline=(0.5, 0.9), distilled=(0.9, 0.6), compare=(0.5, 0.9), seeds=2, num_test=24
    ),
    "tied": Study(
        teacher=0.9, baseline=(0.9,) * 3, distilled=(0.9,) * 3, compare=(0.9,) * 3, luck=False
    ),
    "equivalent": Study(
        baseline=(0.9,) * 3, distilled=(0.9,) * 3, compare=(0.9,) * 3, luck=False, sweep={"seeds": MARGIN}
    ),
    "a gain within the margin": Study(
        baseline=(0.90,) * 3, distilled=(0.94,) * 3, luck=False, num_test=300, sweep={"seeds": MARGIN | {"margin": 20}}
    ),
    "undecided": Study(sweep={"seeds": MARGIN}),
    "enough seeds": Study(distilled=(0.70, 0.71, 0.70), sweep={"seeds": RULE}, looks=("zero",)),
    "seeds that can tell no more": Study(sweep={"seeds": RULE}, looks=("images",)),
    "no pair of seeds": Study(distilled=(0.9,), sweep={"seeds": RULE}, looks=("failed",)),
    "more seeds wanted": Study(sweep={"seeds": RULE}, has_test=False),
    "nothing is right": Study(teacher=0.0, baseline=(0.0,) * 3, distilled=(0.0,) * 3, compare=(0.0,) * 3, luck=False),
}  # fmt: skip


def plant(results: Path, study: Study) -> Path:
    """Write a study's folder under ``results``."""
    invent_store(results, NUM_CLASSES, study.num_test, NAMES, np.random.default_rng(0))
    search = {"num_trials": 8} if study.trials or study.sweep or not study.has_test else None
    content = SMALL | {
        "name": "planted",
        "data": {"source": "invented"},
        "search": search,
        "seeds": study.seeds,
        "reference": None,
    }
    sweep = Sweep.model_validate(content | study.sweep)
    folder = results / sweep.name
    folder.mkdir()
    write_sweep_record(folder, SweepRecord(sweep=sweep, origin="sweeps/quickstart.yaml", digest="invented"))
    write_record(folder / "provenance.json", Provenance(code=Code(commit="f" * 40), cluster="local"))
    plan = Plan(sweep, "invented")
    return _Planter(folder, plan, study).plant()


class _Planter:
    def __init__(self, folder: Path, plan: Plan, study: Study) -> None:
        self._folder, self._plan, self._study = folder, plan, study
        self._labels = np.arange(study.num_test) % NUM_CLASSES
        self._random = np.random.default_rng(0)
        self._logits: dict[str, NDArray[np.float32]] = {}

    def plant(self) -> Path:
        study, plan = self._study, self._plan
        self._arm("teacher", plan.teachers, () if study.teacher is None else (study.teacher,))
        if study.teacher is not None:
            self._leave(plan.logits, Metrics(run_id=plan.logits.id))
        self._arm("baseline", plan.baselines(), study.baseline)
        self._arm("compare", plan.compares[0], study.compare)
        chosen = self._search()
        if chosen is not None:
            self._arm("distilled", plan.finals(chosen), study.distilled)
        if study.looks:
            self._write_looks(chosen)
        if study.has_test:
            test = plan.test([run_id for run_id in self._in_order(chosen)])
            scores = {run_id: score(self._logits[run_id], self._labels) for run_id in self._in_order(chosen)}
            self._leave(test, Metrics(run_id=test.id, test=scores))
            np.savez(self._folder / "runs" / test.id / "predictions.npz", labels=self._labels, **self._logits)
        return self._folder

    def _write_looks(self, chosen: Any) -> None:
        """Of the rule's first numbers of seeds, as a controller would have left them."""
        plan, pair = self._plan, (self._plan.baselines()[0], self._plan.finals(chosen)[0])
        rule = plan.sweep.seed_rule
        known = {"gain": -0.2, "low": -0.3, "high": -0.1, "half_width": 0.05}
        looks = [
            SeedLook(num_seeds=number, num_pairs=number, enough=enough, **({} if enough == "failed" else known))
            for number, enough in zip(rule.looks, self._study.looks, strict=False)
        ]
        record = SeedLooks(rule=rule, of=tuple(run.id for run in pair), looks=tuple(looks))
        write_record(self._folder / SEEDS, record)

    def _in_order(self, chosen: Any) -> list[str]:
        plan = self._plan
        finals = plan.finals(chosen) if chosen is not None else []
        order = [*plan.teachers, *plan.baselines(), *plan.compares[0], *finals]
        return [run.id for run in order if run.id in self._logits]

    def _search(self) -> Any:
        """The trials' runs and ``trials.json``; gives the chosen setting."""
        search, states = self._plan.sweep.search, self._study.trials
        if search is None:
            return {}
        records = []
        for number, state in enumerate(states):
            record = TrialRecord(number=number, run_id="x", alpha=0.1 * (number + 1), temperature=1.0 + number)
            run = self._plan.trial(record.params)
            told = {"complete": "complete", "pruned": "pruned", "failed": "failed", "blocked": "failed"}.get(state)
            value = 0.8 + 0.01 * number if state in ("complete", "pruned") else None
            update = {"run_id": run.id, "state": RunState(told or "running"), "value": value}
            records.append(record.model_copy(update=update))
            if state in ("complete", "pruned"):
                self._leave(run, Metrics(run_id=run.id, status=state), value or 0.8)  # type: ignore[arg-type]
            elif state == "failed":
                self._fail(run)
        is_over = len(records) == self._plan.sweep.num_trials(self._plan.methods[0]) and not {"not started"} & set(
            states
        )
        complete = [record for record in records if record.state == RunState.COMPLETE]
        best = max(complete, key=lambda record: record.value or 0) if complete and is_over else None
        if records:
            trials = Trials(trials=tuple(records), best=best.number if best else None)
            write_record(self._folder / "trials.json", trials)
        open_runs = tuple(record.run_id for record in records if record.state == RunState.RUNNING)
        if open_runs:
            (self._folder / "jobs").mkdir()
            job = JobRecord(
                job_id="9", run_ids=open_runs, submitted_at=DIED["started_at"], pid=1, process_created=1.0,
                host=_here(),
            )  # fmt: skip
            write_record(self._folder / "jobs" / "9.json", job)
        return None if best is None else best.params

    def _arm(self, key: str, runs: Sequence[Run], accuracies: Sequence[float]) -> None:
        if key in self._study.failed:
            for run in runs:
                self._fail(run)
        for run, accuracy in zip(runs, accuracies, strict=False):
            confusion = [list(row) for row in self._study.confusion]
            val = Scores(num_images=1000, accuracy=accuracy, nll=1.0, confusion=confusion)
            size = ModelSize(num_parameters=1000, macs=500)
            self._leave(run, Metrics(run_id=run.id, epochs=1, size=size, val=val), accuracy)
            self._logits[run.id] = self._predictions(accuracy)

    def _predictions(self, accuracy: float) -> NDArray[np.float32]:
        """Logits of a model that is right in so many of the images."""
        number = self._study.num_test
        order = self._random.permutation(number) if self._study.luck else np.arange(number)
        predicted = (self._labels + 1) % NUM_CLASSES
        right = order[: round(accuracy * number)]
        predicted[right] = self._labels[right]
        return np.where(np.arange(NUM_CLASSES) == predicted[:, None], 2.0, 0.0).astype(np.float32)

    def _leave(self, run: Run, metrics: Metrics, val_accuracy: float = 0.5) -> None:
        path = self._path(run)
        write_record(path / "metrics.json", metrics)
        epoch = EpochRecord(
            epoch=1, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1, val_accuracy=val_accuracy,
            seconds=1, images_per_s=1,
        )  # fmt: skip
        if run.config.kind == "train":
            write_record(path / "history.json", History(num_epochs=1, epochs=(epoch,)))

    def _fail(self, run: Run) -> None:
        path = self._path(run)
        (path / "attempts").mkdir()
        write_record(path / "failure.json", Failure(kind="non-finite loss", reason="loss is not finite in epoch 1"))
        write_record(path / "attempts" / "0001.json", Attempt(end="failed", **DIED))

    def _path(self, run: Run) -> Path:
        path = self._folder / "runs" / run.id
        path.mkdir(parents=True, exist_ok=True)
        write_record(path / "config.json", RunRecord(run_id=run.id, config=run.config))
        return path


def _here() -> str:
    import socket

    return socket.gethostname()
