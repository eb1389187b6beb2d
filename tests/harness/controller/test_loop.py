"""The controller with jobs carried out in this process."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from harness.cluster.stop_flag import StopFlag
from harness.commands.inspect.verbs import print_why
from harness.console.hints import Hints
from harness.controller.loop import PROGRAM_INTERVAL_S, Controller
from harness.report.analysis.arms.gains import find_answer
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.state.attempts.lease import attempt_path
from harness.state.attempts.run_state import RunState
from harness.state.files.records import JobRecord, TrialRecord, Trials
from harness.state.stages.graph import known_steps
from harness.sweep.runs import VIEWS_OF_A_PART
from kd.config import AugmentConfig
from kd.data.images import open_training
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, write_record
from kd.models.files import load_model
from kd.records import Attempt, Failure, History, LogitsIndex, Metrics
from kd.runs.folder.context import RunPaths
from kd.training.teacher.logits import compute_view_logits, view_path
from tests.support.broken_net import FAILS_IN_TRAINING
from tests.support.sweep_lab import HoldingExecutor

EN = language("en")
SHIFTED = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1}}

CPU = torch.device("cpu")


def roles(run_ids: list[str]) -> Counter[str]:
    return Counter(run_id.partition("-")[0] for run_id in run_ids)


def result_files(folder: Path) -> dict[str, bytes]:
    names = ("metrics.json", "predictions.npz", "model.safetensors")
    return {
        str(path.relative_to(folder)): path.read_bytes() for name in names for path in folder.glob(f"runs/**/{name}")
    }


def test_a_sweep_runs_every_stage_once_and_in_order(lab: Any) -> None:
    controller = lab.controller(compare=[{"alpha": 0.9, "temperature": 4.0}])
    assert controller.run()
    submitted = controller._executor.submitted
    assert roles(submitted) == {
        "teacher": 1,
        "logits": 1,
        "baseline": 2,
        "search": 4,
        "compare": 2,
        "final": 2,
        "test": 1,
    }
    assert submitted.index(controller.plan.teachers[0].id) < submitted.index(controller.plan.logits.id)
    assert all(
        submitted.index(controller.plan.logits.id) < submitted.index(run) for run in submitted if "search" in run
    )
    assert submitted[-1].startswith("test-")


def test_baseline_and_final_share_seeds_and_the_search_has_its_own(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    seeds = {role: set() for role in ("baseline", "final", "search")}
    for run_id in controller._executor.submitted:
        role, _, seed = run_id.partition("-")[0], *run_id.rpartition("-s")[1:]
        if role in seeds:
            seeds[role].add(seed)
    assert seeds["baseline"] == seeds["final"] == {"0", "1"}
    assert seeds["search"].isdisjoint(seeds["final"])


def test_the_best_are_trained_again_before_one_is_chosen(lab: Any) -> None:
    controller = lab.controller(search={"num_trials": 4, "concurrency": 2, "top": 2, "repeats": 2})
    assert controller.run()
    search = controller.searches[""]
    trials = search.trials
    again = [trial for trial in trials if trial.repeats]
    assert len(again) == 2
    assert min(trial.value for trial in again) >= max(trial.value for trial in trials if not trial.repeats)
    assert all(repeat.state == "complete" for trial in again for repeat in trial.repeats)
    assert trials[search.best].mean == max(trial.mean for trial in again)
    submitted = controller._executor.submitted
    assert roles(submitted)["search"] == 4 + 2 * 2
    assert {run_id.rpartition("-s")[2] for run_id in submitted if "search" in run_id} == {"1000", "1001", "1002"}
    standing = controller.snapshot().standing(is_controlled=False)
    assert {stage.stage: (stage.done, stage.total) for stage in standing.stages}["search"] == (8, 8)
    assert standing.state == "complete"
    assert not read_results(controller.folder.path).other_runs


def test_a_search_of_the_student_is_carried_out_and_its_best_is_what_the_finals_train(lab: Any) -> None:
    space = {"temperature": None, "student.optimizer.lr": {"low": 1e-4, "high": 1e-2, "log": True}}
    controller = lab.controller(search={"num_trials": 4, "concurrency": 2, "space": space})
    assert controller.run()
    search = controller.searches[""]
    best = search.trials[search.best]
    assert list(best.params) == ["alpha", "student.optimizer.lr"]
    assert (best.alpha, best.temperature) == (best.params["alpha"], 2.0)
    finals = [step.run.config for step in controller.steps if step.stage == "final"]
    assert {final.training.optimizer.lr for final in finals} == {best.params["student.optimizer.lr"]}
    assert {final.distill.alpha for final in finals} == {best.params["alpha"]}
    results = read_results(controller.folder.path)
    assert results.standing.is_finished
    assert not results.other_runs


def test_the_finals_train_the_best_trial_and_the_test_reads_all_models(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    trials = controller.searches[""]
    best = trials.trials[trials.best]
    assert best.value == max(trial.value for trial in trials.trials if trial.state == "complete")
    finals = controller.plan.finals({"alpha": best.alpha, "temperature": best.temperature})
    test = next(step.run for step in controller.steps if step.stage == "test")
    expected = [controller.plan.teachers[0].id, *(run.id for run in [*controller.plan.baselines(), *finals])]
    assert list(test.config.models) == expected
    metrics = read_record(controller.folder.run(test.id) / "metrics.json", Metrics)
    assert set(metrics.test) == set(expected)
    assert all(scores.num_images == 100 for scores in metrics.test.values())


def test_only_the_test_run_holds_test_scores(lab: Any) -> None:
    controller = lab.controller()
    controller.run()
    for path in controller.folder.path.glob("runs/*/metrics.json"):
        assert bool(read_record(path, Metrics).test) == path.parent.name.startswith("test-")


def test_running_again_submits_nothing_and_changes_nothing(lab: Any) -> None:
    first = lab.controller()
    first.run()
    before = result_files(first.folder.path)
    again = lab.controller()
    assert again.run()
    assert again._executor.submitted == []
    assert again.steps[-1].stage == "test"  # it did not stop before it had looked at everything
    assert again.searches[""] == first.searches[""]
    assert result_files(first.folder.path) == before


@pytest.mark.thorough
def test_a_search_longer_than_a_turn_is_taken_up_again_whole(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = lab.controller()
    first.run()
    monkeypatch.setattr("harness.controller.loop.SEARCH_S", 0.0)
    again = lab.controller()
    assert again.run()
    assert again.searches[""] == first.searches[""]
    assert again._executor.submitted == []
    assert again.steps[-1].stage == "test"


def test_more_trials_run_only_the_new_ones_and_what_depends_on_them(lab: Any) -> None:
    first = lab.controller()
    first.run()
    more = lab.controller(search={"num_trials": 7, "concurrency": 2})
    more.run()
    counts = roles(more._executor.submitted)
    assert counts["search"] == 3
    assert not {"teacher", "logits", "baseline"} & set(counts)
    assert more.searches[""].trials[:4] == first.searches[""].trials
    # the finals and the test run again only if another setting won
    changed = more.searches[""].best != first.searches[""].best
    assert (counts["final"], counts["test"]) == ((2, 1) if changed else (0, 0))


@pytest.mark.thorough
@pytest.mark.parametrize("num_slots", [1, 3])
def test_the_number_of_slots_does_not_change_a_byte(lab: Any, tmp_path: Path, num_slots: int) -> None:
    first = lab.controller()
    first.run()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".data").symlink_to(lab.results / ".data")
    other = type(lab)(tmp_path / "other").controller()
    other._executor.num_slots = num_slots
    other._executor.runs_per_job = 1
    other.run()
    assert result_files(other.folder.path) == result_files(first.folder.path)


def test_views_of_augmented_data_have_their_own_teacher_logits(lab: Any) -> None:
    data = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1, "num_views": 2}}
    controller = lab.controller(data=data)
    assert controller.run()
    index = controller.folder.path / "teacher_logits" / controller.plan.logits.id / "index.json"
    assert len(read_record(index, LogitsIndex).sha256) == 2


def test_a_failed_teacher_blocks_what_needs_it_and_nothing_else(
    lab: Any, add_module: Callable[[str, str], None]
) -> None:
    add_module("broken_teacher", FAILS_IN_TRAINING)
    controller = lab.controller(teacher={"model": "broken_teacher:build", "epochs": 1})
    assert not controller.run()
    assert controller.state_of(controller.plan.teachers[0].id) == "failed"
    assert all(controller.state_of(run.id) == "complete" for run in controller.plan.baselines())
    assert roles(controller._executor.submitted) == {"teacher": 1, "baseline": 2}
    failure = read_record(controller.folder.run(controller.plan.teachers[0].id) / "failure.json", Failure)
    assert (failure.kind, failure.reason) == ("code error", "KeyError: 'head'")
    assert [trial.state for trial in controller.searches[""].trials] == ["failed"] * 4


CNN = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32}
MLP = CNN | {"model": "mnist_mlp"}


@pytest.mark.thorough
def test_students_learn_from_the_mean_of_their_teachers_logits(lab: Any) -> None:
    controller = lab.controller(teacher=None, teachers=[CNN, MLP, CNN])
    assert controller.run()
    plan, folder = controller.plan, controller.folder
    assert roles(controller._executor.submitted)["teacher"] == 3
    test = next(step.run for step in controller.steps if step.stage == "test")
    assert test.config.models[:3] == tuple(run.id for run in plan.teachers)
    places = RunPaths(folder.path, folder.data)
    train = open_training(plan.data, folder.data, CPU).train
    alone = [
        compute_view_logits(load_model(places.run(run.id) / "model", CPU), train, AugmentConfig(), 0).numpy()
        for run in plan.teachers
    ]
    written = np.load(view_path(places.logits(plan.logits.id), 0))
    np.testing.assert_allclose(written, np.mean(alone, axis=0), rtol=2**-10, atol=1e-6)
    assert not np.allclose(alone[0], alone[2])


def test_one_failed_teacher_of_several_blocks_and_is_named(
    lab: Any, add_module: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    add_module("broken_second", "def build(num_classes, input_shape):\n    raise RuntimeError('no such luck')\n")
    controller = lab.controller(teacher=None, teachers=[CNN, CNN | {"model": "broken_second:build"}])
    assert not controller.run()
    good, broken = controller.plan.teachers
    assert (controller.state_of(good.id), controller.state_of(broken.id)) == ("complete", "failed")
    assert roles(controller._executor.submitted) == {"teacher": 2, "baseline": 2}
    assert [trial.state for trial in controller.searches[""].trials] == ["failed"] * 4
    hint = Hints(controller.folder).why(broken.id)
    print_why("logits", controller.plan, controller.folder, Console(width=300))
    out = capsys.readouterr().out
    assert f"{controller.plan.logits.id}: blocked\nit needs {broken.id}, which is failed: {hint}" in out
    holes = {hole.what: hole.why for hole in find_missing(read_results(controller.folder.path), language("en"))}
    assert holes[controller.plan.logits.id] == f"not started: it needs {broken.id}, which failed"
    first, _ = answer_lines(find_answer(read_results(controller.folder.path)), language("en"))
    assert "1 of 2 teacher runs missing (failed)" in first


@pytest.mark.thorough
def test_one_failed_seed_leaves_a_hole_and_the_test_still_runs(lab: Any) -> None:
    controller = lab.controller()
    folder = controller.folder.run(controller.plan.baselines()[1].id)
    folder.mkdir()
    (folder / "failure.json").write_text(Failure(kind="non-finite loss", reason="made for the test").model_dump_json())
    assert not controller.run()
    test = next(step.run for step in controller.steps if step.stage == "test")
    assert controller.plan.baselines()[1].id not in test.config.models
    assert controller.plan.baselines()[0].id in test.config.models


@pytest.mark.thorough
def test_failed_runs_are_tried_again_only_when_asked(lab: Any) -> None:
    controller = lab.controller()
    folder = controller.folder.run(controller.plan.baselines()[1].id)
    folder.mkdir()
    (folder / "failure.json").write_text(Failure(kind="code error", reason="made for the test").model_dump_json())
    controller.run()
    assert not lab.controller().run()
    controller.folder.forget_failures()
    assert lab.controller().run()


def test_a_preempted_run_goes_on(lab: Any) -> None:
    """A job that is stopped at once leaves its runs waiting, however often that happens."""
    controller = lab.controller()
    executor = controller._executor
    finish = executor._carry_out
    stopped = Counter()

    def carry_out(run_ids: tuple[str, ...]) -> JobRecord:
        if stopped[run_ids] < 5:
            stopped[run_ids] += 1
            stop = StopFlag()
            stop.reason = "SIGTERM"
            from harness.cluster.job import RunsJob

            RunsJob(run_ids, controller.folder.path, controller.folder.data, 1).work("stopped", stop)
            return JobRecord(job_id="stopped", run_ids=(), submitted_at="2026-01-01T00:00:00Z")
        return finish(run_ids)

    executor._carry_out = carry_out
    assert controller.run()


@pytest.mark.thorough
def test_a_run_of_a_newer_version_is_named_not_skipped(lab: Any) -> None:
    first = lab.controller()
    first.run()
    path = first.folder.run(first.plan.baselines()[0].id) / "metrics.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"schema_version": 99}))
    with pytest.raises(UnreadableFileError, match=r"metrics\.json.*version 99 is newer"):
        lab.controller().run()


def test_a_sweep_without_search_trains_its_own_setting(lab: Any) -> None:
    controller = lab.controller(search=None, distill={"alpha": 0.7, "temperature": 4.0})
    assert controller.run()
    assert roles(controller._executor.submitted) == {"teacher": 1, "logits": 1, "baseline": 2, "final": 2, "test": 1}


@pytest.mark.parametrize(("seconds", "num_runs"), [(None, 4), (1, 32), (10, 6), (25, 2), (1000, 1)])
def test_a_job_gets_runs_for_about_a_minute(lab: Any, seconds: int | None, num_runs: int) -> None:
    executor = HoldingExecutor(num_slots=1)
    controller = _waiting_for_baselines(lab, executor, seconds, num_baselines=40)
    controller.turn()
    [(run_ids, _)] = executor.submitted
    assert len(run_ids) == num_runs


@pytest.mark.parametrize(("busy_with", "sizes"), [(None, [7, 6]), ("teacher", [7]), ("another sweep", [8])])
def test_a_slot_that_is_about_to_fall_free_is_left_its_share(lab: Any, busy_with: str | None, sizes: list[int]) -> None:
    executor = HoldingExecutor(num_slots=2)
    controller = _waiting_for_baselines(lab, executor, 2, num_baselines=14)
    if busy_with is not None:
        run_id = controller.plan.teachers[0].id if busy_with == "teacher" else "search-unfinished"
        controller.jobs["busy"] = JobRecord(job_id="busy", run_ids=(run_id,), submitted_at="2026-01-01T00:00:00Z")
    controller.turn()
    assert [len(run_ids) for run_ids, _ in executor.submitted] == sizes


def _waiting_for_baselines(lab: Any, executor: Any, seconds: int | None, num_baselines: int) -> Any:
    """A controller that has baselines alone to submit, the first of which took so long."""
    executor.runs_per_job = None
    controller = lab.controller(executor, seeds=num_baselines)
    teacher, first = controller.plan.teachers[0], controller.plan.baselines()[0]
    for run in (teacher, first):
        (controller.folder.run(run.id) / "attempts").mkdir(parents=True)
    write_record(controller.folder.run(teacher.id) / "failure.json", Failure(kind="code error", reason="made so"))
    if seconds is not None:
        end = f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"
        times = {"started_at": "2026-01-01T00:00:00Z", "ended_at": end}
        attempt = Attempt(number=1, job_id="1", host="here", pid=1, process_created=0.0, end="complete", **times)
        write_record(attempt_path(controller.folder.run(first.id), 1), attempt)
        write_record(controller.folder.run(first.id) / "metrics.json", Metrics(run_id=first.id))
    return controller


@pytest.mark.parametrize(
    ("num_slots", "teacher_gpus", "student_gpus", "jobs"),
    [
        (3, 2, 1, [(["teacher"], 2), (["baseline", "baseline"], 1)]),
        (4, 2, 1, [(["teacher"], 2), (["baseline"], 1), (["baseline"], 1)]),
        (3, 1, 1, [(["teacher"], 1), (["baseline"], 1), (["baseline"], 1)]),
        (3, 2, 2, [(["teacher", "baseline"], 2)]),
        (3, 1, 3, [(["teacher"], 1)]),
        (2, 3, 1, []),
    ],
)
def test_a_job_has_runs_of_the_same_gpus_and_takes_a_slot_for_each(
    lab: Any, num_slots: int, teacher_gpus: int, student_gpus: int, jobs: Any
) -> None:
    def trained(model: str, gpus: int) -> dict[str, Any]:
        return {"model": model, "epochs": 2, "batch_size": 32, "gpus": gpus}

    executor = HoldingExecutor(num_slots)
    sides = {"teacher": trained("mnist_cnn", teacher_gpus), "student": trained("mnist_mlp", student_gpus)}
    controller = lab.controller(executor, **sides)
    controller.turn()
    submitted = [([run_id.split("-")[0] for run_id in run_ids], gpus) for run_ids, gpus in executor.submitted]
    assert submitted == jobs
    controller.turn()
    assert len(executor.submitted) == len(jobs)


def test_nothing_runs_beside_what_all_wait_for_and_nothing_overtakes_it(lab: Any) -> None:
    executor = HoldingExecutor(num_slots=3, is_wide=True)
    controller = lab.controller(executor)
    controller.jobs["busy"] = JobRecord(job_id="busy", run_ids=("search-x",), submitted_at="2026-01-01T00:00:00Z")
    controller.turn()
    assert executor.submitted == []  # two free slots are too few for the teacher, and are not given to baselines
    executor.over.add("busy")
    controller.turn()
    teacher = controller.plan.teachers[0].id
    assert (executor.submitted, executor.num_slots_of) == ([((teacher,), 1)], {teacher: 3})
    controller.turn()
    assert len(executor.submitted) == 1


def test_a_teacher_whose_job_died_has_its_slots_back_before_others_take_them(lab: Any) -> None:
    executor = HoldingExecutor(num_slots=2, is_wide=True)
    controller = lab.controller(executor)
    controller.turn()
    teacher = controller.plan.teachers[0].id
    executor.over.add(teacher)
    controller.turn()
    assert executor.submitted == [((teacher,), 1)] * 2
    assert controller.jobs[teacher].num_slots == 2


def test_what_a_turn_does_not_submit_the_next_ones_do(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.controller.loop.SUBMIT_SHARE", 1)
    executor = HoldingExecutor(3)
    controller = lab.controller(executor)
    roles_by_turn = []
    for _ in range(4):
        controller.turn()
        roles_by_turn.append([run_id.split("-")[0] for run_ids, _ in executor.submitted for run_id in run_ids])
    whole = ["teacher", "baseline", "baseline"]
    assert roles_by_turn == [whole[:1], whole[:2], whole, whole]


@pytest.mark.parametrize(
    ("num_slots", "pack_size", "sizes"),
    [(4, 1, [1, 1, 2, 2]), (4, 4, [2, 4]), (3, 4, [2, 4]), (4, 3, [1, 2, 3]), (6, 4, [1, 1, 4])],
)
def test_a_pack_goes_into_one_job_though_slots_are_free(
    lab: Any, num_slots: int, pack_size: int, sizes: list[int]
) -> None:
    executor = HoldingExecutor(num_slots)
    executor.runs_per_job, executor.pack_size = 4, pack_size
    controller = lab.controller(executor, seeds=5)
    controller.turn()
    assert sorted(map(len, (run_ids for run_ids, _ in executor.submitted))) == sorted(sizes)
    assert {run_ids[0].split("-")[0] for run_ids, _ in executor.submitted} == {"teacher", "baseline"}


@pytest.mark.thorough
def test_a_sweep_over_many_views_keeps_its_logits_in_parts(lab: Any) -> None:
    student = {"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART + 1, "batch_size": 32}
    controller = lab.controller(data=SHIFTED, student=student, search=None, seeds=1)
    assert controller.run()
    results = read_results(controller.folder.path)
    assert [run.state for run in results.logits_runs] == ["complete"] * 3
    assert find_missing(results, EN) == []
    assert results.other_runs == ()
    assert results.standing.done == results.standing.total


def _accuracies(controller: Any) -> list[list[float]]:
    histories = [read_record(controller.folder.run(run.id) / "history.json", History) for run in _finals(controller)]
    return [[epoch.val_accuracy for epoch in history.epochs] for history in histories]


def _finals(controller: Any) -> Any:
    return controller.plan.finals({})


def test_a_sweep_taught_online_keeps_no_logits_and_comes_to_the_same(lab: Any, tmp_path: Any) -> None:
    changes = {"search": None, "seeds": 2, "data": SHIFTED}
    online = lab.controller(**changes, teacher_logits={"online": True})
    assert online.run()
    assert not list(online.folder.path.glob("teacher_logits/*"))
    assert all(step.stage != "logits" for step in online.steps)
    results = read_results(online.folder.path)
    assert results.logits_runs == ()
    assert find_missing(results, EN) == []
    assert (results.standing.done, results.standing.total) == (6, 6)
    (tmp_path / "kept").mkdir()
    kept = type(lab)(tmp_path / "kept").controller(**changes, teacher_logits={"online": False, "dtype": "float32"})
    assert kept.run()
    assert _accuracies(online) == _accuracies(kept)


def test_a_failed_part_fails_the_search_and_does_not_hang(lab: Any) -> None:
    student = {"model": "mnist_mlp", "epochs": VIEWS_OF_A_PART + 1, "batch_size": 32}
    controller = lab.controller(data=SHIFTED, student=student, seeds=1)
    part = controller.plan.logits_parts[0]
    controller.folder.run(part.id).mkdir(parents=True)
    (controller.folder.run(part.id) / "failure.json").write_text(
        '{"kind": "code error", "reason": "made for the test"}'
    )
    assert not controller.run()
    holes = {hole.what: hole.why for hole in find_missing(read_results(controller.folder.path), EN)}
    assert part.id in holes[controller.plan.logits.id]


class Changing:
    """A program whose file ``name`` is another one, once it is set."""

    name: str | None = None

    def changed(self) -> str | None:
        return self.name


class CancelledExecutor(HoldingExecutor):
    """Jobs go on until ``is_cancelled``."""

    is_cancelled = False

    def alive(self, jobs: Any) -> set[str]:
        return set() if self.is_cancelled else super().alive(jobs)

    def ending(self, job: JobRecord) -> str | None:
        return "CANCELLED"

    def node(self, job: JobRecord) -> str | None:
        return None

    def notes(self, jobs: Any) -> list[str]:
        return []


def test_a_controller_whose_program_changes_submits_no_more_says_so_and_ends_with_its_jobs(lab: Any) -> None:
    seconds = 0.0
    executor, program = CancelledExecutor(num_slots=1), Changing()
    controller = Controller(
        *lab.open(), executor, lambda controller: None, lambda s: None, lambda: seconds, program=program
    )
    controller.turn()
    assert len(executor.submitted) == 1
    program.name = "kd/losses/soft.py"
    seconds += PROGRAM_INTERVAL_S
    executor.is_cancelled = True
    controller.turn()
    assert len(executor.submitted) == 1
    assert controller.notes()[0].startswith("kd/losses/soft.py is not what it was when this controller was started")
    with pytest.raises(InputError, match="submits no more jobs; start it again and it goes on"):
        controller.run()


METHODS = ["kd", {"loss": "dkd", "space": {"beta": {"values": [1.0, 8.0]}}}]
THREE_TRIALS = {"num_trials": 3, "concurrency": 2}


@pytest.mark.slow
def test_a_method_added_to_a_finished_sweep_trains_itself_alone(lab: Any) -> None:
    plain = lab.controller(search=THREE_TRIALS)
    assert plain.run()
    before = result_files(plain.folder.path)
    listed = lab.controller(search=THREE_TRIALS, methods=["kd"])
    assert listed.run()
    assert listed._executor.submitted == []  # one method under another key of the file
    assert not (plain.folder.path / "trials.json").exists()
    added = lab.controller(search=THREE_TRIALS, methods=METHODS)
    assert added.run()
    assert roles(added._executor.submitted) == {"search": 3, "final": 2, "test": 1}
    configs = {step.run.id: step.run.config for step in added.steps}
    trained = [configs[run_id] for run_id in added._executor.submitted if not run_id.startswith("test")]
    assert {config.distill.loss for config in trained} == {"dkd"}
    after = result_files(plain.folder.path)
    assert {name: after[name] for name in before} == before
    assert {path.name for path in plain.folder.path.glob("trials*")} == {"trials-kd.json", "trials-dkd.json"}
    again = lab.controller(search=THREE_TRIALS, methods=METHODS)
    assert again.run()
    assert again._executor.submitted == []


@pytest.mark.slow
def test_controls_and_another_teacher_added_to_a_finished_sweep_train_themselves_alone(lab: Any) -> None:
    plain = lab.controller(search=THREE_TRIALS)
    assert plain.run()
    before = result_files(plain.folder.path)
    teacher = plain.plan.sweep.teacher.model_dump() | {"seeds": 2}
    asked = {"search": THREE_TRIALS, "controls": ["smoothed_labels", "shuffled_dark"], "teacher": teacher}
    added = lab.controller(**asked)
    assert added.run()
    assert roles(added._executor.submitted) == {"teacher": 1, "logits": 1, "variant": 6, "test": 1}
    assert {name: found for name, found in result_files(plain.folder.path).items() if name in before} == before
    configs = {step.run.id: step.run.config for step in added.steps}
    finals = [config for config in configs.values() if config.role == "final"]
    changed = [config for config in configs.values() if config.role == "variant"]
    assert [config.seed for config in changed] == 3 * [config.seed for config in finals]
    for config, control in zip(changed, ["smoothed_labels"] * 2 + ["shuffled_dark"] * 2 + [None] * 2, strict=True):
        assert config.distill.control == control
        assert config.distill.model_copy(update={"control": None}) == finals[0].distill
        assert (config.logits == finals[0].logits) is (control is not None)
    results = read_results(plain.folder.path)
    assert results.standing.state == "complete" and results.num_test_readings == 2
    assert [arm.variant for arm in results.arms if arm.variant] == [
        "smoothed_labels", "shuffled_dark", "teacher_seed1",
    ]  # fmt: skip
    assert set(results.test.scores) >= {run.id for arm in results.arms for run in arm.runs}
    again = lab.controller(**asked)
    assert again.run() and again._executor.submitted == []


@pytest.mark.slow
def test_unlabelled_images_added_to_a_finished_sweep_are_an_arm_alone(lab: Any) -> None:
    plain = lab.controller(search=THREE_TRIALS)
    assert plain.run()
    before = result_files(plain.folder.path)
    asked = {"search": THREE_TRIALS, "unlabeled": {"source": "rest", "max_images": 150, "ratio": 2}}
    added = lab.controller(**asked)
    assert added.run()
    assert roles(added._executor.submitted) == {"logits": 1, "variant": 2, "test": 1}
    assert {name: found for name, found in result_files(plain.folder.path).items() if name in before} == before
    results = read_results(plain.folder.path)
    arms = {arm.key: arm for arm in results.arms}
    for mine, final in zip(arms["variant1"].runs, arms["distilled"].runs, strict=True):
        assert mine.run.config.model_copy(update={"unlabeled": None, "role": "final"}) == final.run.config
        assert all(epoch.unlabeled_loss > 0 for epoch in mine.history.epochs)
    assert arms["variant1"].variant == "unlabeled"
    assert set(results.test.scores) >= {run.id for arm in results.arms for run in arm.runs}
    assert [name.partition("-")[0] for name in results.other_runs] == ["test"]  # the earlier reading
    again = lab.controller(**asked)
    assert again.run() and again._executor.submitted == []


@pytest.mark.slow
def test_other_test_sets_added_to_a_finished_sweep_train_nothing_and_read_test_no_second_time(lab: Any) -> None:
    plain = lab.controller(search=None)
    assert plain.run()
    before = result_files(plain.folder.path)
    added = lab.controller(search=None, corruptions=True)
    assert added.run()
    assert roles(added._executor.submitted) == {"extra_test": 1}
    assert {name: found for name, found in result_files(plain.folder.path).items() if name in before} == before
    results = read_results(plain.folder.path)
    assert results.standing.state == "complete" and results.num_test_readings == 1
    assert len(results.extra_tests) == 12
    assert set(results.extra_tests[0].said) == set(results.test.scores)
    again = lab.controller(search=None, corruptions=True)
    assert again.run() and again._executor.submitted == []


@pytest.mark.slow
@pytest.mark.parametrize("num_slots", [1, 3])
def test_a_student_that_is_searched_has_its_baseline_searched_as_much(lab: Any, num_slots: int) -> None:
    search = THREE_TRIALS | {"space": {"student.optimizer.lr": {"low": 1e-4, "high": 1e-2, "log": True}}}
    controller = lab.controller(search=search, methods=METHODS)
    controller._executor.num_slots = num_slots
    assert controller.run()
    submitted = controller._executor.submitted
    assert roles(submitted) == {"teacher": 1, "logits": 1, "search": 9, "baseline": 2, "final": 4, "test": 1}
    tuned = controller.searches["baseline"]
    best = tuned.trials[tuned.best]
    assert best.value == max(trial.value for trial in tuned.trials)
    assert {trial.alpha for trial in tuned.trials} == {None}
    rates = {step.run.config.training.optimizer.lr for step in controller.steps if step.stage == "baseline"}
    assert rates == {best.params["student.optimizer.lr"]}
    results = read_results(controller.folder.path)
    assert results.standing.state == "complete"
    assert results.alone.best.run_id == best.run_id
    assert {arm.key: len(arm.runs) for arm in results.arms if arm.kind != "teacher"}["baseline"] == 2


@pytest.mark.slow
def test_the_headline_is_the_method_whose_search_found_the_best(lab: Any) -> None:
    controller = lab.controller(search=THREE_TRIALS, methods=METHODS)
    assert controller.run()
    values = {key: trials.trials[trials.best].value for key, trials in controller.searches.items()}
    results = read_results(controller.folder.path)
    assert results.headline.method.key == max(values, key=values.get)
    keys = {one.method.key: one.arm for one in results.methods}
    other = next(key for key in keys if key != results.headline.method.key)
    arms = {arm.key: arm for arm in results.arms}
    assert arms["distilled"].method == results.headline.method.key
    assert arms[keys[other]].kind == "method"
    assert arms[keys[other]].method == other
    assert all(run.state == "complete" for arm in results.arms for run in arm.runs)
    assert find_missing(results, EN) == []


def test_the_test_waits_for_every_method(lab: Any) -> None:
    broken = {"loss": "dkd", "space": {"beta": {"values": [1.0]}}}
    controller = lab.controller(search=THREE_TRIALS, methods=["kd", broken])
    plan = controller.plan
    dkd = plan.methods[1]
    params = {"alpha": 0.5, "temperature": 2.0}
    done = TrialRecord(
        number=0, run_id=plan.trial(params).id, params=params, state="complete", value=0.5, alpha=0.5, temperature=2.0
    )
    chosen = Trials(trials=(done,) * 3, best=0)
    runs = [*plan.taught_by, *plan.baselines(), *plan.finals(params), plan.trial(params)]
    states = {run.id: RunState.COMPLETE for run in runs}

    def state_of(run_id: str) -> RunState:
        return states.get(run_id, RunState.NOT_STARTED)

    assert [step.stage for step in known_steps(plan, {"kd": chosen}, state_of)].count("test") == 0
    failed = done.model_copy(update={"run_id": plan.trial(params | {"beta": 1.0}, dkd).id, "state": RunState.FAILED})
    states[failed.run_id] = RunState.FAILED
    lost = {"kd": chosen, "dkd": Trials(trials=(failed,) * 3)}
    assert [step.stage for step in known_steps(plan, lost, state_of)].count("test") == 1
