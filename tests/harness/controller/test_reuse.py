"""What a sweep has in common with one beside it is taken over whole, and stays when the other is deleted."""

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from harness.controller.artefacts import is_there
from harness.controller.reuse import Found, describe, find_elsewhere, take_over
from harness.state.attempts.run_state import RunState, run_state
from harness.state.files.folder import SweepFolder
from harness.state.files.ownership import SHARED
from harness.state.files.records import TAKEN_OVER, TakenOver, read_sweep_record
from harness.sweep.plan import Plan
from kd.files import read_record, write_record
from kd.records import Metrics, RunRecord
from tests.support.other_user import ANNA, needs_root


def second(sweep_dir: Path, **changes: object) -> tuple[Plan, SweepFolder]:
    """Another sweep beside the finished one, over the same data."""
    record = read_sweep_record(sweep_dir)
    sweep = record.sweep.model_copy(update={"name": "second"} | changes)
    folder = SweepFolder(sweep_dir.parent, "second")
    folder.create()
    return Plan(sweep, record.digest), folder


def test_the_same_runs_are_taken_over_and_survive_the_other_sweep(sweep_dir: Path) -> None:
    plan, folder = second(sweep_dir)
    found = find_elsewhere(plan, folder)
    assert [each.run.id for each in found] == [run.id for run in (*plan.teachers, plan.logits, *plan.baselines())]
    assert list(describe(found)) == ["small: teacher, logits, 3 × baseline"]
    before = {path: path.read_bytes() for path in sweep_dir.rglob("*") if path.is_file()}
    assert take_over(found, folder) == found
    assert {path: path.read_bytes() for path in sweep_dir.rglob("*") if path.is_file()} == before
    theirs = {run.id: sorted(path.name for path in (sweep_dir / "runs" / run.id).rglob("*")) for run, _ in found}
    shutil.rmtree(sweep_dir)
    for run, _ in found:
        place = folder.run(run.id)
        assert run_state(place) == RunState.COMPLETE
        assert is_there(folder, run)
        assert read_record(place / TAKEN_OVER, TakenOver).sweep == "small"
        assert read_record(place / "config.json", RunRecord).config == run.config
        assert sorted(path.name for path in place.rglob("*")) == sorted([*theirs[run.id], TAKEN_OVER])
    assert find_elsewhere(plan, folder) == []


def _open_to_others(sweep: Path) -> None:
    (sweep / "runs").chmod(0o775)


def _give_away(sweep: Path) -> None:
    os.chown(sweep, ANNA, ANNA)


@pytest.mark.parametrize("harm", [_open_to_others, pytest.param(_give_away, marks=needs_root)])
def test_what_another_user_could_have_written_is_made_here(
    sweep_dir: Path, harm: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, folder = second(sweep_dir)
    harm(sweep_dir)
    assert find_elsewhere(plan, folder) == []
    monkeypatch.setenv(SHARED, "1")
    assert find_elsewhere(plan, folder)


def test_only_what_was_not_begun_here_is_looked_for(sweep_dir: Path) -> None:
    plan, folder = second(sweep_dir)
    teacher = plan.teachers[0].id
    shutil.copytree(sweep_dir / "runs" / teacher / "attempts", folder.run(teacher) / "attempts")
    shutil.copytree(sweep_dir / "runs" / plan.baselines()[0].id, folder.run(plan.baselines()[0].id))
    assert [each.run.id for each in find_elsewhere(plan, folder)] == [run.id for run in plan.baselines()[1:]]


def test_another_teacher_has_nothing_in_common_but_the_baselines(sweep_dir: Path) -> None:
    record = read_sweep_record(sweep_dir)
    assert record.sweep.teacher is not None
    plan, folder = second(sweep_dir, teacher=record.sweep.teacher.model_copy(update={"epochs": 4}))
    assert [each.run.config.role for each in find_elsewhere(plan, folder)] == ["baseline"] * 3


def _lose_weights(sweep: Path, plan: Plan) -> None:
    (sweep / "runs" / plan.teachers[0].id / "model" / "model.safetensors").unlink()


def _change_weights(sweep: Path, plan: Plan) -> None:
    (sweep / "runs" / plan.teachers[0].id / "model" / "model.safetensors").write_bytes(b"other")


def _damage(sweep: Path, plan: Plan) -> None:
    (sweep / "runs" / plan.teachers[0].id / "metrics.json").write_text("{")


def _rename(sweep: Path, plan: Plan) -> None:
    path = sweep / "runs" / plan.teachers[0].id / "config.json"
    record = read_record(path, RunRecord)
    write_record(path, record.model_copy(update={"config": record.config.model_copy(update={"seed": 7})}))


@pytest.mark.parametrize("harm", [_lose_weights, _change_weights, _damage, _rename])
def test_a_teacher_that_is_not_whole_is_trained_here(sweep_dir: Path, harm) -> None:  # type: ignore[no-untyped-def]
    plan, folder = second(sweep_dir)
    harm(sweep_dir, plan)
    # nor are logits taken over that a teacher gave which is to be trained again
    assert [each.run.config.role for each in find_elsewhere(plan, folder)] == ["baseline"] * 3


def test_logits_of_other_weights_than_the_teacher_has_here_are_not(sweep_dir: Path) -> None:
    plan, folder = second(sweep_dir)
    place = folder.run(plan.teachers[0].id)
    shutil.copytree(sweep_dir / "runs" / plan.teachers[0].id, place)
    (place / "model" / "model.safetensors").write_bytes(b"other")
    metrics = read_record(place / "metrics.json", Metrics)
    write_record(place / "metrics.json", metrics.model_copy(update={"weights_sha256": sha256(b"other").hexdigest()}))
    assert [each.run.config.role for each in find_elsewhere(plan, folder)] == ["baseline"] * 3


def test_logits_without_a_view_are_not(sweep_dir: Path) -> None:
    plan, folder = second(sweep_dir)
    (sweep_dir / "teacher_logits" / plan.logits.id / "view-0000.npy").unlink()
    assert [each.run.config.role for each in find_elsewhere(plan, folder)] == ["teacher", *["baseline"] * 3]


def test_what_goes_away_meanwhile_is_left_to_be_made_here(sweep_dir: Path) -> None:
    plan, folder = second(sweep_dir)
    found = find_elsewhere(plan, folder)
    shutil.rmtree(sweep_dir / "runs" / plan.baselines()[0].id)
    taken = take_over(found, folder)
    assert [each.run.id for each in found if each not in taken] == [plan.baselines()[0].id]
    assert not folder.run(plan.baselines()[0].id).exists()


def test_files_are_copied_where_they_cannot_be_linked(sweep_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, folder = second(sweep_dir)

    def refuse(source: object, target: object) -> None:
        raise OSError("another file system")

    monkeypatch.setattr("harness.controller.reuse.os.link", refuse)
    found = [Found(plan.teachers[0], "small")]
    assert take_over(found, folder) == found
    assert is_there(folder, plan.teachers[0])
