"""From a sweep's folder to its results; what cannot be read is noted, not passed over."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.report.results.message import Message
from harness.report.results.sweep_results import Arm, Results, RunResult, TestReading, Unreadable
from harness.state.attempts import is_alive, with_last_sign
from harness.state.records import JobRecord, Provenance, TrialRecord, Trials, read_sweep_record
from harness.state.run_state import FINISHED, RunState, derive_state
from harness.sweep.plan import Plan, Run
from kd.config import DistillConfig, TestConfig
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.model_card import card_path
from kd.records import Attempt, Failure, History, Metrics, ModelCard, ModelSize, Record, RunRecord, Scores, Speed
from kd.scores import score

Read = TypeVar("Read", bound=Record)


class Reader:
    """Reads records under a sweep's folder and remembers those that cannot be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unreadable: list[Unreadable] = []
        jobs = (self.read(path, JobRecord) for path in sorted(folder.glob("jobs/*.json")))
        self._queued = {run_id for job in jobs if job is not None for run_id in job.run_ids}

    def read(self, path: Path, kind: type[Read]) -> Read | None:
        """The record at ``path``; None where it is missing, or unreadable, which is noted."""
        try:
            return read_record(path, kind)
        except FileNotFoundError:
            return None
        except (UnreadableFileError, OSError) as error:
            self.note(path, "missing-because-unreadable", reason=str(error).removeprefix(f"{path}: "))
            return None

    def note(self, path: Path, message: str, **values: str) -> None:
        """Remember that ``path`` cannot be used, and why."""
        self.unreadable.append(Unreadable(str(path.relative_to(self.folder)), Message(message, values)))

    def predictions(self, run_id: str, use: Literal["test", "ensemble"]) -> dict[str, NDArray[Any]] | None:
        """The arrays of a run's predictions; None where they are missing or damaged, which is noted with their use."""
        path = self.folder / "runs" / run_id / "predictions.npz"
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                return dict(arrays)
        except FileNotFoundError:
            self.note(path, "missing-because-predictions-missing", use=use)
        except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
            self.note(path, "missing-because-predictions-damaged", error=type(error).__name__, use=use)
        return None

    def step_losses(self, run_id: str) -> NDArray[np.float32] | None:
        """The training loss of each step; None where steps were not kept, or are damaged, which is noted."""
        path = self.folder / "runs" / run_id / "steps.npz"
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                losses: NDArray[np.float32] = arrays["train_loss"]
                return losses
        except FileNotFoundError:
            return None
        except Exception as error:  # a damaged archive raises anything from BadZipFile to ValueError
            self.note(path, "missing-because-steps-damaged", error=type(error).__name__)
            return None

    def run(self, run: Run) -> RunResult:
        """Everything a run has left in its folder."""
        folder = self.folder / "runs" / run.id
        before = len(self.unreadable)
        metrics = self.read(folder / "metrics.json", Metrics)
        failure = self.read(folder / "failure.json", Failure)
        damaged = len(self.unreadable) > before
        read = {path: self.read(path, Attempt) for path in sorted(folder.glob("attempts/*.json"))}
        attempts = tuple(with_last_sign(path, attempt) for path, attempt in read.items() if attempt is not None)
        state = derive_state(
            metrics,
            has_failed=failure is not None,
            is_running=bool(attempts) and is_alive(folder, attempts[-1]),
            is_queued=run.id in self._queued,
            has_begun=(folder / "attempts").exists() or (folder / "history.json").exists(),
        )
        if damaged and metrics is None:
            state = RunState.UNREADABLE
        return RunResult(
            run=run,
            state=state,
            metrics=metrics,
            history=self.read(folder / "history.json", History),
            failure=failure,
            attempts=attempts,
            step_losses=self.step_losses(run.id),
        )


def read_results(sweep_dir: Path) -> Results:
    """Read a sweep's folder.

    Raises:
        FileNotFoundError: It has no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` itself cannot be read, so that nothing else has a meaning.
    """
    record = read_sweep_record(sweep_dir)
    reader = Reader(sweep_dir)
    plan = Plan(record.sweep, record.digest)
    trials = reader.read(sweep_dir / "trials.json", Trials) or Trials()
    chosen = _chosen(plan, trials)
    teachers = tuple(reader.run(run) for run in plan.teachers)
    logits_runs = tuple(reader.run(run) for run in plan.taught_by if run.config.kind == "logits")
    students = tuple(_student_arms(plan, chosen, reader))
    searched = trials.trials if record.sweep.search is not None else ()
    trial_runs = {trial.run_id: reader.run(plan.trial(trial)) for trial in searched}
    test_run, num_readings = _find_test(plan, teachers, students, reader)
    planned = {run.id for run in (*teachers, *logits_runs, *(run for arm in students for run in arm.runs))}
    planned |= set(trial_runs)
    if test_run is not None:
        planned.add(test_run.id)
    folders = sorted(path.name for path in (sweep_dir / "runs").glob("*") if path.is_dir())
    return Results(
        folder=sweep_dir,
        record=record,
        plan=plan,
        teachers=teachers,
        arms=(*_teacher_arms(teachers, _ensemble(plan, teachers, logits_runs, reader)), *students),
        trials=tuple(_as_its_run(trial, trial_runs.get(trial.run_id), plan) for trial in trials.trials),
        trial_runs=trial_runs,
        chosen=chosen,
        test=_with_ensemble(_read_test(test_run, reader), plan),
        test_run=test_run,
        speed=reader.read(sweep_dir / "runs" / test_run.id / "speed.json", Speed) if test_run else None,
        num_test_readings=num_readings,
        provenance=reader.read(sweep_dir / "provenance.json", Provenance),
        card=reader.read(card_path(sweep_dir / "runs" / plan.teachers[0].id / "model"), ModelCard),
        other_runs=tuple(name for name in folders if name not in planned),
        unreadable=tuple(reader.unreadable),
        logits_runs=logits_runs,
    )


def _as_its_run(trial: TrialRecord, run: RunResult | None, plan: Plan) -> TrialRecord:
    """A trial where its run stands: the search may not have been told yet, and a page has one state for both."""
    if run is None or plan.sweep.search is None:
        return trial
    value = trial.value
    if value is None and run.state in FINISHED and run.history and run.history.epochs:
        value = float(getattr(run.history.epochs[-1], plan.sweep.search.metric))
    return trial.model_copy(update={"state": run.state, "value": value})


def _chosen(plan: Plan, trials: Trials) -> DistillConfig | None:
    """The setting of the final runs; None while the search has not decided."""
    if plan.sweep.search is None:
        return plan.sweep.distill
    best = next((trial for trial in trials.trials if trial.number == trials.best), None)
    return None if best is None else plan.with_setting(best)


def _teacher_arms(teachers: tuple[RunResult, ...], ensemble: RunResult | None) -> Iterator[Arm]:
    """The teacher; or the ensemble, and then each teacher alone."""
    if ensemble is None:
        yield Arm("teacher", None, teachers)
        return
    yield Arm("teacher", None, (ensemble,))
    for number, run in enumerate(teachers, start=1):
        yield Arm(f"teacher{number}", None, (run,))


def _ensemble(
    plan: Plan, teachers: tuple[RunResult, ...], logits_runs: tuple[RunResult, ...], reader: Reader
) -> RunResult | None:
    """The logits run, kept or not, with what all teachers together score on val, and cost; None of one teacher."""
    if len(teachers) == 1:
        return None
    logits_run = (
        logits_runs[-1] if logits_runs else RunResult(plan.logits, RunState.COMPLETE, Metrics(run_id=plan.logits.id))
    )
    found = [run.metrics for run in teachers if run.metrics is not None]
    sizes = [metrics.size for metrics in found if metrics.size is not None]
    if len(sizes) < len(teachers):
        return replace(logits_run, state=RunState.NOT_STARTED, metrics=None)
    if logits_run.metrics is None:
        return logits_run
    num_bytes = [one.num_bytes for one in sizes if one.num_bytes is not None]
    size = ModelSize(
        num_parameters=sum(one.num_parameters for one in sizes),
        macs=sum(one.macs for one in sizes),
        num_bytes=sum(num_bytes) if len(num_bytes) == len(sizes) else None,
    )
    metrics = logits_run.metrics.model_copy(update={"size": size, "val": _ensemble_val(teachers, reader)})
    return replace(logits_run, metrics=metrics)


def _ensemble_val(teachers: tuple[RunResult, ...], reader: Reader) -> Scores | None:
    read = [reader.predictions(run.id, "ensemble") for run in teachers]
    found = [arrays for arrays in read if arrays is not None]
    if len(found) < len(read):
        return None
    return score(np.mean([arrays["val"] for arrays in found], axis=0), found[0]["labels"])


def _student_arms(plan: Plan, chosen: DistillConfig | None, reader: Reader) -> Iterator[Arm]:
    yield Arm("baseline", None, tuple(reader.run(run) for run in plan.baselines))
    finals = () if chosen is None else tuple(reader.run(run) for run in plan.finals(chosen))
    yield Arm("distilled", chosen, finals)
    for number, (setting, runs) in enumerate(zip(plan.sweep.compare, plan.compares, strict=True), start=1):
        yield Arm(f"compare{number}", plan.with_setting(setting), tuple(reader.run(run) for run in runs))


def _find_test(
    plan: Plan, teachers: tuple[RunResult, ...], students: tuple[Arm, ...], reader: Reader
) -> tuple[RunResult | None, int]:
    """The test run that reads most of the current models, and how many finished test runs there are."""
    baseline, distilled, *compared = students
    order = [*teachers, *(run for arm in (baseline, *compared, distilled) for run in arm.runs)]
    wanted = [run.id for run in order if run.state == RunState.COMPLETE]
    candidates = []
    for path in sorted((reader.folder / "runs").glob("test-*")):
        config = reader.read(path / "config.json", RunRecord)
        if config is not None and isinstance(config.config, TestConfig):
            candidates.append(reader.run(Run(path.name, config.config)))
    num_readings = sum(run.metrics is not None for run in candidates)
    if not wanted:
        return None, num_readings
    exact = plan.test(wanted).id

    def fitness(result: RunResult) -> tuple[int, bool, bool]:
        assert isinstance(result.run.config, TestConfig)
        overlap = len(set(result.run.config.models) & set(wanted))
        return (overlap if result.metrics else 0), result.id == exact, result.metrics is not None

    best = max(candidates, key=fitness, default=None)
    return (best if best is not None and any(fitness(best)) else None), num_readings


def _read_test(result: RunResult | None, reader: Reader) -> TestReading | None:
    if result is None or result.metrics is None:
        return None
    scores = result.metrics.test
    logits = reader.predictions(result.id, "test")
    if logits is None:
        return TestReading(result.id, scores)
    labels = logits.pop("labels").astype(np.int64)
    return TestReading(result.id, scores, labels, {run_id: logits[run_id] for run_id in scores if run_id in logits})


def _with_ensemble(test: TestReading | None, plan: Plan) -> TestReading | None:
    """With the mean of several teachers' logits, as the students saw it on train, under the logits run's id."""
    teachers = [run.id for run in plan.teachers]
    if test is None or test.labels_N is None or len(teachers) == 1 or not set(teachers) <= set(test.logits):
        return test
    mean_NC = np.mean([test.logits[run_id] for run_id in teachers], axis=0)
    return replace(
        test,
        scores=test.scores | {plan.logits.id: score(mean_NC, test.labels_N)},
        logits=test.logits | {plan.logits.id: mean_NC},
    )
