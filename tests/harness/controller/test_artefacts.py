"""What was purged is made again when somebody needs it, and not before."""

import shutil
from typing import Any

import pytest

from harness.controller.artefacts import forget_purged, is_there
from harness.state.attempts.run_state import run_state
from tests.support.sweep_lab import roles

MORE = {"num_trials": 6, "concurrency": 2}


def test_only_what_leaves_something_for_others_can_be_missed(lab: Any) -> None:
    plan, folder = lab.open()
    trial = plan.trial({"alpha": 0.5, "temperature": 2.0})
    assert is_there(folder, trial) and is_there(folder, plan.test([trial.id]))
    assert not any(is_there(folder, run) for run in (*plan.teachers, plan.logits, *plan.baselines()))


def test_a_purged_pass_is_made_again_for_new_trials_alone(lab: Any) -> None:
    first = lab.controller()
    assert first.run()
    index = first.folder.path / "teacher_logits" / first.plan.logits.id / "index.json"
    before = index.read_bytes()
    shutil.rmtree(first.folder.path / "teacher_logits")
    again = lab.controller()
    assert again.run()
    assert again._executor.submitted == []  # nobody needs it
    more = lab.controller(search=MORE)
    assert more.run()
    counts = roles(more._executor.submitted)
    assert (counts["logits"], counts["teacher"], counts["search"]) == (1, 0, 2)
    assert index.read_bytes() == before


def test_a_purged_teacher_is_trained_again_where_its_pass_is_gone_too(lab: Any) -> None:
    first = lab.controller()
    assert first.run()
    teacher = first.folder.run(first.plan.teachers[0].id)
    weights = (teacher / "model" / "model.safetensors").read_bytes()
    shutil.rmtree(first.folder.path / "teacher_logits")
    shutil.rmtree(teacher / "model")
    more = lab.controller(search=MORE)
    assert more.run()
    counts = roles(more._executor.submitted)
    assert (counts["teacher"], counts["logits"], counts["search"]) == (1, 1, 2)
    assert (teacher / "model" / "model.safetensors").read_bytes() == weights
    assert run_state(teacher) == "complete"


def test_a_student_that_the_test_reads_is_trained_again(lab: Any) -> None:
    first = lab.controller()
    assert first.run()
    test = next(step.run.id for step in first.steps if step.stage == "test")
    before = (first.folder.run(test) / "metrics.json").read_bytes()
    shutil.rmtree(first.folder.run(test))
    shutil.rmtree(first.folder.run(first.plan.baselines()[1].id) / "model")
    again = lab.controller()
    assert again.run()
    assert roles(again._executor.submitted) == {"baseline": 1, "test": 1}
    assert (again.folder.run(test) / "metrics.json").read_bytes() == before


def test_a_run_is_forgotten_once_where_its_whole_folder_is_gone(lab: Any) -> None:
    first = lab.controller(search=None)
    assert first.run()
    teacher, baseline = first.plan.teachers[0].id, first.plan.baselines()[0].id
    test = [step for step in first.steps if step.stage == "test"]
    for run_id in (teacher, baseline):
        shutil.rmtree(first.folder.run(run_id))
    assert forget_purged(first.folder, first.steps, test) == [teacher, baseline]
    assert forget_purged(first.folder, first.steps, []) == []


@pytest.mark.parametrize("content", [b"", b"null", b'{"schema_version": 1}', b"\xff\xfe"])
def test_a_pass_whose_index_is_damaged_is_made_again(lab: Any, content: bytes) -> None:
    first = lab.controller(search=None)
    assert first.run()
    index = first.folder.path / "teacher_logits" / first.plan.logits.id / "index.json"
    before = index.read_bytes()
    index.write_bytes(content)
    (first.folder.run(first.plan.finals({})[0].id) / "metrics.json").unlink()
    again = lab.controller(search=None)
    assert again.run()
    assert roles(again._executor.submitted) == {"logits": 1, "final": 1}
    assert index.read_bytes() == before
