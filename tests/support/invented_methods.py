"""Finished sweeps of several methods without any training: each search, its trials, and how good its students are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.state.files.records import SweepRecord, TrialRecord, Trials, trials_name, write_sweep_record
from harness.state.stages.graph import variants
from harness.state.stages.search_space import with_settings
from harness.sweep.plan import Plan
from harness.sweep.runs import Run
from harness.sweep.schema import Sweep
from harness.sweep.search.config import Dimension, Value
from harness.sweep.sections.methods import ALONE, Method
from kd.files import read_record, write_record
from kd.records import Attempt, Code, EpochRecord, Failure, History, Metrics, ModelSize, RunRecord, Scores
from kd.scores import score
from tests.support.invented_sweep import invent_store
from tests.support.small_sweep import SMALL

NUM_CLASSES = 4
FIRST, SIX_MINUTES = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=6)
WIDE_SPACE = {
    "alpha": {"low": 0.0, "high": 1.0},
    "temperature": {"low": 1.0, "high": 20.0, "log": True},
    "student.optimizer.lr": {"low": 1e-4, "high": 1e-1, "log": True},
    "student.optimizer.name": {"values": ["adam", "sgd"]},
}
"""Four dimensions, two of them of the student's training."""


class Inventor:
    """Writes one sweep's folder, run by run.

    Args:
        results: Where sweeps lie.
        methods: As the sweep file lists them.
        strength: How clearly a method's students, the teacher and the baseline see the true class, by name.
        failed: Methods whose every trial failed.
        searching: Methods whose search is not over: its last trials have not begun.
        untested: Methods that were added after the test images were read.
        num_test: Test images, of classes of one size.
        sizes: Of the classes, where they differ.
        sweep: Other keys of the sweep file.
    """

    def __init__(
        self,
        results: Path,
        methods: list[Any],
        strength: Mapping[str, float] | None = None,
        failed: Collection[str] = (),
        searching: Collection[str] = (),
        untested: Collection[str] = (),
        num_test: int = 400,
        sizes: Sequence[int] | None = None,
        **sweep: Any,
    ) -> None:
        content = SMALL | {"name": "invented", "data": {"source": "invented"}, "compare": [], "reference": None}
        content |= {"methods": methods, "search": {"num_trials": 10}, "seeds": 3} | sweep
        self.sweep = Sweep.model_validate(content)
        self.folder = results / self.sweep.name
        self.folder.mkdir(parents=True)
        self.plan = Plan(self.sweep, "invented")
        self._strength = {"teacher": 3.6, ALONE: 2.4} | dict(strength or {})
        self._failed, self._searching, self._untested = failed, searching, untested
        self._random = np.random.default_rng(0)
        self._num_runs = 0
        names = [f"class {number}" for number in range(NUM_CLASSES)]
        num_test = sum(sizes) if sizes else num_test
        self._labels = invent_store(results, NUM_CLASSES, num_test, names, self._random, sizes)
        self._hardness = self._random.normal(size=(num_test, NUM_CLASSES))
        self._logits: dict[str, NDArray[np.float32]] = {}
        self._write()

    def _write(self) -> None:
        write_sweep_record(self.folder, SweepRecord(sweep=self.sweep, origin="sweeps/invented.yaml", digest="invented"))
        for run in self.plan.teachers:
            self._model(run, "teacher")
        if not self.plan.is_online:
            self._run(self.plan.logits, Metrics(run_id=self.plan.logits.id))
        alone = self.sweep.student_alone
        chosen = self._search(alone) if alone else {}
        for run in self.plan.baselines(chosen or {}):
            self._model(run, ALONE)
        later: list[Run] = []
        for method in self.plan.methods:
            params = self._search(method) if method.space else {}
            for run in self.plan.finals(params, method) if params is not None else ():
                if method.name in self._untested:
                    later.append(run)
                else:
                    self._model(run, method.name)
        self._variants()
        tested = self.plan.test(list(self._logits))
        scores = {name: score(one, self._labels) for name, one in self._logits.items()}
        self._run(tested, Metrics(run_id=tested.id, test=scores))
        np.savez(self.folder / "runs" / tested.id / "predictions.npz", labels=self._labels, **self._logits)
        for run in later:
            self._run(run, Metrics(run_id=run.id, val=_val(0.9)), 0.9)

    def _variants(self) -> None:
        """As good as ``strength`` says of a control, or of ``teacher_seed1`` and so on."""
        for teaching in self.plan.other_teachings:
            for run in teaching.runs:
                self._run(run, Metrics(run_id=run.id, val=_val(0.9)))
        for passes in self.plan.unlabeled_passes.values():
            for run in passes:
                self._run(run, Metrics(run_id=run.id))
        keys = [method.key for method in self.plan.searches]
        paths = {key: self.folder / trials_name(key) for key in keys}
        for variant in variants(self.plan, {key: read_record(path, Trials) for key, path in paths.items()}):
            for run in variant.runs:
                self._model(run, variant.key)

    def _search(self, method: Method) -> dict[str, Value] | None:
        """Leaves a search's trials, and gives what it chose."""
        number = self.sweep.num_trials(method)
        trials = []
        for place in range(number):
            params = {name: self._drawn(dimension) for name, dimension in method.space.items()}
            run = self.plan.trial(params, method)
            state = "failed" if method.name in self._failed else "complete"
            if method.name in self._searching and place >= number // 2:
                break
            value = None if state == "failed" else 0.9 - 0.05 * (float(params.get("alpha", 0.5)) - 0.6) ** 2
            trials.append(TrialRecord(number=place, run_id=run.id, params=params, state=state, value=value))
            if state == "failed":
                path = self.folder / "runs" / run.id
                path.mkdir(parents=True)
                (path / "failure.json").write_text(Failure(kind="code error", reason="made so").model_dump_json())
            else:
                self._run(run, Metrics(run_id=run.id, val=_val(value or 0.0)), value)
        is_over = len(trials) == number and method.name not in self._failed
        best = max(trials, key=lambda trial: trial.value or 0.0).number if is_over else None
        found = with_settings(Trials(trials=tuple(trials), best=best), method.distill)
        write_record(self.folder / trials_name(method.key), found)
        return None if best is None else dict(trials[best].params)

    def _drawn(self, dimension: Dimension) -> Value:
        if dimension.values is not None:
            return dimension.values[int(self._random.integers(len(dimension.values)))]
        low, high = dimension.range
        place = float(self._random.random())
        value = low * (high / low) ** place if dimension.log else low + (high - low) * place
        return round(value) if dimension.is_int else value

    def _model(self, run: Run, name: str) -> None:
        """A tested model; the images' own hardness is shared, so that pairs of models differ little by chance."""
        noise = self._random.normal(size=self._hardness.shape)
        logits = (self._hardness + 0.4 * noise).astype(np.float32)
        logits[np.arange(len(self._labels)), self._labels] += self._strength.get(name, 2.6)
        self._logits[run.id] = logits
        accuracy = float((logits.argmax(axis=1) == self._labels).mean())
        self._run(
            run, Metrics(run_id=run.id, val=_val(accuracy), size=ModelSize(num_parameters=1000, macs=500)), accuracy
        )

    def _run(self, run: Run, metrics: Metrics, accuracy: float | None = None) -> None:
        path = self.folder / "runs" / run.id
        if path.exists():
            return
        (path / "attempts").mkdir(parents=True)
        write_record(path / "config.json", RunRecord(run_id=run.id, config=run.config))
        self._num_runs += 1
        began, ended = (FIRST + (self._num_runs + late) * SIX_MINUTES for late in (0, 1))
        attempt = Attempt(
            number=1, job_id=str(self._num_runs), host="node1", pid=self._num_runs, process_created=0.0,
            started_at=began.isoformat(), ended_at=ended.isoformat(), end="complete",
            code=Code(commit=None, versions={}),
        )  # fmt: skip
        write_record(path / "attempts" / "0001.json", attempt)
        write_record(path / "metrics.json", metrics)
        if accuracy is not None:
            epoch = EpochRecord(
                epoch=1, lr=1e-3, train_loss=1, hard_loss=1, train_accuracy=0.5, val_loss=1 - accuracy,
                val_accuracy=accuracy, seconds=1, images_per_s=1,
            )  # fmt: skip
            write_record(path / "history.json", History(num_epochs=1, epochs=(epoch,)))


def invent_methods(results: Path, methods: list[Any], **more: Any) -> Path:
    """A sweep of several methods, as ``Inventor`` writes it; gives its folder."""
    return Inventor(results, methods, **more).folder


def _val(accuracy: float) -> Scores:
    right = round(50 * accuracy)
    return Scores(num_images=100, accuracy=accuracy, nll=1.0, confusion=[[right, 50 - right], [50 - right, right]])
