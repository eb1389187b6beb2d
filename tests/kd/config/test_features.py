"""The options of features, and the names of runs that have none."""

import pytest
from pydantic import ValidationError

from kd.config import PUBLISHED_WEIGHTS, DistillConfig, FeatureConfig, run_id

PLACES = {"teacher": "a", "student": "b"}


@pytest.mark.parametrize("loss", PUBLISHED_WEIGHTS)
def test_a_weight_that_is_not_given_is_the_published_one(loss):
    left_out, null = FeatureConfig(loss=loss, **PLACES), FeatureConfig(loss=loss, weight=None, **PLACES)
    assert left_out == null == FeatureConfig(loss=loss, weight=PUBLISHED_WEIGHTS[loss], **PLACES)
    assert left_out.options == {}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"loss": "fitnets", **PLACES}, "'fitnet', 'at'"),
        ({"teacher": "a"}, "Field required"),
        ({"loss": "fitnet", "teacher": "a"}, "fitnet needs a place in the student; kd-sweep layers"),
        ({"loss": "at", "student": "a"}, "at needs a place in the teacher"),
        ({"loss": "sp"}, "sp needs a place"),
        ({"loss": "sp", "teacher": "", "student": "b"}, "at least 1 character"),
        ({"loss": "sp", "weight": 0, **PLACES}, "greater than 0"),
        ({"loss": "sp", "weight": -1, **PLACES}, "greater than 0"),
        ({"loss": "sp", "weight": float("inf"), **PLACES}, "finite"),
        ({"loss": "sp", "distance": 1, **PLACES}, "distance is an option of rkd, not of sp"),
        ({"loss": "rkd", "distance": 0, "angle": 0}, "nothing would be learned"),
        ({"loss": "rkd", "angle": -1}, "greater than or equal to 0"),
        ({"loss": "rkd", "beta": 1}, "Extra inputs"),
    ],
)
def test_values_that_mean_nothing_are_refused(content, says):
    with pytest.raises(ValidationError) as caught:
        FeatureConfig.model_validate(content)
    assert says in str(caught.value)


def test_a_number_is_the_path_of_a_layer_in_a_stack():
    config = FeatureConfig(loss="sp", teacher=3, student="3")
    assert config.teacher == config.student == "3"
    with pytest.raises(ValidationError, match="valid string"):
        FeatureConfig(loss="sp", teacher=3.1, student=True)


def test_options_are_given_to_the_loss():
    assert FeatureConfig(loss="rkd", distance=1, angle=0).options == {"distance": 1, "angle": 0}


def test_a_loss_without_features_is_written_as_before(lab):
    assert "features" not in DistillConfig().model_dump()
    assert run_id(lab.distilled()) == run_id(lab.distilled(distill=DistillConfig(features=())))
    named = {run_id(lab.featured({"loss": "rkd"})), run_id(lab.featured({"loss": "pkt"}))}
    assert len(named | {run_id(lab.featured({"loss": "rkd", "weight": 1.0}))}) == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"teachers": (), "logits": "logits-x"}, "one teacher, which has to teach in every step"),
        ({"teachers": ("teacher-a", "teacher-b")}, "one teacher"),
        ({"training": {"compile": True}}, "compiled model"),
    ],
)
def test_a_run_with_features_has_its_teacher_at_its_side(lab, changes, says):
    with pytest.raises(ValidationError, match=says):
        lab.featured({"loss": "rkd"}, **changes)
