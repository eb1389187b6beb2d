"""A sweep's folder as its results: the runs that its plan knows of, arm by arm."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from harness.report.results.ensemble import ensemble_of, with_ensemble
from harness.report.results.record_reader import RecordReader
from harness.report.results.sweep_results import Arm, Results, RunResult
from harness.report.results.test_reading import find_test_run, read_test
from harness.state.folder import SweepFolder
from harness.state.records import Provenance, TrialRecord, Trials, read_sweep_record
from harness.state.run_state import FINISHED
from harness.sweep.params import Params, with_params
from harness.sweep.plan import Plan
from kd.config import DistillConfig
from kd.errors import UnreadableFileError
from kd.model_card import card_path
from kd.records import ModelCard, Speed


def read_results(sweep_dir: Path) -> Results:
    """Read a sweep's folder, in the order of the stages, which is that of the list of damaged files.

    Raises:
        FileNotFoundError: It has no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` itself cannot be read, so that nothing else has a meaning.
    """
    record = read_sweep_record(sweep_dir)
    plan, reader = Plan(record.sweep, record.digest), RecordReader(sweep_dir)
    runs = sweep_dir / "runs"
    trials = reader.read(sweep_dir / "trials.json", Trials) or Trials()
    params = _chosen_params(plan, trials)
    chosen = None if params is None else with_params(plan.sweep.distill, params)
    teachers = tuple(reader.run(run) for run in plan.teachers)
    logits_runs = tuple(reader.run(run) for run in plan.taught_by if run.config.kind == "logits")
    students = tuple(_student_arms(plan, chosen, params, reader))
    searched = trials.trials if plan.sweep.search is not None else ()
    trial_runs = {trial.run_id: reader.run(plan.trial(trial.params)) for trial in searched}
    test_run, num_readings = find_test_run(plan, teachers, students, reader)
    results = Results(
        folder=sweep_dir,
        record=record,
        plan=plan,
        teachers=teachers,
        logits_runs=logits_runs,
        arms=(*_teacher_arms(teachers, ensemble_of(plan, teachers, logits_runs, reader)), *students),
        trials=tuple(_as_its_run(trial, trial_runs.get(trial.run_id), plan) for trial in trials.trials),
        trial_runs=trial_runs,
        chosen=chosen,
        test=with_ensemble(read_test(test_run, reader), plan),
        test_run=test_run,
        num_test_readings=num_readings,
        speed=reader.read(runs / test_run.id / "speed.json", Speed) if test_run else None,
        provenance=reader.read(sweep_dir / "provenance.json", Provenance),
        card=reader.read(card_path(runs / plan.teachers[0].id / "model"), ModelCard),
        unreadable=tuple(reader.unreadable),
        is_controlled=_is_controlled(sweep_dir),
    )
    planned = {run.id for run in results.all_runs()}
    found = sorted(path.name for path in runs.glob("*") if path.is_dir())
    return replace(results, other_runs=tuple(name for name in found if name not in planned))


def _is_controlled(sweep_dir: Path) -> bool:
    try:
        return SweepFolder(sweep_dir.parent, sweep_dir.name).read_controller() is not None
    except UnreadableFileError:
        return False


def _chosen_params(plan: Plan, trials: Trials) -> Params | None:
    """What the search chose for the final runs; None while it has not decided."""
    if plan.sweep.search is None:
        return {}
    best = next((trial for trial in trials.trials if trial.number == trials.best), None)
    return None if best is None else best.params


def _as_its_run(trial: TrialRecord, run: RunResult | None, plan: Plan) -> TrialRecord:
    """A trial where its run stands: the search may not have been told yet, and a page has one state for both."""
    if run is None or plan.sweep.search is None:
        return trial
    value = trial.value
    if value is None and run.state in FINISHED and run.history and run.history.epochs:
        value = float(getattr(run.history.epochs[-1], plan.sweep.search.metric))
    return trial.model_copy(update={"state": run.state, "value": value})


def _teacher_arms(teachers: tuple[RunResult, ...], ensemble: RunResult | None) -> Iterator[Arm]:
    """The teacher; or the ensemble, and then each teacher alone."""
    if ensemble is None:
        yield Arm("teacher", None, teachers)
        return
    yield Arm("teacher", None, (ensemble,))
    for number, run in enumerate(teachers, start=1):
        yield Arm(f"teacher{number}", None, (run,))


def _student_arms(
    plan: Plan, chosen: DistillConfig | None, params: Params | None, reader: RecordReader
) -> Iterator[Arm]:
    """The baseline, the distilled student, without runs before the search has chosen, and every named setting."""
    yield Arm("baseline", None, tuple(reader.run(run) for run in plan.baselines))
    finals = () if params is None else tuple(reader.run(run) for run in plan.finals(params))
    yield Arm("distilled", chosen, finals)
    for number, (setting, runs) in enumerate(zip(plan.sweep.compare, plan.compares, strict=True), start=1):
        yield Arm(f"compare{number}", plan.with_setting(setting), tuple(reader.run(run) for run in runs))
