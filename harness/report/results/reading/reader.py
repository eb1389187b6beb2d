"""A sweep's folder as its results: the runs that its plan knows of, arm by arm."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from harness.report.results.reading.ensemble import ensemble_of, with_ensemble
from harness.report.results.reading.exports import read_exports
from harness.report.results.reading.extra_tests import read_extra_tests
from harness.report.results.reading.final_evaluation import find_test_run, read_label_evidence, read_test
from harness.report.results.reading.record_reader import RecordReader
from harness.report.results.sweep_results import Arm, ExportResult, MethodResult, Results, RunResult
from harness.state.attempts.run_state import FINISHED
from harness.state.files.folder import SweepFolder
from harness.state.files.records import (
    SEEDS,
    Provenance,
    SeedLooks,
    SweepRecord,
    TrialRecord,
    Trials,
    read_sweep_record,
    trials_name,
)
from harness.state.stages.graph import (
    Searches,
    baseline_runs,
    chosen_params,
    final_runs,
    headline_method,
    trial_runs_of,
    variants,
)
from harness.state.stages.seeds import count_seeds, known_looks
from harness.sweep.plan import Plan
from harness.sweep.sections.methods import loss_title
from harness.sweep.sections.students import search_name
from kd.errors import UnreadableFileError
from kd.model_card import card_path
from kd.records import ModelCard, Speed


def read_results(sweep_dir: Path) -> Results:
    """Read a sweep's folder; of several students the first one's part of it (``read_students``).

    Raises:
        FileNotFoundError: It has no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` itself cannot be read, so that nothing else has a meaning.
    """
    return read_students(sweep_dir)[0]


def read_students(sweep_dir: Path) -> tuple[Results, ...]:
    """Read a sweep's folder, a student each, in the order of the stages, which is that of the list of damaged files.

    Raises:
        FileNotFoundError: It has no ``sweep.yaml``.
        UnreadableFileError: ``sweep.yaml`` itself cannot be read, so that nothing else has a meaning.
    """
    record = read_sweep_record(sweep_dir)
    plan, reader = Plan(record.sweep, record.digest), RecordReader(sweep_dir)
    runs = sweep_dir / "runs"
    trained = [_read_trained(member, record, reader) for member in plan.members]
    tested = [run for one in trained for run in one.tested_order]
    test_run, num_readings = find_test_run(plan, tested, reader)
    extra = read_extra_tests(plan, tested, reader)
    test = read_test(test_run, reader)
    speed = reader.read(runs / test_run.id / "speed.json", Speed) if test_run else None
    provenance = reader.read(sweep_dir / "provenance.json", Provenance)
    card = reader.read(card_path(runs / plan.teachers[0].id / "model"), ModelCard)
    exports, evidence = read_exports(reader), read_label_evidence(test, reader)
    found = [
        replace(
            one,
            test=with_ensemble(test, one.plan),
            test_run=test_run,
            num_test_readings=num_readings,
            speed=speed,
            provenance=provenance,
            card=card,
            exports=_exports_of(one, trained, exports),
            evidence=evidence,
            extra_runs=extra.runs,
            extra_tests=extra.readings_of(one.plan),
            unreadable=tuple({str(each): each for each in reader.unreadable}.values()),
            is_controlled=_is_controlled(sweep_dir),
        )
        for one in trained
    ]
    planned = {run.id for one in found for run in one.all_runs()}
    others = (path.name for path in sorted(runs.glob("*")) if path.is_dir() and path.name not in planned)
    other_runs = tuple(others)
    return tuple(replace(one, other_runs=other_runs) for one in found)


def _read_trained(plan: Plan, record: SweepRecord, reader: RecordReader) -> Results:
    """All of a student's that comes before test."""
    searches = _read_searches(plan, reader)
    looks = known_looks(plan, searches, reader.read(reader.folder / SEEDS, SeedLooks))
    plan = plan.with_seeds(count_seeds(plan, looks))
    teachers = tuple(reader.run(run) for run in plan.teachers)
    logits_runs = tuple(reader.run(run) for run in plan.taught_by if run.config.kind == "logits")
    asked = _method_results(plan, searches)
    students = tuple(_student_arms(plan, asked, searches, reader))
    trial_runs = {run.id: reader.run(run) for method in plan.searches for run in trial_runs_of(plan, method, searches)}
    methods = tuple(_as_their_runs(one, trial_runs, plan) for one in asked)
    return Results(
        folder=reader.folder,
        record=record,
        plan=plan,
        teachers=teachers,
        logits_runs=logits_runs,
        other_teachings=tuple(
            reader.run(run)
            for run in (
                *(run for teaching in plan.other_teachings for run in teaching.runs),
                *(run for passes in plan.unlabeled_passes.values() for run in passes),
            )
        ),
        arms=(*_teacher_arms(teachers, ensemble_of(plan, teachers, logits_runs, reader)), *students),
        methods=methods[: len(plan.methods)],
        alone=next(iter(methods[len(plan.methods) :]), None),
        trial_runs=trial_runs,
        looks=looks.looks if looks else (),
    )


def _exports_of(
    student: Results, students: Sequence[Results], exports: tuple[ExportResult, ...]
) -> tuple[ExportResult, ...]:
    """Of several students: those of its own runs, and those that no student has the run of any more."""
    own, any_own = ({run.id for one in some for arm in one.arms for run in arm.runs} for some in ([student], students))
    return tuple(one for one in exports if (chosen := one.record.request.run_id) in own or chosen not in any_own)


def _is_controlled(sweep_dir: Path) -> bool:
    try:
        return SweepFolder(sweep_dir.parent, sweep_dir.name).read_controller() is not None
    except UnreadableFileError:
        return False


def _read_searches(plan: Plan, reader: RecordReader) -> dict[str, Trials]:
    """The searches that have begun, by their methods' keys."""
    paths = {method.key: trials_name(search_name(method.key, plan.student_key)) for method in plan.searches}
    read = {key: reader.read(reader.folder / name, Trials) for key, name in paths.items()}
    return {key: trials for key, trials in read.items() if trials is not None}


def _method_results(plan: Plan, searches: Searches) -> list[MethodResult]:
    """Every method with its search, and then the student alone where that is searched too."""
    alone = plan.alone
    leading = headline_method(plan, searches).key
    found = []
    for number, method in enumerate([*plan.methods, *([alone] if alone else [])], start=1):
        params = chosen_params(method, searches)
        distill = None if params is None else plan.distilled_by(method, params)
        arm = "baseline" if method is alone else "distilled" if method.key == leading else f"method{number}"
        found.append(MethodResult(method, searches.get(method.key, Trials()), params, distill, arm))
    return found


def _as_their_runs(found: MethodResult, runs: dict[str, RunResult], plan: Plan) -> MethodResult:
    trials = tuple(_as_its_run(trial, runs.get(trial.run_id), plan) for trial in found.trials.trials)
    return found._replace(trials=found.trials.model_copy(update={"trials": trials}))


def _as_its_run(trial: TrialRecord, run: RunResult | None, plan: Plan) -> TrialRecord:
    """A trial where its run stands: the search may not have been told yet, and a page has one state for both."""
    if run is None or plan.sweep.search is None:
        return trial
    value = trial.value
    if value is None and run.state in FINISHED:
        value = run.last_value(plan.sweep.search.metric)
    return trial.model_copy(update={"state": run.state, "value": value})


def _teacher_arms(teachers: tuple[RunResult, ...], ensemble: RunResult | None) -> Iterator[Arm]:
    """The teacher; or the ensemble, and then each teacher alone."""
    if ensemble is None:
        yield Arm("teacher", None, teachers)
        return
    yield Arm("teacher", None, (ensemble,))
    for number, run in enumerate(teachers, start=1):
        yield Arm(f"teacher{number}", None, (run,))


def _student_arms(plan: Plan, methods: list[MethodResult], searches: Searches, reader: RecordReader) -> Iterator[Arm]:
    """The baseline, the distilled student, the other methods, without runs before a search has chosen, and settings."""
    alone = next((one.params for one in methods if one.method.distill is None), None)
    yield Arm("baseline", None, tuple(reader.run(run) for run in baseline_runs(plan, searches)), params=alone or {})
    taught = [one for one in methods if one.method.distill is not None]
    for one in sorted(taught, key=lambda one: one.arm != "distilled"):
        runs = tuple(reader.run(run) for run in final_runs(plan, one.method, searches))
        yield Arm(one.arm, one.distill, runs, one.method.name if len(taught) > 1 else "", one.params or {})
    names_kd = len(taught) > 1 or loss_title(plan.sweep.base_loss) != "kd"
    for number, (setting, seeds) in enumerate(zip(plan.sweep.compare, plan.compares, strict=True), start=1):
        runs = tuple(reader.run(run) for run in seeds)
        yield Arm(f"compare{number}", plan.named_setting(setting), runs, names_kd=names_kd)
    for number, variant in enumerate(variants(plan, searches), start=1):
        runs = tuple(reader.run(run) for run in variant.runs)
        yield Arm(f"variant{number}", variant.distill, runs, variant=variant.key)
