"""What a student learns from inside its teacher: which features are compared, by which loss, with which weight."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from kd.config.base import Config, is_none

FeatureLoss = Literal["fitnet", "at", "sp", "rkd", "pkt", "pooled"]
PUBLISHED_WEIGHTS: dict[str, float] = {
    "fitnet": 100.0,
    "at": 1000.0,
    "sp": 3000.0,
    "rkd": 1.0,  # distance and angle have weights of their own
    "pkt": 30000.0,
    "pooled": 1.0,
}
"""What RepDistiller and mdistiller weigh each loss with beside cross-entropy; of ``pooled``, timm."""

FINDS_ITS_PLACE = ("rkd", "pkt", "pooled")
"""Losses that are published for the last features before the classifier, so that a place need not be named."""

_OPTIONS = ("distance", "angle")  # of rkd alone


def _number_as_path(value: Any) -> Any:
    """The modules of a stack of layers are numbered, and YAML reads 3 as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Place = Annotated[str, Field(min_length=1), BeforeValidator(_number_as_path, json_schema_input_type=str | int)]


class FeatureConfig(Config):
    """A loss between features of teacher and student, added to the loss on logits: ``+ weight · loss``."""

    loss: FeatureLoss = Field(
        description="fitnet: the features themselves, by a learned regressor; at: where they are large; sp, rkd, pkt: "
        "how the images of a batch relate; pooled: the last features, by a learned projector"
    )
    teacher: Place | None = Field(
        None,
        description="path of the module whose output is taken, as kd-sweep layers lists them; null with rkd, pkt and "
        "pooled: what the last linear layer is given",
    )
    student: Place | None = Field(None, description="the same in the student")
    weight: float | None = Field(None, gt=0, description="beside the loss on logits; null: as published")
    distance: float | None = Field(
        None, ge=0, exclude_if=is_none, description="rkd: weight of the distances' relation; null: 25"
    )
    angle: float | None = Field(
        None, ge=0, exclude_if=is_none, description="rkd: weight of the angles' relation; null: 50"
    )

    @model_validator(mode="before")
    @classmethod
    def _weight_as_published(cls, content: Any) -> Any:
        """The number itself goes into a run's name: to give it or to leave it out makes the same run."""
        if isinstance(content, dict) and content.get("weight") is None and content.get("loss") in PUBLISHED_WEIGHTS:
            return {**content, "weight": PUBLISHED_WEIGHTS[content["loss"]]}
        return content

    @model_validator(mode="after")
    def _places_and_options_of_this_loss(self) -> "FeatureConfig":
        for side in ("teacher", "student"):
            if getattr(self, side) is None and self.loss not in FINDS_ITS_PLACE:
                raise ValueError(f"{self.loss} needs a place in the {side}; kd-sweep layers lists those that there are")
        for option in _OPTIONS:
            if getattr(self, option) is not None and self.loss != "rkd":
                raise ValueError(f"{option} is an option of rkd, not of {self.loss}")
        if self.distance == 0 and self.angle == 0:
            raise ValueError("distance and angle are both 0: nothing would be learned")
        return self

    @property
    def factor(self) -> float:
        """``weight``, which is a number by now."""
        assert self.weight is not None
        return self.weight

    @property
    def options(self) -> dict[str, float]:
        """The options that were given."""
        return {name: value for name in _OPTIONS if (value := getattr(self, name)) is not None}


def feature_words(feature: FeatureConfig) -> str:
    """A loss on features in plain text.

    >>> feature_words(FeatureConfig(loss="at", teacher="layer3", student="4")), feature_words(FeatureConfig(loss="rkd"))
    ('at layer3 to 4, weight 1000', 'rkd of the last features, weight 1')
    """
    last = "the last features"
    places = f"{feature.teacher or last} to {feature.student or last}"
    where = f"of {last}" if feature.teacher is feature.student is None else places
    return f"{feature.loss} {where}, weight {feature.factor:g}"
