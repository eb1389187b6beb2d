"""What is added to a finished sweep trains itself alone."""

from typing import Any

import pytest

from harness.report.results.reading.reader import read_results
from tests.support.sweep_lab import result_files, roles

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
