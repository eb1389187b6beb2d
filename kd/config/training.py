"""A model, and how it is trained."""

import re
from math import isfinite
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kd.config.base import Config, is_none, is_nought
from kd.config.data import Augment, PixelCount
from kd.remedies import did_you_mean

Precision = Literal["auto", "fp32", "bf16"]
Beta = Annotated[float, Field(ge=0, lt=1)]

_SINGLE = (
    "mnist_cnn",
    "mnist_mlp",
    "mnist_large_cnn",
    "mnist_small_cnn",
    "cifar_resnet18",
    "cifar_light_cnn",
    "small_resnet",
    "plain_conv",
)
_FAMILIES = {
    "cifar_resnet": ("20", "32", "56", "110", "8x4", "32x4"),
    "cifar_wrn_": ("16_2", "40_1", "40_2"),
    "cifar_vgg": ("8", "13"),
    "cifar_mobilenetv": ("2",),
    "cifar_shufflenetv": ("1", "2"),
}
MODELS = (*_SINGLE, *(family + member for family, members in _FAMILIES.items() for member in members))
"""Names of the built-in models; ``kd.models`` has their factories."""


HF_PREFIX = "hf:"
"""Begins the name of an image classifier in the layout of the Hugging Face Hub."""


TIMM_PREFIX = "timm:"
"""Begins the name of a network of timm."""


TORCHVISION_PREFIX = "torchvision:"
"""Begins the name of a classifier of torchvision."""


MODEL_FORMS = ", ".join(
    [
        *_SINGLE,
        *(family + "/".join(members) for family, members in _FAMILIES.items()),
        f"{HF_PREFIX}ID-OR-FOLDER, {TIMM_PREFIX}NAME, {TORCHVISION_PREFIX}NAME, or package.module:factory",
    ]
)
"""What a model can be, for messages; of a family the name that its members share stands once."""


def is_import_path(model: str) -> bool:
    """Whether a model's name is ``package.module:factory``, which is imported, and so runs.

    >>> is_import_path("nets.own:small"), is_import_path("hf:google/vit"), is_import_path("mnist_cnn")
    (True, False, False)
    """
    return ":" in model and not model.startswith((HF_PREFIX, TIMM_PREFIX, TORCHVISION_PREFIX))


def is_of_library(model: str) -> bool:
    """Whether a model's name is one of timm's or torchvision's networks.

    >>> is_of_library("timm:resnet18"), is_of_library("torchvision.models:resnet18")
    (True, False)
    """
    return model.startswith((TIMM_PREFIX, TORCHVISION_PREFIX))


OptimizerName = Literal["sgd", "adam", "adamw"]


class OptimizerConfig(Config):
    """One of torch's optimizers."""

    name: OptimizerName = Field("adam", description="the name alone may stand for the mapping: optimizer: sgd")
    lr: float = Field(1e-3, gt=0, description="highest learning rate of the schedule")
    momentum: float = Field(0.9, ge=0, lt=1, description="SGD only")
    nesterov: bool = Field(False, description="SGD only")
    weight_decay: float = Field(0.0, ge=0, description="how strongly weights are drawn to zero")
    decay: Literal["weights", "kernels", "all"] = Field(
        "weights",
        exclude_if=lambda decay: decay == "weights",
        description="what weight_decay is for: weights of two dimensions or more; kernels, of those the layers' alone, "
        "without class tokens, position tables and embeddings; or all, norms and biases too",
    )
    betas: tuple[Beta, Beta] = Field(
        (0.9, 0.999), exclude_if=lambda betas: betas == (0.9, 0.999), description="Adam and AdamW only"
    )
    eps: float = Field(1e-8, gt=0, exclude_if=lambda eps: eps == 1e-8, description="Adam and AdamW only")

    @model_validator(mode="after")
    def _nesterov_needs_momentum(self) -> "OptimizerConfig":
        if self.nesterov and (self.name != "sgd" or self.momentum == 0):
            raise ValueError("nesterov needs sgd with momentum")
        return self


ScheduleName = Literal["constant", "cosine", "step", "one_cycle"]


class ScheduleConfig(Config):
    """Learning rate over the steps of a run."""

    name: ScheduleName = Field("constant", description="the name alone may stand for the mapping: schedule: cosine")
    warmup_epochs: float = Field(0.0, ge=0, description="linear from zero; one_cycle has a rise of its own")
    milestones: Annotated[
        tuple[float, ...], Field(json_schema_extra={"items": {"anyOf": [{"type": "number"}, {"type": "string"}]}})
    ] = Field((), description="step: epochs after which the rate falls, or shares of the training such as 62.5%")
    gamma: float = Field(0.1, gt=0, lt=1, description="step: what the rate is multiplied with at each milestone")
    end: float = Field(
        0.0, ge=0, lt=1, exclude_if=is_nought, description="cosine: what is left of lr at the end, as its share"
    )
    peak_at: float = Field(0.3, gt=0, lt=1, description="one_cycle: share of the training that the rate rises")

    @model_validator(mode="after")
    def _milestones_are_for_steps(self) -> "ScheduleConfig":
        if (self.name == "step") != bool(self.milestones):
            raise ValueError("step needs milestones, and no other schedule has them")
        if list(self.milestones) != sorted(set(self.milestones)) or min(self.milestones, default=1) <= 0:
            raise ValueError(f"milestones must be > 0 and rise, got {list(self.milestones)}")
        if self.name == "one_cycle" and self.warmup_epochs:
            raise ValueError("one_cycle has a rise of its own (peak_at); leave warmup_epochs out")
        return self


def _at_least_one(value: Any) -> Any:
    return (value,) if isinstance(value, int | float) else value


Channels = Annotated[
    tuple[float, ...], BeforeValidator(_at_least_one, json_schema_input_type=tuple[float, ...] | float)
]


class Normalization(Config):
    """What is taken from an image's pixels, and what they are divided by: one number, or red's, green's and blue's."""

    mean: Channels = Field(description="of pixels in 0…1")
    std: Channels = Field(description="of pixels in 0…1")

    @model_validator(mode="after")
    def _of_pixels_in_0_to_1(self) -> "Normalization":
        if len(self.mean) != len(self.std) or len(self.mean) not in (1, 3):
            numbers = f"{len(self.mean)} and {len(self.std)}"
            raise ValueError(f"mean and std have one number each, or three (red, green, blue), got {numbers}")
        largest = max(*map(abs, self.mean), *self.std)
        if largest > 1:
            raise ValueError(f"mean and std are of pixels in 0…1, got {largest:g}; divide those of 0…255 by 255")
        if min(self.std) <= 0:
            raise ValueError(f"std must be > 0, got {min(self.std):g}")
        return self


_NORMALIZATIONS = {
    "imagenet": {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)},
    "none": {"mean": (0.0,), "std": (1.0,)},
}


def _normalization(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in _NORMALIZATIONS:
        raise ValueError("must be imagenet, none (pixels in 0…1), or {mean: …, std: …} of such pixels")
    return _NORMALIZATIONS[value]


Normalize = Annotated[
    Normalization,
    BeforeValidator(_normalization, json_schema_input_type=Normalization | Literal["imagenet", "none"]),
]


def _name_alone(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


# Where a mapping is wanted, its name alone is one that leaves the rest as it is: ``optimizer: adam``.
Optimizer = Annotated[
    OptimizerConfig, BeforeValidator(_name_alone, json_schema_input_type=OptimizerConfig | OptimizerName)
]
Schedule = Annotated[ScheduleConfig, BeforeValidator(_name_alone, json_schema_input_type=ScheduleConfig | ScheduleName)]


ArgumentValue = bool | int | float | str | tuple[bool | int | float | str, ...]


class Arguments(dict[str, ArgumentValue]):
    """Arguments by name; never changed, so that a configuration with them can be hashed."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def _argument(value: Any) -> Any:
    """One message for what a union of types would say once for each."""
    parts = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(part, bool | int | str) or (isinstance(part, float) and isfinite(part)) for part in parts):
        raise ValueError("must be a number, a text, true, false, or a list of these")
    return value


def _free_arguments(arguments: dict[str, ArgumentValue]) -> Arguments:
    for name in arguments:
        if name in ("num_classes", "input_shape"):
            raise ValueError(f"{name} is told by the data, and is no argument to give")
        if not name.isidentifier():
            raise ValueError(f"'{name}' is no name that an argument can have")
    return Arguments(arguments)


ModelArguments = Annotated[
    dict[str, Annotated[ArgumentValue, BeforeValidator(_argument, json_schema_input_type=ArgumentValue)]],
    AfterValidator(_free_arguments),
]
"""What a model's factory is called with beside the number of classes and the images' shape."""


def _known_model(name: str) -> str:
    if name not in MODELS and ":" not in name:
        raise ValueError(f"no such model{did_you_mean(name, MODELS)}; there are {MODEL_FORMS}")
    return name


_SHARE = re.compile(r"\s*(\d+(?:\.\d*)?)\s*%\s*")


def _in_epochs(milestone: Any, epochs: int) -> Any:
    """A share of the training as its epoch; what is none stays as it is.

    >>> _in_epochs("62.5%", 240), _in_epochs(150, 240)
    (150.0, 150)
    """
    share = _SHARE.fullmatch(milestone) if isinstance(milestone, str) else None
    return float(share[1]) * epochs / 100 if share else milestone


class ModelTraining(Config):
    """A model and how it is trained."""

    model: Annotated[str, AfterValidator(_known_model)] = Field(
        description=f"one of {MODEL_FORMS}", examples=list(MODELS)
    )
    arguments: ModelArguments = Field(
        default_factory=Arguments,
        json_schema_extra={"default": {}},
        exclude_if=lambda arguments: not arguments,
        description="what else its factory is called with, by name, such as {drop_path_rate: 0.1}; of timm: and "
        "torchvision:, pretrained: false begins with random weights",
    )
    checkpoint: str | None = Field(
        None,
        description="start from these weights: a folder (a run's model/, Hugging Face's, Trainer's), a .pth, .pt or "
        ".safetensors file of a model by import path, or sweep:NAME",
    )
    checkpoint_sha256: str | None = Field(None, description="of its weights; found when the sweep is read")
    model_sha256: str | None = Field(
        None,
        exclude_if=lambda digest: digest is None,
        description="of the model's folder, or of its factory's source; found when the sweep is read",
    )
    match_classes: bool | dict[str, str] = Field(
        True,
        exclude_if=lambda match: match is True,
        description="with epochs 0: the head's class names must be the data's, in order; a mapping says what the data "
        "calls a class of the head, false compares no names",
    )
    normalize: Normalize | None = Field(
        None,
        exclude_if=is_none,
        description="what the network is fed: imagenet, none (pixels in 0…1), or {mean, std} of such pixels; null: as "
        "its image processor or its module says",
    )
    image_size: PixelCount | tuple[PixelCount, PixelCount] | None = Field(
        None,
        exclude_if=is_none,
        description="side, or [height, width], that images are resized to for this network; null: as its image "
        "processor or its module says, or as the data has them",
    )
    epochs: int = Field(ge=0, description="0: a model that comes trained (a checkpoint, hf:, a factory) as it is")
    batch_size: int = Field(128, ge=1, description="images per step, over all gpus together")
    accumulation_steps: int = Field(1, ge=1, description="parts that each batch is computed in, to need less memory")
    optimizer: Optimizer = Field(OptimizerConfig(), description="what changes the weights, and how strongly")
    schedule: Schedule = Field(ScheduleConfig(), description="how the learning rate goes over the training")
    label_smoothing: float = Field(0.0, ge=0, lt=1, description="in cross-entropy; not advised for a teacher")
    class_weights: Literal["balanced", "sqrt"] | None = Field(
        None,
        exclude_if=is_none,
        description="in cross-entropy with the labels: an image weighs in inverse proportion to its class's images in "
        "train, or to their square root, 1 on average over train",
    )
    sampling: Literal["balanced"] | None = Field(
        None,
        exclude_if=is_none,
        description="balanced: an epoch draws as many images as train has, as many of each class; null: each image "
        "once",
    )
    clip_grad_norm: float | None = Field(None, gt=0, description="largest norm of all gradients together")
    ema_decay: float | None = Field(
        None, gt=0, lt=1, description="evaluate and save the running average of the weights instead of the last ones"
    )
    precision: Precision = Field("auto", description="of training; auto: bf16 on a GPU, fp32 on a CPU")
    compile: bool | Literal["auto"] = Field(
        False,
        description="torch.compile: minutes at the start, faster steps; auto: where figures of the card say that it "
        "pays, which no card has been asked for yet, so never",
    )
    augment: Augment | None = Field(None, description="instead of data.augment")
    gpus: int = Field(
        1, ge=1, le=64, description="that train the run together, each a part of every batch; processes on a CPU"
    )

    @model_validator(mode="before")
    @classmethod
    def _milestones_in_epochs(cls, content: Any) -> Any:
        """Shares go with the length of the training; the same milestones in epochs name the same run."""
        match content:
            case {"epochs": int(epochs), "schedule": {"milestones": [*milestones]} as schedule}:
                in_epochs = [_in_epochs(milestone, epochs) for milestone in milestones]
                return {**content, "schedule": {**schedule, "milestones": in_epochs}}
        return content

    @model_validator(mode="after")
    def _something_is_trained(self) -> "ModelTraining":
        is_new = ":" not in self.model or (is_of_library(self.model) and self.arguments.get("pretrained") is False)
        if self.epochs == 0 and self.checkpoint is None and is_new:
            raise ValueError(
                f"epochs must be at least 1: a new {self.model} knows nothing; 0 is for a model that comes trained: "
                "its weights under checkpoint, or model: hf:ID-OR-FOLDER, timm:NAME, or a factory that loads its own"
            )
        if self.accumulation_steps > self.batch_size:
            raise ValueError(f"accumulation_steps {self.accumulation_steps} is above batch_size {self.batch_size}")
        if self.gpus > self.batch_size:
            raise ValueError(f"gpus {self.gpus} is above batch_size {self.batch_size}")
        return self

    @property
    def title(self) -> str:
        """The model's name, with the arguments that tell it from another of that name.

        >>> ModelTraining(model="mnist_mlp", arguments={"hidden": 64}, epochs=1).title
        'mnist_mlp(hidden=64)'
        """
        if not self.arguments:
            return self.model
        return f"{self.model}({', '.join(f'{name}={value}' for name, value in self.arguments.items())})"

    @property
    def is_used_as_it_is(self) -> bool:
        """Whether it comes trained, and nothing of it is changed."""
        return self.epochs == 0

    @property
    def input_size(self) -> tuple[int, int] | None:
        """``image_size`` as height and width."""
        return (self.image_size, self.image_size) if isinstance(self.image_size, int) else self.image_size
