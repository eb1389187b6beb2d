"""A run's configuration, and the name that follows from it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from kd.config.base import Config, is_none
from kd.config.data import AugmentConfig, StoredData
from kd.config.distill import DistillConfig
from kd.config.training import HF_PREFIX, ModelTraining
from kd.config.unlabeled import UnlabeledConfig, UnlabeledImages
from kd.files import short_hash

Role = Literal["teacher", "baseline", "search", "compare", "final", "variant"]
LogitsType = Literal["float16", "float32"]


class TrainConfig(Config):
    """One training: the teacher, a baseline seed, a search trial, a compared or a final seed, a variant of one."""

    kind: Literal["train"] = "train"
    role: Role
    seed: int = Field(ge=0)
    data: StoredData
    training: ModelTraining
    augment: AugmentConfig
    distill: DistillConfig | None = None
    logits: str | None = Field(None, description="id of the run that wrote the teacher's logits")
    teachers: tuple[str, ...] = Field(
        (), description="instead of logits: ids of the runs whose models teach in every step, by their mean raw logits"
    )
    unlabeled: UnlabeledConfig | None = Field(
        None, exclude_if=is_none, description="images without labels that a distilled student learns from besides"
    )

    @model_validator(mode="after")
    def _distillation_needs_a_teacher(self) -> "TrainConfig":
        if [self.logits is not None, bool(self.teachers)].count(True) != (self.distill is not None):
            raise ValueError("distill goes together with logits or with teachers")
        if self.distill is not None and self.distill.control is not None:
            if self.augment.mixes:
                raise ValueError("control: it is of the one label that an image has; mixed images have two")
            if self.distill.control == "smoothed_labels" and self.teachers:
                raise ValueError("control: smoothed_labels needs kept logits; set teacher_logits.online=false")
        return self

    @model_validator(mode="after")
    def _features_need_the_teacher_itself(self) -> "TrainConfig":
        if self.distill is not None and self.distill.features:
            if len(self.teachers) != 1:
                raise ValueError("features are those of one teacher, which has to teach in every step")
            if self.training.compile is True:
                raise ValueError("features cannot be taken from a compiled model")
        return self

    @model_validator(mode="after")
    def _unlabelled_images_need_a_teacher(self) -> "TrainConfig":
        if self.unlabeled is None:
            return self
        if self.distill is None or (self.unlabeled.logits is None) != (self.logits is None):
            raise ValueError("unlabelled images are taught as labelled ones are: by kept logits, or in every step")
        if self.distill.features or self.distill.control:
            what = "features" if self.distill.features else f"control: {self.distill.control}"
            raise ValueError(f"unlabelled images: {what} goes with labelled images alone; leave one of the two out")
        return self

    def view_of_epoch(self, epoch: int) -> int:
        """The view an epoch trains on; always 0 where no view differs from the stored image."""
        return self.augment.view_of_pass(epoch, self.training.epochs)

    @property
    def num_views(self) -> int:
        """How many different views the run trains on."""
        return self.augment.num_views_of(self.training.epochs)


class LogitsConfig(Config):
    """One pass of the teacher over every view of the student's training images, or a part of it.

    Or of its images without labels.
    """

    kind: Literal["logits"] = "logits"
    role: Literal["logits"] = "logits"
    data: StoredData
    teacher: str = Field(description="id of the teacher's run")
    more_teachers: tuple[str, ...] = Field(
        (), description="ids of runs whose raw logits are averaged with the teacher's"
    )
    augment: AugmentConfig
    num_views: int = Field(ge=1)
    first_view: int = Field(0, ge=0)
    part_of: str | None = Field(None, description="id of the whole pass, which this one writes some views of")
    dtype: LogitsType = "float16"
    unlabeled: UnlabeledImages | None = Field(
        None, exclude_if=is_none, description="instead of the training images: these, which have no labels"
    )


class TestConfig(Config):
    """The one reading of the test images, for models whose training is over."""

    __test__ = False  # not a pytest class

    kind: Literal["test"] = "test"
    role: Literal["test"] = "test"
    data: StoredData
    models: tuple[str, ...] = Field(min_length=1, description="ids of the runs to evaluate")


class ExtraTestConfig(Config):
    """The one reading of another test set, or of the sweep's own test images corrupted."""

    kind: Literal["extra_test"] = "extra_test"
    role: Literal["extra_test"] = "extra_test"
    data: StoredData
    models: tuple[str, ...] = Field(min_length=1, description="ids of the runs to evaluate")
    digest: str | None = Field(None, description="of the decoded set; null: the own test images, corrupted")
    corruptions: int | None = Field(None, description="version of what the corruptions do to pixels")
    ensemble: str | None = Field(
        None, description="under this id stand the answers of the teachers' mean logits, where they taught together"
    )
    teachers: tuple[str, ...] = Field((), description="of the models, those whose logits are averaged")

    @model_validator(mode="after")
    def _reads_one_thing(self) -> "ExtraTestConfig":
        if (self.digest is None) == (self.corruptions is None):
            raise ValueError("reads a set, or the own images corrupted")
        return self


RunConfig = Annotated[TrainConfig | LogitsConfig | TestConfig | ExtraTestConfig, Field(discriminator="kind")]


def pack_key(config: TrainConfig | LogitsConfig | TestConfig | ExtraTestConfig) -> str | None:
    """The same for runs that may be trained as one stacked model; None for a run that is trained alone.

    They may differ in role, seed, alpha and temperature. Several GPUs, a compiled model, batches in parts, unlabelled
    images and what is learned from features each need the step to themselves; so does a loss of the user's own, who
    wrote it for one run, one that learns, and a control, whose teacher is another one.
    """
    if not isinstance(config, TrainConfig) or config.unlabeled is not None:
        return None
    training = config.training
    if training.gpus > 1 or training.compile is not False or training.accumulation_steps > 1:
        return None
    distill = config.distill
    if distill is not None and _needs_its_own_step(distill):
        return None
    content = config.model_dump(
        mode="json",
        exclude={"role": True, "seed": True, "distill": {"alpha", "temperature"}, "data": {"class_names"}},
    )
    return short_hash(content)


def _needs_its_own_step(distill: DistillConfig) -> bool:
    is_learned = distill.temperature_schedule == "learned"
    return distill.is_own or is_learned or bool(distill.features) or distill.control is not None


def run_id(config: TrainConfig | LogitsConfig | TestConfig | ExtraTestConfig) -> str:
    """The run's name and folder: role, hash of everything that decides its numbers, seed.

    Seeds of one setting share the hash. Where the data came from is not part of it, what it
    contains is (``StoredData.digest``): a moved data folder re-runs nothing. Nor does a moved model, where its
    content is known. A field at its default is
    left out, so that a new option does not rename every old run; a default must therefore never change.
    """
    content = config.model_dump(mode="json", exclude_defaults=True)
    content["data"].pop("source")
    content["data"].pop("class_names", None)  # no number depends on what a class is called
    training = content.get("training", {})
    training.pop("checkpoint", None)  # checkpoint_sha256 says what was in it
    training.pop("match_classes", None)  # it decides whether the run starts, not what comes of it
    if "model_sha256" in training and training["model"].startswith(HF_PREFIX):
        training["model"] = HF_PREFIX  # and model_sha256 what the folder held
    seed = content.pop("seed", None)
    suffix = "" if seed is None else f"-s{seed}"
    return f"{config.role}-{short_hash(content)}{suffix}"
