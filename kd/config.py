"""What a run is: frozen configuration models, without torch.

A run is a pure function of its configuration, so the configuration names the run's folder.
"""

import difflib
from typing import Annotated, Any, Literal, Protocol

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kd.files import short_hash

MODELS = ("mnist_cnn", "mnist_mlp", "cifar_resnet18", "cifar_light_cnn", "small_resnet", "plain_conv")
"""Names of the built-in models; ``kd.models`` has their factories."""


HF_PREFIX = "hf:"
"""Begins the name of an image classifier of transformers."""


MODEL_FORMS = f"{', '.join(MODELS)}, {HF_PREFIX}ID-OR-FOLDER, or package.module:factory"
"""What a model can be, for messages."""


def is_import_path(model: str) -> bool:
    """Whether a model's name is ``package.module:factory``, which is imported, and so runs.

    >>> is_import_path("nets.own:small"), is_import_path("hf:google/vit"), is_import_path("mnist_cnn")
    (True, False, False)
    """
    return ":" in model and not model.startswith(HF_PREFIX)


Role = Literal["teacher", "baseline", "search", "compare", "final"]
Temperature = Annotated[float, Field(gt=0)]
Alpha = Annotated[float, Field(ge=0, le=1)]
Precision = Literal["auto", "fp32", "bf16"]
Beta = Annotated[float, Field(ge=0, lt=1)]
LogitsType = Literal["float16", "float32"]
MAX_NUM_OPS = 4  # views have numbers for so many; it must never change
MAX_PIXELS = 178_956_970  # of one image: what Pillow thinks right, 512 MiB of them in RGB
MAX_ROWS = 50_000_000  # of a table
PixelCount = Annotated[int, Field(ge=1, le=4096)]


class Config(BaseModel):
    """Base of all configuration: unknown keys and non-finite numbers are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RandAugmentConfig(Config):
    """Operations drawn at random, all of one strength: RandAugment's N and M."""

    num_ops: int = Field(2, ge=1, le=MAX_NUM_OPS, description="operations on each image, one after the other")
    magnitude: int = Field(9, ge=0, le=30, description="how strong, on torchvision's scale")


class AugmentConfig(Config):
    """Random changes to an image; view v of sample i is always the same one."""

    shift: int = Field(0, ge=0, le=64, description="largest move in pixels, each way on each axis; black moves in")
    shift_fill: Literal["black", "reflect"] = Field("black", description="what moves in with shift")
    resized_crop: float | None = Field(
        None, gt=0, le=1, description="cut out a random box of at least this share of the area, and enlarge it"
    )
    color_jitter: float = Field(
        0.0, ge=0, le=1, description="brightness, contrast and saturation change by a factor of 1 ± this"
    )
    flip: bool = Field(False, description="mirror left-right every second time")
    rand_augment: RandAugmentConfig | None = Field(None, description="after all of the above; {} for two of strength 9")
    mixup: float = Field(
        0.0, ge=0, description="blend with another sample, and the labels alike; shares are of Beta(mixup, mixup)"
    )
    cutmix: float = Field(
        0.0,
        ge=0,
        description="a box of another sample, of an area from Beta(cutmix, cutmix); beside mixup: every second time",
    )
    num_views: int | None = Field(
        None, ge=1, description="epoch e uses view e mod num_views; null: every epoch its own view"
    )

    @property
    def changes_pixels(self) -> bool:
        """Whether a view can differ from the stored image."""
        own = self.shift, self.flip, self.resized_crop, self.color_jitter, self.rand_augment
        return any(own) or self.mixes

    @property
    def mixes(self) -> bool:
        """Whether views are made of two samples each."""
        return self.mixup > 0 or self.cutmix > 0


def _none_is_empty(value: Any) -> Any:
    return {} if value == "none" else value


Augment = Annotated[
    AugmentConfig, BeforeValidator(_none_is_empty, json_schema_input_type=AugmentConfig | Literal["none"])
]


Part = Literal["train", "val", "test"]


def _is_none(value: Any) -> bool:
    return value is None


def _class_name(name: Any) -> str:
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise ValueError(f"a class name is text, not {name}: write it in quotes")
    return str(name)


def _all_or_some_names(value: Any) -> Any:
    """Numbers count as names, which YAML does not take them for."""
    if isinstance(value, list | tuple):
        return tuple(map(_class_name, value))
    if isinstance(value, dict):
        return {_class_name(own): _class_name(name) for own, name in value.items()}
    if value is not None:
        raise ValueError("wanted is a list of all names in label order, or a mapping from the source's names")
    return value


ClassNames = Annotated[tuple[str, ...] | dict[str, str] | None, BeforeValidator(_all_or_some_names)]


class DataConfig(Config):
    """Where the images come from and how they are divided."""

    source: str = Field(
        min_length=1,
        description="a Hub id, a folder in Hub layout, folder:PATH, package.module:function, or embedded:mnist5k",
    )
    val_fraction: float = Field(0.1, gt=0, lt=1, description="share of train that becomes val where there is none")
    test_fraction: float = Field(0.2, gt=0, lt=1, description="share set aside as test where the source has none")
    split_seed: int = Field(0, ge=0, description="seed of the stratified divisions")
    max_train: int | None = Field(None, ge=1, description="keep this many training images, stratified")
    max_test: int | None = Field(None, ge=1, description="keep this many test images, stratified")
    image_column: str | None = Field(None, description="found by its type when null")
    label_column: str | None = Field(None, description="found by its type when null")
    image_size: PixelCount | tuple[PixelCount, PixelCount] | None = Field(
        None,
        description="side, or [height, width]: the largest centred box of this shape is cut out and resized, "
        "antialiased; null: as they are, all of one size",
    )
    skip_corrupt: bool = Field(False, description="leave unreadable images out, and say so, instead of stopping")
    config: str | None = Field(
        None, exclude_if=_is_none, description="which of a source's several configurations, as the Hub calls them"
    )
    splits: dict[Part, str | None] | str | None = Field(
        None,
        exclude_if=_is_none,
        description="what the source calls train, val and test, as in {train: fold1, test: null}; null: left out; "
        "what is not named is found by its usual names. Or a CSV file of split,file,label, for a folder of images",
    )
    duplicates: Literal["warn", "drop", "allow"] = Field(
        "warn",
        exclude_if=lambda duplicates: duplicates == "warn",
        description="images that are in two of train, val and test: say so, leave them out of the earlier, or be mute",
    )
    class_names: ClassNames = Field(
        None,
        exclude_if=_is_none,
        description="what the classes are called, instead of the source's names: all of them in label order, or a "
        "mapping from the source's name; re-runs nothing",
    )
    max_pixels: int = Field(
        MAX_PIXELS,
        ge=1,
        exclude_if=lambda number: number == MAX_PIXELS,
        description="an image of more is refused: some kilobytes can decode to gigabytes; raise it for images that are "
        "meant to be so large",
    )
    max_rows: int = Field(
        MAX_ROWS,
        ge=1,
        exclude_if=lambda number: number == MAX_ROWS,
        description="a table of more is refused: some kilobytes can hold any number of equal rows",
    )
    augment: Augment = Field(
        AugmentConfig(), description="views of the training images, for teacher and students; none"
    )

    def stored(self, digest: str) -> "StoredData":
        """What of it a run needs, over decoded content of this digest; ``class_names`` is a whole list by then."""
        assert not isinstance(self.class_names, dict), "kd.data.class_names.with_class_names makes a list of it"
        shared = self.model_dump(include=set(StoredData.model_fields))
        return StoredData(digest=digest, drop_duplicates=self.duplicates == "drop", **shared)

    @property
    def split_names(self) -> dict[Part, str | None] | None:
        """``splits``, where it is no file."""
        return None if isinstance(self.splits, str) else self.splits

    @property
    def target_size(self) -> tuple[int, int] | None:
        """``image_size`` as height and width."""
        return (self.image_size, self.image_size) if isinstance(self.image_size, int) else self.image_size


OptimizerName = Literal["sgd", "adam", "adamw"]


class OptimizerConfig(Config):
    """One of torch's optimizers."""

    name: OptimizerName = Field("adam", description="the name alone may stand for the mapping: optimizer: sgd")
    lr: float = Field(1e-3, gt=0, description="highest learning rate of the schedule")
    momentum: float = Field(0.9, ge=0, lt=1, description="SGD only")
    nesterov: bool = Field(False, description="SGD only")
    weight_decay: float = Field(0.0, ge=0, description="how strongly weights are drawn to zero")
    decay: Literal["weights", "all"] = Field(
        "weights",
        exclude_if=lambda decay: decay == "weights",
        description="what weight_decay is for: weights of two dimensions or more, or norms and biases as well",
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
    milestones: tuple[float, ...] = Field((), description="step: epochs after which the rate falls")
    gamma: float = Field(0.1, gt=0, lt=1, description="step: what the rate is multiplied with at each milestone")
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


def _known_model(name: str) -> str:
    if name not in MODELS and ":" not in name:
        near = difflib.get_close_matches(name, MODELS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise ValueError(f"no such model{hint}; there are {MODEL_FORMS}")
    return name


class ModelTraining(Config):
    """A model and how it is trained."""

    model: Annotated[str, AfterValidator(_known_model)] = Field(
        description=f"one of {MODEL_FORMS}", examples=list(MODELS)
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
        exclude_if=_is_none,
        description="what the network is fed: imagenet, none (pixels in 0…1), or {mean, std} of such pixels; null: as "
        "its image processor or its module says",
    )
    image_size: PixelCount | tuple[PixelCount, PixelCount] | None = Field(
        None,
        exclude_if=_is_none,
        description="side, or [height, width], that images are resized to for this network; null: as its image "
        "processor or its module says, or as the data has them",
    )
    epochs: int = Field(ge=0, description="0: a model that comes trained (a checkpoint, hf:, a factory) as it is")
    batch_size: int = Field(128, ge=1, description="images a step, over all gpus together")
    accumulation_steps: int = Field(1, ge=1, description="parts that each batch is computed in, to need less memory")
    optimizer: Optimizer = Field(OptimizerConfig(), description="what changes the weights, and how strongly")
    schedule: Schedule = Field(ScheduleConfig(), description="how the learning rate goes over the training")
    label_smoothing: float = Field(0.0, ge=0, lt=1, description="in cross-entropy; not advised for a teacher")
    clip_grad_norm: float | None = Field(None, gt=0, description="largest norm of all gradients together")
    ema_decay: float | None = Field(
        None, gt=0, lt=1, description="evaluate and save the running average of the weights instead of the last ones"
    )
    precision: Precision = Field("auto", description="of training; auto: bf16 on a GPU, fp32 on a CPU")
    compile: bool = Field(False, description="torch.compile: minutes at the start, faster steps")
    augment: Augment | None = Field(None, description="instead of data.augment")
    gpus: int = Field(
        1, ge=1, le=64, description="that train the run together, each a part of every batch; processes on a CPU"
    )

    @model_validator(mode="after")
    def _something_is_trained(self) -> "ModelTraining":
        if self.epochs == 0 and self.checkpoint is None and ":" not in self.model:
            raise ValueError(
                f"epochs must be at least 1: a new {self.model} knows nothing; 0 is for a model that comes trained: "
                "its weights under checkpoint, or model: hf:ID-OR-FOLDER, or a factory that loads its own"
            )
        if self.accumulation_steps > self.batch_size:
            raise ValueError(f"accumulation_steps {self.accumulation_steps} is above batch_size {self.batch_size}")
        if self.gpus > self.batch_size:
            raise ValueError(f"gpus {self.gpus} is above batch_size {self.batch_size}")
        return self

    @property
    def is_used_as_it_is(self) -> bool:
        """Whether it comes trained, and nothing of it is changed."""
        return self.epochs == 0

    @property
    def input_size(self) -> tuple[int, int] | None:
        """``image_size`` as height and width."""
        return (self.image_size, self.image_size) if isinstance(self.image_size, int) else self.image_size


class DistillConfig(Config):
    """The loss. ``alpha`` weights the soft (teacher) term: 0 is plain cross-entropy, 1 teacher only."""

    loss: Literal["kd", "soft_ce", "kd_zscore", "dkd", "dist", "nkd", "hard"] = Field(
        "kd", description="which soft term; hard: the teacher's first choice as a label"
    )
    alpha: Alpha = Field(0.5, description="weight of the soft term; the searched one takes its place")
    temperature: Temperature = Field(2.0, description="of both softmaxes; the searched one takes its place")
    beta: float | None = Field(None, ge=0, description="dkd: weight of the classes other than the label; null: 8")
    gamma: float | None = Field(
        None, ge=0, description="dist: of relations within classes, null: 1; nkd: of the other classes, null: 1.5"
    )

    @model_validator(mode="after")
    def _option_of_this_loss(self) -> "DistillConfig":
        for option, losses in (("beta", ("dkd",)), ("gamma", ("dist", "nkd"))):
            if getattr(self, option) is not None and self.loss not in losses:
                raise ValueError(f"{option} is an option of {' and '.join(losses)}, not of {self.loss}")
        return self

    @property
    def options(self) -> dict[str, float]:
        """The options that were given."""
        return {name: value for name in ("beta", "gamma") if (value := getattr(self, name)) is not None}


class HasSetting(Protocol):
    """What has an alpha and a temperature: a loss, a searched setting, a record of a trial."""

    @property
    def alpha(self) -> float:
        """Weight of the soft loss."""

    @property
    def temperature(self) -> float:
        """Of both softmaxes in it."""


def setting_number(value: float) -> str:
    """An alpha or a temperature as every text, table and figure writes it: three significant digits.

    >>> setting_number(0.92187), setting_number(4.0), setting_number(12.34)
    ('0.922', '4', '12.3')
    """
    return f"{value:.3g}"


def setting_numbers(setting: HasSetting) -> dict[str, str]:
    """Both, for a text that has words of its own around them."""
    return {"alpha": setting_number(setting.alpha), "temperature": setting_number(setting.temperature)}


def setting_words(setting: HasSetting) -> str:
    """A setting in plain text.

    >>> setting_words(DistillConfig(alpha=0.92187, temperature=4.0))
    'alpha 0.922, T 4'
    """
    return "alpha {alpha}, T {temperature}".format_map(setting_numbers(setting))


class StoredData(Config):
    """The part of ``DataConfig`` that a run needs, with the decoded content's digest.

    All of it decides the run's numbers, but where the data was found and what its classes are called.
    """

    source: str
    digest: str
    val_fraction: float
    test_fraction: float
    split_seed: int
    max_train: int | None
    max_test: int | None
    drop_duplicates: bool = Field(
        False,
        exclude_if=lambda drop: not drop,
        description="leave out of train what is also in val or test, and out of val what is also in test",
    )
    class_names: tuple[str, ...] | None = Field(
        None, exclude_if=_is_none, description="in label order, where they are not the source's"
    )


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
    teachers: tuple[str, ...] = Field(
        (), description="instead of logits: ids of the runs whose models teach in every step, by their mean raw logits"
    )

    @model_validator(mode="after")
    def _distillation_needs_a_teacher(self) -> "TrainConfig":
        if [self.logits is not None, bool(self.teachers)].count(True) != (self.distill is not None):
            raise ValueError("distill goes together with logits or with teachers")
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
        return max(min(self.augment.num_views or self.training.epochs, self.training.epochs), 1)


class LogitsConfig(Config):
    """One pass of the teacher over every view of the student's training images, or a part of it."""

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


class TestConfig(Config):
    """The one reading of the test images, for models whose training is over."""

    __test__ = False  # not a pytest class

    kind: Literal["test"] = "test"
    role: Literal["test"] = "test"
    data: StoredData
    models: tuple[str, ...] = Field(min_length=1, description="ids of the runs to evaluate")


RunConfig = Annotated[TrainConfig | LogitsConfig | TestConfig, Field(discriminator="kind")]


def pack_key(config: TrainConfig | LogitsConfig | TestConfig) -> str | None:
    """The same for runs that may be trained as one stacked model; None for a run that is trained alone.

    They may differ in role, seed, alpha and temperature. Several GPUs, a compiled model and batches in parts each
    need the step to themselves.
    """
    if not isinstance(config, TrainConfig):
        return None
    training = config.training
    if training.gpus > 1 or training.compile or training.accumulation_steps > 1:
        return None
    content = config.model_dump(
        mode="json",
        exclude={"role": True, "seed": True, "distill": {"alpha", "temperature"}, "data": {"class_names"}},
    )
    return short_hash(content)


def run_id(config: TrainConfig | LogitsConfig | TestConfig) -> str:
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
