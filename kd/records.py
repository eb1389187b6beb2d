"""What runs write: one model a file. No torch here, so that every verb can read results at once."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kd.config import (
    Arguments,
    DistillConfig,
    FeatureConfig,
    ModelArguments,
    ModelTraining,
    Normalization,
    RunConfig,
    StoredData,
)

SCHEMA_VERSION = 1
CPU = "cpu"  # the device of an attempt without a GPU
RunName = Annotated[str, Field(pattern=r"^\w[\w.-]*$")]
"""The name of a run's folder: one that leads nowhere else."""
ValMetric = Literal["val_accuracy", "val_balanced_accuracy", "val_loss"]
"""What a setting can be chosen by."""
FailureKind = Literal["bad input", "code error", "non-finite loss", "out of memory", "no progress"]
"""Why a run failed for good."""


class AttemptEnd(StrEnum):
    """How an attempt ended, in the words of the files."""

    COMPLETE = "complete"
    PRUNED = "pruned"
    PREEMPTED = "preempted"
    TIMEOUT = "timeout"
    DIED = "died"  # the controller's word for an attempt whose job ended and that said nothing
    OUT_OF_MEMORY = "out of memory"
    FAILED = "failed"
    DISK_FULL = "disk full"


def _not_newer(version: int) -> int:
    if version > SCHEMA_VERSION:
        raise ValueError(f"schema version {version} is newer than this program reads ({SCHEMA_VERSION})")
    return version


class Record(BaseModel):
    """Base of all result files."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    schema_version: Annotated[int, AfterValidator(_not_newer)] = SCHEMA_VERSION


class RunRecord(Record):
    """``config.json``: written by the controller, once."""

    run_id: RunName
    config: RunConfig


class EpochRecord(BaseModel):
    """One epoch of training. Losses are means over images; ``soft_loss`` holds its T² factor."""

    epoch: int = Field(description="counted from 1")
    lr: float
    train_loss: float
    soft_loss: float | None = None
    hard_loss: float
    feature_loss: float | None = Field(
        None,
        exclude_if=lambda loss: loss is None,
        description="what features add to the total: the sum of their weighted losses",
    )
    unlabeled_loss: float | None = Field(
        None,
        exclude_if=lambda loss: loss is None,
        description="soft loss of the unlabelled images, with its T² factor; the other losses are of labelled ones",
    )
    temperature: float | None = Field(
        None,
        exclude_if=lambda temperature: temperature is None,
        description="where it changes: the epoch's; of a learned one that after the last step",
    )
    train_accuracy: float = Field(description="of mixed images, the class with the larger share is the right one")
    val_loss: float
    val_accuracy: float
    val_balanced_accuracy: float | None = Field(
        None,
        exclude_if=lambda accuracy: accuracy is None,
        description="mean over classes of their accuracies on val; null in older files, and where its largest class "
        "has at most three times the images of the smallest: metrics.json holds the confusions after the last epoch",
    )
    seconds: float = Field(description="of a run trained together with others, its share")
    images_per_s: float

    def value(self, metric: ValMetric) -> float:
        """What a search goes by; val_accuracy where it is balanced accuracy and that was not written."""
        if metric == "val_balanced_accuracy" and self.val_balanced_accuracy is None:
            return self.val_accuracy
        return float(getattr(self, metric))


class History(Record):
    """``history.json``: written by the job beside each checkpoint that it keeps after an epoch, and at the end."""

    num_epochs: int = Field(description="planned")
    epochs: tuple[EpochRecord, ...] = ()


class Pruning(Record):
    """``pruning.json``: when to give a search run up, fixed before it starts so that timing decides nothing."""

    metric: ValMetric
    thresholds: dict[int, float] = Field(description="by epoch: a run whose best is worse ends there")

    def prunes(self, history: History) -> bool:
        """Whether a run with this history ends after its last epoch."""
        threshold = self.thresholds.get(len(history.epochs))
        if threshold is None:
            return False
        values = [epoch.value(self.metric) for epoch in history.epochs]
        return min(values) > threshold if self.metric == "val_loss" else max(values) < threshold


class Scores(BaseModel):
    """How a model does on a set of labelled images."""

    num_images: int
    accuracy: float
    nll: float
    confusion: list[list[int]] = Field(description="row: true class; column: predicted class")
    top5: float | None = Field(
        None, description="the true class is among the five largest logits; null up to 5 classes"
    )
    ece: float | None = Field(None, description="expected calibration error over 15 bins of equal width")


class ModelSize(BaseModel):
    """What a model costs. ``macs``: multiply-accumulates for one image."""

    num_parameters: int
    macs: int
    num_bytes: int | None = Field(None, description="of the weights' files; null where they were not kept or measured")
    not_counted: tuple[str, ...] = Field(
        (), exclude_if=lambda names: not names, description="modules with weights whose products are not among macs"
    )


class Timing(BaseModel):
    """How long a model takes for a batch, over repeated passes."""

    batch_size: int
    num_repeats: int
    median_ms: float
    quartiles_ms: tuple[float, float]

    @property
    def images_per_s(self) -> float:
        """Throughput, at the median."""
        return 1000 * self.batch_size / self.median_ms


class Turns(BaseModel):
    """Passes of models that took turns on the same images: entry i of each model is of round i."""

    batch_size: int
    passes_ms: dict[str, tuple[float, ...]] = Field(description="by the model's name, as long as each other")


class Speed(Record):
    """``speed.json`` beside the test run's metrics, which stay the same wherever the run ran: this does not."""

    device: str = Field(description="name of the GPU or of the processor")
    num_threads: int = Field(description="CPU threads of the process")
    precision: str
    measured_at: str
    timings: dict[str, tuple[Timing, ...]] = Field(
        description="by the model's name, so once an architecture: one image, then the largest batch"
    )
    turns: tuple[Turns, ...] = Field(
        (),
        description="the passes behind the timings, by batch size; older files, whose models were timed one after "
        "the other, have none",
    )


class Metrics(Record):
    """``metrics.json``: written by the job last; its presence means the run is over.

    It holds nothing that depends on when or where the run ran, so that an interrupted and resumed
    run writes the same bytes as an undisturbed one.
    """

    run_id: str
    status: Literal[AttemptEnd.COMPLETE, AttemptEnd.PRUNED] = AttemptEnd.COMPLETE
    epochs: int | None = None
    val: Scores | None = None
    train: Scores | None = Field(
        None,
        exclude_if=lambda scores: scores is None,
        description="of a model that is used as it is, on as many training images as val has",
    )
    size: ModelSize | None = None
    weights_sha256: str | None = None
    test: dict[str, Scores] = Field(default_factory=dict, description="by run id; the test run only")


class Failure(Record):
    """``failure.json``: a failure that another attempt would meet again."""

    reason: str = Field(description="one line")
    kind: FailureKind

    @property
    def has_to_be_asked_for(self) -> bool:
        """Whether the run is tried again on request alone; what was bad input is tried by every start."""
        return self.kind != "bad input"


class Code(BaseModel):
    """Which program ran: commit, hash of the uncommitted diff, library versions."""

    commit: str | None = None
    diff_sha256: str | None = None
    versions: dict[str, str] = Field(default_factory=dict)


class Attempt(Record):
    """``attempts/NNNN.json``: one execution of a run. Its number is the fencing token."""

    number: int
    job_id: str
    host: str
    pid: int = Field(gt=0)
    process_created: float = Field(
        description="tells a reused pid apart: seconds after boot on Linux, in older files and elsewhere since 1970"
    )
    started_at: str
    ended_at: str | None = None
    end: AttemptEnd | None = None
    reason: str | None = None
    end_epoch: int | None = Field(None, description="whole epochs done when it ended; null in older files")
    start_epoch: int = Field(0, description="whole epochs already done when it began")
    start_step: int = Field(0, description="steps, or views of a teacher's pass, already done when it began")
    device: str = Field(CPU, description="name of the GPU; cpu")
    num_devices: int = Field(1, description="GPUs, or processes on a CPU, that carried it out together")
    num_threads: int = Field(1, description="CPU threads of each process")
    processor: str = Field("", description="the CPU's model and vector instructions; empty in older files")
    num_together: int = Field(1, description="runs that began as one stacked model")
    code: Code = Code()
    last_seen_at: str | None = Field(
        None, exclude=True, description="of one without an end: its last sign of life, by its file's time; not written"
    )
    damage: str | None = Field(
        None, exclude=True, description="what is wrong with a file of which its number alone is known; not written"
    )

    @model_validator(mode="before")
    @classmethod
    def _split_device(cls, content: Any) -> Any:
        """Older files hold number and name in one: "2 × NVIDIA H100"."""
        device = content.get("device", CPU) if isinstance(content, dict) else CPU
        counted = re.fullmatch(r"(\d+) × (.*)", device) if isinstance(device, str) else None
        return content | {"num_devices": counted[1], "device": counted[2]} if counted else content


class LogitsIndex(Record):
    """``index.json`` beside the teacher's logits: written last, it makes them valid."""

    teacher: str
    teacher_weights_sha256: str
    more_teachers: dict[str, str] = Field(
        default_factory=dict, description="further teachers: weights' sha256 by run id"
    )
    num_images: int
    num_classes: int
    dtype: str
    sha256: list[str] = Field(description="of each view's file, in order")


class SoftLabels(Record):
    """``soft_labels.json`` of a teachers' pass: how much its logits say beside the label, on training images."""

    num_images: int = Field(description="of each view that was looked at")
    num_views: int = Field(description="that were looked at")
    accuracy: float = Field(description="of the teacher, on the views as the student sees them")
    temperatures: tuple[float, ...]
    off_label: tuple[float, ...] = Field(
        description="at each temperature: mean probability of all classes but the label's"
    )


class ClaimedAccuracy(Record):
    """``claimed.json`` of a model that is used as it is: the accuracy that its own card gives."""

    accuracy: float = Field(ge=0, le=1)
    dataset: str
    split: str


class SplitSize(BaseModel):
    """Images of one split of a store."""

    num_images: int
    shape: tuple[int, int, int] = Field(description="channels, height, width")


class StoreIndex(Record):
    """``index.json`` of a decoded data set."""

    source: str
    digest: str
    class_names: list[str]
    splits: dict[str, SplitSize]
    skipped: list[str] = Field(default_factory=list, description="names of unreadable images that were left out")
    why_skipped: list[str] = Field(default_factory=list, description="why each of them is unreadable, in a few words")
    left_out: dict[str, int] = Field(
        default_factory=dict, description="numbers of files that are no images, by ending, and of other folders' files"
    )
    remarks: list[str] = Field(default_factory=list, description="how the source was read where that was not plain")


_Side = Annotated[int, Field(ge=1, le=2**16)]


class ModelCard(Record):
    """What is needed to build the model again: ``model/config.json``, or ``card.json`` in Hugging Face layout."""

    model: str
    num_classes: int = Field(ge=1, le=10_000_000)
    input_shape: tuple[_Side, _Side, _Side]
    class_names: list[str]
    normalize: Normalization | None = Field(
        None, exclude_if=lambda normalize: normalize is None, description="what the sweep file says of it"
    )
    image_size: tuple[_Side, _Side] | None = Field(
        None, exclude_if=lambda size: size is None, description="height and width; what the sweep file says of it"
    )
    arguments: ModelArguments = Field(
        default_factory=Arguments,
        exclude_if=lambda arguments: not arguments,
        description="what else its factory is called with",
    )


class RehearsalRequest(Record):
    """What a rehearsal is asked to try: each model by its place in the sweep file, such as ``student``."""

    data: StoredData
    models: dict[str, ModelTraining]
    losses: dict[str, tuple[DistillConfig, ...]] = Field(
        {},
        exclude_if=lambda losses: not losses,
        description="of the user's own by their places, each with the temperatures and options to try",
    )
    num_sharing: int = Field(1, description="jobs that share the machine's memory")
    accept_weak_teacher: bool = Field(False, description="go on with one that is used as it is and knows nothing")
    features: dict[str, FeatureConfig] = Field(
        {},
        exclude_if=lambda features: not features,
        description="of the student and its one teacher, by their places in the sweep file",
    )


class RehearsedModel(BaseModel):
    """A model that was built, trained for one step, saved and loaded again."""

    place: str
    model: str
    num_parameters: int
    macs: int | None = Field(None, description="multiply-accumulates of one image's forward pass; null in older files")
    fed: str = Field(description="what the network sees of an image: size, interpolation, mean, std, and who says so")
    memory_bytes: int = Field(description="of weights, gradients, optimizer and activations of a batch, reckoned")
    free_bytes: int = Field(description="that a job may take")
    notes: list[str] = Field(default_factory=list, description="what should be known before anything is trained")


class RehearsedLoss(BaseModel):
    """A loss of the user's own that was computed, and its gradient, for random logits."""

    place: str
    loss: str
    num_classes: int
    values: list[float] = Field(description="with each of the temperatures and options")


class Rehearsal(Record):
    """What became of a rehearsal: losses, then models; it ends at the first that nothing can be trained with."""

    losses: list[RehearsedLoss] = []
    models: list[RehearsedModel] = []
    failure: str | None = Field(None, description="one line")
    device: str = "cpu"
    seconds: float = 0.0


class LayersRequest(Record):
    """What to list the modules of: a model as a training finds it, on images of a shape."""

    training: ModelTraining
    input_shape: tuple[_Side, _Side, _Side]
    class_names: list[str]


class Layer(BaseModel):
    """A module of a network."""

    path: str = Field(description="of the module, as distill.features names it")
    kind: str = Field(description="name of its class")
    shape: tuple[int, ...] | None = Field(None, description="of the features that it gives for an image; null: none")
    form: Literal["vector", "tokens", "map"] | None = Field(
        None, description="[channels], [tokens, channels] or [channels, height, width]"
    )
    reason: str | None = Field(None, description="why it gives no features")


class Layers(Record):
    """The modules of a network."""

    model: str
    input_shape: tuple[int, int, int] = Field(description="channels, height, width of the images")
    last_features: str | None = Field(
        None, description="what rkd, pkt and pooled take where no place is named; null: a place has to be named"
    )
    layers: tuple[Layer, ...] = ()
    failure: str | None = Field(None, description="one line; null: the network was looked at")
