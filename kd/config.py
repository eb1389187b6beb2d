"""What a run is: frozen configuration models, without torch.

A run is a pure function of its configuration, so the configuration names the run's folder.
"""

import difflib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kd.files import short_hash

MODELS = ("mnist_cnn", "mnist_mlp")
"""Names of the built-in models; ``kd.models`` has their factories."""

Role = Literal["teacher", "baseline", "search", "compare", "final"]
Temperature = Annotated[float, Field(gt=0)]
Alpha = Annotated[float, Field(ge=0, le=1)]


class Config(BaseModel):
    """Base of all configuration: unknown keys and non-finite numbers are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AugmentConfig(Config):
    """Random changes to an image; view v of sample i is always the same one."""

    shift: int = Field(0, ge=0, le=64, description="largest move in pixels, each way on each axis; black moves in")
    flip: bool = Field(False, description="mirror left-right every second time")
    num_views: int | None = Field(
        None, ge=1, description="epoch e uses view e mod num_views; null: every epoch its own view"
    )

    @property
    def changes_pixels(self) -> bool:
        """Whether a view can differ from the stored image."""
        return self.shift > 0 or self.flip


def _none_is_empty(value: Any) -> Any:
    return {} if value == "none" else value


Augment = Annotated[AugmentConfig, BeforeValidator(_none_is_empty)]


class DataConfig(Config):
    """Where the images come from and how they are divided."""

    source: str = Field(min_length=1, description="a Hub id, a folder in Hub layout, folder:PATH, or embedded:mnist5k")
    val_fraction: float = Field(0.1, gt=0, lt=1, description="share of train that becomes val")
    test_fraction: float = Field(0.2, gt=0, lt=1, description="share set aside as test where the source has none")
    split_seed: int = Field(0, ge=0, description="seed of the stratified divisions")
    max_train: int | None = Field(None, ge=1, description="keep this many training images, stratified")
    max_test: int | None = Field(None, ge=1, description="keep this many test images, stratified")
    image_column: str | None = Field(None, description="found by its type when null")
    label_column: str | None = Field(None, description="found by its type when null")
    augment: Augment = AugmentConfig()


class OptimizerConfig(Config):
    """One of torch's optimizers."""

    name: Literal["sgd", "adam", "adamw"] = "adam"
    lr: float = Field(1e-3, gt=0)
    momentum: float = Field(0.9, ge=0, lt=1, description="SGD only")
    weight_decay: float = Field(0.0, ge=0)


class ScheduleConfig(Config):
    """Learning rate over the steps of a run."""

    name: Literal["constant", "cosine"] = "constant"
    warmup_epochs: float = Field(0.0, ge=0, description="linear from zero")


def _name_alone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _known_model(name: str) -> str:
    if name not in MODELS and ":" not in name:
        near = difflib.get_close_matches(name, MODELS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise ValueError(f"no such model{hint}; there are {', '.join(MODELS)}, or package.module:factory")
    return name


class ModelTraining(Config):
    """A model and how it is trained."""

    model: Annotated[str, AfterValidator(_known_model)] = Field(description="a built-in name or package.module:factory")
    epochs: int = Field(ge=1)
    batch_size: int = Field(128, ge=1)
    optimizer: Annotated[OptimizerConfig, BeforeValidator(_name_alone)] = OptimizerConfig()
    schedule: Annotated[ScheduleConfig, BeforeValidator(_name_alone)] = ScheduleConfig()
    augment: Augment | None = Field(None, description="instead of data.augment")


class DistillConfig(Config):
    """The loss. ``alpha`` weights the soft (teacher) term: 0 is plain cross-entropy, 1 teacher only."""

    loss: Literal["kd"] = "kd"
    alpha: Alpha = 0.5
    temperature: Temperature = 2.0


class StoredData(Config):
    """The part of ``DataConfig`` that decides a run's numbers, with the decoded content's digest."""

    source: str
    digest: str
    val_fraction: float
    test_fraction: float
    split_seed: int
    max_train: int | None
    max_test: int | None


class TrainConfig(Config):
    """One training: the teacher, a baseline seed, a search trial, a compared or a final seed."""

    kind: Literal["train"] = "train"
    role: Role
    seed: int = Field(ge=0)
    data: StoredData
    training: ModelTraining
    augment: AugmentConfig
    distill: DistillConfig | None = None
    logits: str | None = Field(None, description="id of the run that wrote the teacher's logits")

    @model_validator(mode="after")
    def _distillation_needs_logits(self) -> "TrainConfig":
        if (self.distill is None) != (self.logits is None):
            raise ValueError("distill and logits go together")
        return self

    def view_of_epoch(self, epoch: int) -> int:
        """The view an epoch trains on; always 0 where no view differs from the stored image."""
        if not self.augment.changes_pixels:
            return 0
        return epoch % (self.augment.num_views or self.training.epochs)

    @property
    def num_views(self) -> int:
        """How many different views the run trains on."""
        if not self.augment.changes_pixels:
            return 1
        return min(self.augment.num_views or self.training.epochs, self.training.epochs)


class LogitsConfig(Config):
    """One pass of the teacher over every view of the student's training images."""

    kind: Literal["logits"] = "logits"
    role: Literal["logits"] = "logits"
    data: StoredData
    teacher: str = Field(description="id of the teacher's run")
    augment: AugmentConfig
    num_views: int = Field(ge=1)


class TestConfig(Config):
    """The one reading of the test images, for models whose training is over."""

    __test__ = False  # not a pytest class

    kind: Literal["test"] = "test"
    role: Literal["test"] = "test"
    data: StoredData
    models: tuple[str, ...] = Field(min_length=1, description="ids of the runs to evaluate")


RunConfig = Annotated[TrainConfig | LogitsConfig | TestConfig, Field(discriminator="kind")]


def run_id(config: TrainConfig | LogitsConfig | TestConfig) -> str:
    """The run's name and folder: role, hash of everything that decides its numbers, seed.

    Seeds of one setting share the hash. Where the data came from is not part of it, what it
    contains is (``StoredData.digest``): a moved data folder re-runs nothing. A field at its default is
    left out, so that a new option does not rename every old run; a default must therefore never change.
    """
    content = config.model_dump(mode="json", exclude_defaults=True)
    content["data"].pop("source")
    seed = content.pop("seed", None)
    suffix = "" if seed is None else f"-s{seed}"
    return f"{config.role}-{short_hash(content)}{suffix}"
