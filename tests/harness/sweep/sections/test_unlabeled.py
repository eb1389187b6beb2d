"""Images without labels in a sweep file: how they are asked for, what is refused, and which runs they make."""

import pytest

from harness.state.stages.graph import known_steps
from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.runs import VIEWS_OF_A_PART
from harness.sweep.sections.unlabeled import UnlabeledSource
from harness.sweep.totals import stage_totals
from kd.config import DataConfig, UnlabeledImages
from tests.support.sweep_files import MINIMAL, refusal

COUNTED = {"source": "rest", "num_images": 500, "num_labelled": 90}
FEW = MINIMAL.replace('"embedded:mnist5k"', '"embedded:mnist5k", max_train: 100')


def plan_of(write_sweep, text="", overrides="", **unlabeled):
    sweep = load_sweep(write_sweep(FEW + "seeds: 2\nsearch: null\nunlabeled: rest\n" + text), overrides)
    counted = sweep.unlabeled.model_copy(update=COUNTED | unlabeled)
    return Plan(sweep.model_copy(update={"unlabeled": counted}), "0" * 16)


def test_a_source_alone_stands_for_the_mapping(write_sweep):
    alone = load_sweep(write_sweep(MINIMAL + "unlabeled: folder:more\n"))
    whole = load_sweep(write_sweep(MINIMAL + "unlabeled: {source: folder:more}\n"))
    assert alone == whole
    assert alone.unlabeled == UnlabeledSource(source="folder:more")


def test_a_path_in_set_is_taken_letter_by_letter(write_sweep):
    path = write_sweep(MINIMAL + "unlabeled: folder:more\n")
    assert load_sweep(path, "'unlabeled=folder:my pets: 2 #1'").unlabeled.source == "folder:my pets: 2 #1"
    assert load_sweep(path, "'unlabeled.source=folder:a: b'").unlabeled.source == "folder:a: b"
    assert load_sweep(path, "'unlabeled={source: a/b, ratio: 3}'").unlabeled == UnlabeledSource(source="a/b", ratio=3)
    assert load_sweep(path, "unlabeled.ratio=3").unlabeled == UnlabeledSource(source="folder:more", ratio=3)


def test_it_is_a_key_of_its_own(write_sweep):
    said = refusal(write_sweep(MINIMAL), "student.unlabeled=folder:more")
    assert "student.unlabeled: unknown key; unlabeled is a key beside student, not of it" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unlabeled: rest", "unlabeled.source: rest is what data.max_train leaves out; give that, or another source"),
        ("unlabeled: {source: x/y, ratio: 0}", "unlabeled.ratio: Input should be greater than 0, got 0"),
        ("unlabeled: {ratio: 2}", "unlabeled.source: missing"),
        ("unlabeled: {source: x/y, max_images: 0}", "unlabeled.max_images: Input should be greater than or equal to 1"),
        ("unlabeled: {source: x/y, duplicates: warn}", "unlabeled.duplicates: Input should be 'refuse' or 'drop'"),
        ("unlabeled: {source: x/y, labels: no}", "unlabeled.labels: unknown key; allowed: source, split, config"),
        (
            "unlabeled: x/y\ndistill: {features: [{loss: rkd}]}",
            "unlabeled: distill.features.0 is learned from labelled images alone; leave one of the two out",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(write_sweep, text, said):
    assert said in refusal(write_sweep(MINIMAL + text))


def test_the_rest_is_read_as_data_is(write_sweep):
    path = write_sweep(FEW + "unlabeled: {source: rest, split: test}\n")
    assert "unlabeled.split: does nothing: rest is read as data is; leave it out" in refusal(path)


def test_they_are_decoded_as_the_labelled_ones(write_sweep):
    labelled = DataConfig(source="a/b", image_size=32, skip_corrupt=True, max_pixels=9, max_rows=8, image_column="img")
    found = UnlabeledSource(source="c/d", split="extra", config="small").data(labelled)
    assert found == DataConfig(
        source="c/d",
        config="small",
        splits={"train": "extra"},
        image_size=32,
        skip_corrupt=True,
        max_pixels=9,
        max_rows=8,
    )


def test_the_arm_is_the_distilled_student_with_them_beside(write_sweep):
    plan = plan_of(write_sweep, overrides="unlabeled.ratio=2")
    (variant,) = plan.variants()
    assert variant.key == "unlabeled"
    for run, final in zip(variant.runs, plan.finals(), strict=True):
        beside = run.config.unlabeled
        assert beside.ratio == 2 and beside.images == UnlabeledImages(digest=None)
        assert run.config.model_copy(update={"unlabeled": None, "role": "final"}) == final.config
        assert beside.logits == plan.unlabeled_passes["unlabeled"][-1].id != run.config.logits
    assert set(variant.teaching.runs) == {*plan.taught_by, *plan.unlabeled_passes["unlabeled"]}


def test_the_control_has_the_training_images_in_their_place(write_sweep):
    plan = plan_of(write_sweep, overrides="unlabeled.control=true student.epochs=20 data.augment.shift=1")
    arm, control = plan.variants()
    assert (arm.key, control.key) == ("unlabeled", "unlabeled_control")
    for mine, its in zip(arm.runs, control.runs, strict=True):
        beside = its.config.unlabeled
        assert beside.images == UnlabeledImages(digest=None, of_train=True)
        assert its.config.model_copy(update={"unlabeled": mine.config.unlabeled}) == mine.config
    views = [run.config.num_views for run in plan.unlabeled_passes["unlabeled_control"]]
    assert views == [8, 8, 4, 20]  # 20 × 90 draws of 90 images
    assert set(control.teaching.runs) == {*plan.taught_by, *plan.unlabeled_passes["unlabeled_control"]}
    assert stage_totals(plan)["variant"] == 4
    assert len({step.run.id for step in known_steps(plan, {}, lambda name: "not started")}) == 1 + 4 + 1 + 4 + 4 + 4


def test_nothing_else_gets_another_name(write_sweep):
    plan, plain = plan_of(write_sweep), Plan(load_sweep(write_sweep(FEW + "seeds: 2\nsearch: null\n")), "0" * 16)
    assert (plan.teachers, plan.logits, plan.baselines()) == (plain.teachers, plain.logits, plain.baselines())
    assert plan.finals() == plain.finals()
    assert stage_totals(plan).items() - stage_totals(plain).items() == {("logits", 2), ("variant", 2)}


def test_their_pass_has_a_view_for_each_time_that_they_are_gone_through(write_sweep):
    def passes(num_images, overrides=""):  # of 20 × 90 draws
        plan = plan_of(write_sweep, "", f"student.epochs=20 data.augment.shift=1 {overrides}", num_images=num_images)
        return [run.config.num_views for run in plan.unlabeled_passes["unlabeled"]]

    views = {num_images: passes(num_images) for num_images in (1800, 900, 100)}
    assert views == {1800: [1], 900: [2], 100: [VIEWS_OF_A_PART, VIEWS_OF_A_PART, 2, 18]}
    assert passes(100, "data.augment.num_views=3") == [3]
    assert passes(100, "data.augment=none") == [1]


def test_they_are_taught_when_the_teacher_is_there(write_sweep):
    plan = plan_of(write_sweep)
    steps = {step.run.id: step for step in known_steps(plan, {}, lambda name: "not started")}
    (their_pass,) = plan.unlabeled_passes["unlabeled"]
    assert steps[their_pass.id].needs == (plan.teachers[0].id,)
    assert set(steps[plan.variants()[0].runs[0].id].needs) == {plan.teachers[0].id, plan.logits.id, their_pass.id}
    assert len(steps) == len(known_steps(plan, {}, lambda name: "not started"))


def test_online_the_teachers_teach_them_in_every_step(write_sweep):
    plan = plan_of(write_sweep, overrides="teacher_logits.online=true")
    assert plan.unlabeled_passes == {}
    run = plan.variants()[0].runs[0]
    assert run.config.unlabeled.logits is None
    assert run.config.teachers == plan.teaching.teacher_ids


def test_what_was_not_counted_is_not_planned():
    with pytest.raises(ValueError, match="its images were not counted"):
        UnlabeledSource(source="rest").num_passes(3)
