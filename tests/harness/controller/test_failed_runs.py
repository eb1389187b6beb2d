"""What a failed run takes with it, and what goes on without it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

from harness.commands.read_only.verbs import print_why
from harness.console.hints import Hints
from harness.report.analysis.arms.gains import find_answer
from harness.report.results.reading.reader import read_results
from harness.report.text.findings.headline import answer_lines
from harness.report.text.language import language
from harness.report.text.missing import find_missing
from harness.sweep.runs import VIEWS_OF_A_PART
from kd.errors import UnreadableFileError
from kd.files import read_record
from kd.records import Failure
from tests.support.broken_net import FAILS_IN_TRAINING
from tests.support.sweep_lab import roles

EN = language("en")
SHIFTED = {"source": "embedded:mnist5k", "max_train": 200, "max_test": 100, "augment": {"shift": 1}}
CNN = {"model": "mnist_cnn", "epochs": 1, "batch_size": 32}


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


@pytest.mark.thorough
def test_a_run_of_a_newer_version_is_named_not_skipped(lab: Any) -> None:
    first = lab.controller()
    first.run()
    path = first.folder.run(first.plan.baselines()[0].id) / "metrics.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"schema_version": 99}))
    with pytest.raises(UnreadableFileError, match=r"metrics\.json.*version 99 is newer"):
        lab.controller().run()
