"""Which runs a sweep has, and what decides their names."""

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from kd.config import AugmentConfig, TrainConfig
from kd.errors import InputError
from tests.support.sweep_files import CNN, MINIMAL, several


def test_all_teachers_and_not_their_order_name_the_logits(write_sweep):
    other = "{model: small_resnet, epochs: 3}"
    plan = several(write_sweep, CNN, other)
    assert {plan.logits.config.teacher, *plan.logits.config.more_teachers} == {run.id for run in plan.teachers}
    assert several(write_sweep, other, CNN).logits == plan.logits
    assert (
        len({several(write_sweep, *teachers).logits.id for teachers in ([CNN, CNN], [CNN, other], [CNN, CNN, other])})
        == 3
    )


def test_a_teacher_that_is_not_trained_counts_once(write_sweep, tmp_path):
    for name in ("one", "copy"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(b"weights")
    one, copy = (f"{{model: mnist_cnn, epochs: 0, checkpoint: {tmp_path}/{name}}}" for name in ("one", "copy"))
    with pytest.raises(InputError, match=r"teachers\.2: with epochs 0 the same model as teachers\.0; list it once"):
        several(write_sweep, one, CNN, copy)
    tuned = one.replace("epochs: 0", "epochs: 1")
    assert [run.config.seed for run in several(write_sweep, tuned, tuned, copy).teachers] == [0, 1, 0]


def test_only_runs_that_a_change_concerns_get_new_names(write_sweep):
    path = write_sweep(MINIMAL + "compare: [{alpha: 0.9, temperature: 4}]\n")

    def names(overrides=""):
        plan = Plan(load_sweep(path, overrides), "0" * 16)
        return {
            "teacher": plan.teachers[0].id,
            "logits": plan.logits.id,
            "baseline": [run.id for run in plan.baselines()],
            "compare": [run.id for runs in plan.compares for run in runs],
            "trial": plan.trial({}).id,
        }

    plain = names()

    def changed(overrides):
        return {stage for stage, name in names(overrides).items() if name != plain[stage]}

    assert changed("teacher.epochs=9") == {"teacher", "logits", "compare", "trial"}
    assert changed("student.epochs=9") == {"baseline", "compare", "trial"}
    assert changed("student.optimizer.lr=0.5") == {"baseline", "compare", "trial"}
    assert changed("compare=[]") == {"compare"}
    assert changed("distill.alpha=0.25") == {"trial"}
    assert changed("search.seed=5") == {"trial"}
    assert changed("data.max_test=50") == set(plain)
    assert changed("data.source=folder:/moved") == set()
    assert changed("description=better reference.source=paper search.num_trials=3") == set()
    assert len(names("seeds=9")["baseline"]) == 9
    assert names("seeds=9")["baseline"][:5] == plain["baseline"]


def test_a_models_own_augmentation_replaces_that_of_the_data(write_sweep):
    plan = Plan(load_sweep(write_sweep(MINIMAL), "data.augment.shift=3 teacher.augment.flip=true"), "0" * 16)
    assert plan.teachers[0].config.augment == AugmentConfig(flip=True)
    assert plan.baselines()[0].config.augment == AugmentConfig(shift=3)
    assert plan.logits.config.augment == AugmentConfig(shift=3)
    assert plan.logits.config.num_views == 3  # one for each of the student's epochs
    assert all(isinstance(run.config, TrainConfig) and run.config.training.augment is None for run in plan.baselines())


def test_what_is_searched_of_the_student_is_in_its_trials_and_finals_alone(write_sweep):
    space = "search: {space: {student.optimizer.lr: {low: 0.01, high: 0.1}, temperature: null}}\n"
    plan = Plan(load_sweep(write_sweep(MINIMAL + space)), "0" * 16)
    assert list(plan.methods[0].space) == ["alpha", "student.optimizer.lr"]
    params = {"alpha": 1, "student.optimizer.lr": 0.05}
    trial, finals = plan.trial(params), plan.finals(params)
    assert [run.config.seed for run in finals] == [0, 1, 2, 3, 4]
    for run in (trial, *finals):
        assert (run.config.training.optimizer.lr, run.config.distill.alpha, run.config.distill.temperature) == (
            0.05,
            1.0,
            2.0,
        )
    assert {run.config.training.optimizer.lr for run in plan.baselines()} == {1e-3}
    assert plan.trial(dict(reversed(params.items()))) is trial


def test_a_trials_name_depends_on_its_values_and_not_on_how_they_are_written(write_sweep):
    plan = Plan(load_sweep(write_sweep(MINIMAL)), "0" * 16)
    assert plan.trial({"alpha": 1, "temperature": 4}).id == plan.trial({"alpha": 1.0, "temperature": 4.0}).id
    assert plan.trial({}).id == plan.trial({"alpha": 0.5, "temperature": 2.0}).id


def test_baseline_and_final_have_the_same_seeds_training_and_views(write_sweep):
    plan = Plan(load_sweep(write_sweep(MINIMAL), "data.augment.shift=1"), "0" * 16)
    for baseline, final in zip(plan.baselines(), plan.finals({}), strict=True):
        differing = {"role", "distill", "logits"}
        assert baseline.config.model_dump(exclude=differing) == final.config.model_dump(exclude=differing)
        assert final.config.logits == plan.logits.id
