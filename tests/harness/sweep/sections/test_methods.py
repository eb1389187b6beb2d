"""Several ways to teach in one sweep: what each is searched for, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.schema import Sweep
from harness.sweep.sections.methods import has_dimension
from harness.sweep.totals import stage_totals
from kd.config import DistillConfig, TrainConfig
from kd.errors import InputError
from tests.support.sweep_files import MINIMAL

WriteSweep = Callable[[str], Path]


def load(write_sweep: WriteSweep, more: str, overrides: str = "") -> Sweep:
    return load_sweep(write_sweep(MINIMAL + more), overrides)


def refusal(write_sweep: WriteSweep, more: str) -> str:
    with pytest.raises(InputError) as caught:
        load(write_sweep, more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_names_alone_are_losses_with_every_option_as_it_is(write_sweep: WriteSweep) -> None:
    sweep = load(write_sweep, "methods: [kd, kd_zscore, dkd, dist, nkd, soft_ce, hard]\n")
    assert [method.key for method in sweep.all_methods] == ["kd", "kd_zscore", "dkd", "dist", "nkd", "soft_ce", "hard"]
    assert all(method.distill == DistillConfig(loss=method.key) for method in sweep.all_methods)
    spaces = {method.key: list(method.space) for method in sweep.all_methods}
    assert spaces == {key: ["alpha", "temperature"] for key in spaces} | {"hard": ["alpha"]}


def test_a_shared_dimension_is_searched_for_the_losses_that_have_it(write_sweep: WriteSweep) -> None:
    sweep = load(
        write_sweep,
        "methods: [kd, dkd, {name: sharp, loss: dkd, beta: 2, space: {beta: null, alpha: {low: 0.5, high: 1}}}]\n"
        "search: {space: {beta: {low: 1, high: 8}, temperature: null}}\n",
    )
    kd, dkd, sharp = sweep.all_methods
    assert (list(kd.space), list(dkd.space), list(sharp.space)) == (["alpha"], ["alpha", "beta"], ["alpha"])
    assert (sharp.distill.beta, sharp.space["alpha"].low, kd.space["alpha"].low) == (2.0, 0.5, 0.0)


def test_what_is_searched_of_the_student_is_searched_for_the_baseline_too(write_sweep: WriteSweep) -> None:
    lr = "student.optimizer.lr: {low: 1.0e-4, high: 1.0e-2, log: true}"
    sweep = load(
        write_sweep, f"methods: [kd, {{loss: dkd, space: {{student.label_smoothing: {{values: [0.0, 0.1]}}}}}}]\n"
        f"search: {{num_trials: 7, space: {{{lr}}}}}\nseeds: 3\n"
    )  # fmt: skip
    alone = sweep.student_alone
    assert alone is not None
    assert list(alone.space) == ["student.optimizer.lr", "student.label_smoothing"]
    totals = stage_totals(Plan(sweep, "0" * 16))
    assert (totals["tuning"], totals["search"], totals["baseline"], totals["final"]) == (7, 14, 3, 6)
    trial = Plan(sweep, "0" * 16).trial({"student.optimizer.lr": 0.003}, alone).config
    assert isinstance(trial, TrainConfig)
    assert (trial.distill, trial.training.optimizer.lr, trial.seed) == (None, 0.003, 1000)


def test_nothing_of_the_student_searched_leaves_the_baseline_as_it_is(write_sweep: WriteSweep) -> None:
    sweep = load(write_sweep, "methods: [kd, dkd]\n")
    assert sweep.student_alone is None
    assert "tuning" not in stage_totals(Plan(sweep, "0" * 16))


def test_one_method_listed_is_the_same_runs_as_under_distill(write_sweep: WriteSweep) -> None:
    listed, plain = (Plan(load(write_sweep, more), "0" * 16) for more in ("methods: [dkd]\n", "distill: {loss: dkd}\n"))
    params = {"alpha": 0.3, "temperature": 3.0}
    assert listed.trial(params).id == plain.trial(params).id
    assert [run.id for run in listed.finals(params)] == [run.id for run in plain.finals(params)]


def test_a_sweep_read_back_from_its_record_is_the_same(write_sweep: WriteSweep) -> None:
    sweep = load(
        write_sweep,
        "methods: [kd, {name: sharp, loss: dkd, space: {beta: {low: 1, high: 8}}}]\n"
        "compare: [{alpha: 0.9, temperature: 4}, {alpha: 0.5, temperature: 1, loss: dist, gamma: 2}]\n",
    )
    assert Sweep.model_validate(sweep.model_dump(mode="json")) == sweep


def test_a_compared_setting_may_name_its_loss_and_options(write_sweep: WriteSweep) -> None:
    more = (
        "distill: {loss: dkd, beta: 2}\ncompare: [{alpha: 0.9, temperature: 4}, {alpha: 1, temperature: 1, loss: kd}]\n"
    )
    sweep = load(write_sweep, more)
    first, second = (setting.of(sweep.base_loss) for setting in sweep.compare)
    assert first == DistillConfig(loss="dkd", beta=2, alpha=0.9, temperature=4)
    assert second == DistillConfig(loss="kd", alpha=1, temperature=1)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("methods: [kd, dkd, kd]\n", "methods.2: kd is the name of methods.0 too; give one of them another name"),
        ("methods: [kd, {name: KD, loss: dkd}]\n", "methods.1: KD is the name of methods.0 too"),
        ("methods: [{name: baseline, loss: kd}]\n", "methods.0: no method can be called baseline"),
        ("methods: [kd, dkdd]\n", "methods.1: no such loss (did you mean dkd?)"),
        ("methods: [{name: ../up, loss: kd}]\n", "methods.0.name: "),
        ("methods: [kd]\ndistill: {alpha: 0.9}\n", "give distill, or methods with their own values, not both"),
        ("methods: [kd]\nsearch: {space: {gamma: {low: 0, high: 1}}}\n", "search.space.gamma: no method has it"),
        ("methods: [{loss: kd, space: {beta: {low: 0, high: 1}}}]\n", "methods.0.space.beta: kd has no such value"),
        (
            "search: null\nmethods: [{loss: dkd, space: {beta: {low: 0, high: 1}}}]\n",
            "methods.0.space: nothing is searched, as search is null; give one of the two",
        ),
        ("methods: [{loss: dkd, space: {beta: {low: -1, high: 1}}}]\n", "methods.0.space.beta.low: "),
        ("compare: [{alpha: 1, temperature: 1, loss: kd, beta: 2}]\n", "compare.0: beta is an option of dkd, not"),
        ("compare: [{alpha: 1, temperature: 1, los: kd}]\n", "compare.0: unknown key los (did you mean loss?)"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_methods_is_refused(write_sweep: WriteSweep, more: str, line: str) -> None:
    assert line in refusal(write_sweep, more)


@pytest.mark.parametrize(
    ("loss", "name", "has"),
    [
        ("kd", "alpha", True),
        ("hard", "alpha", True),
        ("hard", "temperature", False),
        ("dkd", "beta", True),
        ("kd", "beta", False),
        ("dist", "gamma", True),
        ("kd", "student.optimizer.lr", True),
        ("kd", "sharpness", False),
    ],
)
def test_which_loss_has_which_dimension(loss: Any, name: str, has: bool) -> None:
    assert has_dimension(DistillConfig(loss=loss), name) is has


def test_features_are_of_one_method_and_give_it_a_name(write_sweep: WriteSweep) -> None:
    """The others go on with kept logits, and are named as without it."""
    weight = "space: {features.0.weight: {low: 1, high: 100, log: true}}"
    sweep = load(
        write_sweep,
        f"methods: [kd, {{features: [{{loss: rkd}}], {weight}}}, {{name: r, alpha: 0, features: [{{loss: rkd}}]}}]\n",
    )
    assert [method.key for method in sweep.all_methods] == ["kd", "kd+rkd", "r"]
    assert list(sweep.all_methods[1].space) == ["alpha", "temperature", "features.0.weight"]
    assert list(sweep.all_features) == ["methods.1.features.0"]
    plan = Plan(sweep, "0" * 16)
    assert not plan.is_online
    finals = [plan.finals(method=method)[0] for method in plan.methods]
    for run, is_kept in zip(finals, (True, False, False), strict=True):
        assert isinstance(run.config, TrainConfig)
        assert (run.config.logits == plan.logits.id, bool(run.config.teachers)) == (is_kept, not is_kept)
    without = Plan(load(write_sweep, "methods: [kd, dkd]\n"), "0" * 16)
    assert finals[0] == without.finals()[0]
    assert plan.trial({"features.0.weight": 10.0}, plan.methods[1]) != plan.trial({}, plan.methods[1])


def test_where_every_loss_has_features_no_logits_are_kept(write_sweep: WriteSweep) -> None:
    compare = "compare: [{alpha: 0, temperature: 1, features: [{loss: pkt}]}]\n"
    features = "distill: {features: [{loss: rkd}]}\n"
    assert Plan(load(write_sweep, features + compare), "0" * 16).is_online
    assert list(load(write_sweep, features + compare).all_features) == ["distill.features.0", "compare.0.features.0"]
    assert not Plan(load(write_sweep, compare), "0" * 16).is_online
    other = features + "compare: [{loss: kd, alpha: 0.5, temperature: 1}]\n"
    assert not Plan(load(write_sweep, other), "0" * 16).is_online


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (
            "distill: {features: [{loss: rkd}]}\nsearch: {space: {features.1.weight: {low: 1, high: 2}}}\n",
            "search.space.features.1.weight.low: features.1.weight is of no feature that there is, got 1.0",
        ),
        (
            "distill: {features: [{loss: pkt}]}\nsearch: {space: {features.0.angle: {low: 1, high: 2}}}\n",
            "search.space.features.0.angle.low: features.0.angle is of no feature that there is",
        ),
        (
            "distill: {features: [{loss: pkt}]}\nsearch: {space: {features.0.weight: {low: 0, high: 2}}}\n",
            "search.space.features.0.weight.low: Input should be greater than 0, got 0.0",
        ),
        (
            "methods: [kd]\nsearch: {space: {features.0.weight: {low: 1, high: 2}}}\n",
            "features.0.weight: no method has",
        ),
        (
            "methods: [{loss: kd, features: [{loss: pkt}]}, {features: [{loss: pkt, weight: 3}]}]\n",
            "methods.1: kd+pkt is the name of methods.0 too; give one of them another name",
        ),
    ],
)
def test_weights_that_no_feature_has_are_refused(write_sweep: WriteSweep, more: str, says: str) -> None:
    assert says in refusal(write_sweep, more)


def test_a_searched_baseline_is_spoken_of_before_it_is_paid_for(write_sweep: WriteSweep) -> None:
    lr = "student.optimizer.lr: {low: 1.0e-4, high: 1.0e-2, log: true}"
    sweep = load(write_sweep, f"search: {{num_trials: 7, concurrency: 2, space: {{{lr}}}}}\n")
    assert sweep.search_notes == [
        "the baseline is searched too, 7 trials of student.optimizer.lr: tuned against untuned is no comparison"
    ]
    assert load(write_sweep, "search: {num_trials: 7, concurrency: 2}\n").search_notes == []
