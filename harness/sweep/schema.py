"""The sweep file: one YAML, one study."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from harness.sweep.names import MAX_NAME_LENGTH, NAME_PATTERN
from kd.config import Alpha, Config, DataConfig, DistillConfig, LogitsType, ModelTraining, Temperature


class Dimension(Config):
    """One searched value: a range (``low``, ``high``, ``log``) or a list (``values``)."""

    low: float | None = Field(None, description="lower end of a range")
    high: float | None = Field(None, description="upper end of a range")
    log: bool = Field(False, description="whether a range is drawn from evenly in the logarithm")
    values: tuple[float, ...] | None = Field(None, min_length=1, description="these alone, in place of a range")

    @model_validator(mode="after")
    def _range_or_values(self) -> "Dimension":
        if self.values is None:
            if self.low is None or self.high is None:
                raise ValueError("give low and high, or values")
            if self.low > self.high:
                raise ValueError(f"low {self.low} is above high {self.high}")
            if self.log and self.low <= 0:
                raise ValueError(f"low must be > 0 with log, got {self.low}")
        elif self.low is not None or self.high is not None:
            raise ValueError("give low and high, or values, not both")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest value."""
        if self.values is not None:
            return min(self.values), max(self.values)
        assert self.low is not None and self.high is not None
        return self.low, self.high

    def __contains__(self, value: float) -> bool:
        if self.values is not None:
            return value in self.values
        low, high = self.ends
        return low <= value <= high


class Space(Config):
    """Where alpha and temperature are looked for."""

    alpha: Dimension = Field(Dimension(low=0.0, high=1.0), description="inside [0, 1]")
    temperature: Dimension = Field(Dimension(low=1.0, high=20.0, log=True), description="above 0")

    @model_validator(mode="after")
    def _inside_the_loss(self) -> "Space":
        low, high = self.alpha.ends
        if low < 0 or high > 1:
            raise ValueError(f"alpha must stay in [0, 1], got {low} to {high}")
        if self.temperature.ends[0] <= 0:
            raise ValueError(f"temperature must be > 0, got {self.temperature.ends[0]}")
        return self


class SearchConfig(Config):
    """How alpha and temperature are chosen, on val alone."""

    sampler: Literal["tpe", "random", "grid"] = Field("tpe", description="Optuna's that chooses; grid needs values")
    num_trials: int | None = Field(20, ge=1, description="grid: every cell where null or not given")
    metric: Literal["val_accuracy", "val_loss"] = Field(
        "val_accuracy", description="after the last epoch, by which is chosen"
    )
    pruner: Literal["none", "median"] = Field("median", description="median: trials that fall behind end early")
    space: Space = Field(Space(), description="where is looked")
    seed: int = Field(
        1000, ge=0, lt=2**31, description="of the sampler and of every trial's training; not one of the final seeds"
    )
    concurrency: int = Field(
        4, ge=1, description="trial n knows the results up to trial n - concurrency, on a laptop as on a cluster"
    )

    @model_validator(mode="before")
    @classmethod
    def _grid_is_whole(cls, content: Any) -> Any:
        if isinstance(content, Mapping) and content.get("sampler") == "grid":
            return {"num_trials": None, **content}
        return content

    @property
    def planned_trials(self) -> int:
        """How many trials the search will have."""
        if self.sampler != "grid":
            return self.num_trials or 0
        num_cells = len(self.space.alpha.values or ()) * len(self.space.temperature.values or ())
        return min(num_cells, self.num_trials or num_cells)

    @model_validator(mode="after")
    def _grid_has_cells(self) -> "SearchConfig":
        if self.sampler == "grid" and not (self.space.alpha.values and self.space.temperature.values):
            raise ValueError("a grid needs values for alpha and temperature")
        if self.sampler != "grid" and self.num_trials is None:
            raise ValueError(f"num_trials is needed with sampler {self.sampler}")
        return self


class TeacherLogitsConfig(Config):
    """Where the distilled runs have the teacher's logits from."""

    online: bool | None = Field(
        None, description="true: computed in every step; false: once for all runs, and kept; null: what costs less"
    )
    dtype: LogitsType = Field("float16", description="in which they are kept")
    max_gb: float = Field(64, gt=0, description="with online null: kept only where they take no more")


class Setting(Config):
    """A named setting: alpha and temperature, and a loss with its options where that is another one."""

    model_config = ConfigDict(extra="allow")

    alpha: Alpha = Field(description="weight of the soft term")
    temperature: Temperature = Field(description="of both softmaxes")

    @model_validator(mode="after")
    def _is_a_loss(self) -> "Setting":
        _no_other_keys(self.model_extra or {}, DistillConfig)
        self.of(DistillConfig())
        return self

    def of(self, distill: DistillConfig) -> DistillConfig:
        """The sweep's loss at this setting; where it names a loss, that one, with its own options alone."""
        given = self.model_dump()
        return DistillConfig.model_validate(given if "loss" in given else distill.model_dump() | given)


class Reference(Config):
    """Published figures shown beside ours, as fractions."""

    source: str = Field(description="where they were published")
    teacher: float | None = Field(None, ge=0, le=1, description="test accuracy of the teacher")
    baseline: float | None = Field(None, ge=0, le=1, description="of the student alone")
    distilled: float | None = Field(None, ge=0, le=1, description="of the distilled student")


class Sweep(Config):
    """One study."""

    name: str = Field(
        pattern=NAME_PATTERN, max_length=MAX_NAME_LENGTH, description="of the folder that results are kept in"
    )
    description: str = Field("", description="one line, shown in the report")
    data: DataConfig = Field(description="the images")
    teacher: ModelTraining | None = Field(
        None, exclude_if=lambda teacher: teacher is None, description="the model to learn from, and its training"
    )
    teachers: tuple[ModelTraining, ...] = Field(
        (),
        min_length=2,
        exclude_if=lambda teachers: not teachers,
        description="instead of teacher: their raw logits are averaged; equal ones get seeds 0, 1, 2 …",
    )
    accept_weak_teacher: bool = Field(
        False,
        exclude_if=lambda accepts: not accepts,
        description="go on with a teacher that is used as it is and does no better than chance on val",
    )
    student: ModelTraining = Field(description="the model that is wanted, and its training, alone and distilled")
    distill: DistillConfig = Field(DistillConfig(), description="the loss that the distilled students are trained with")
    methods: tuple[MethodConfig, ...] = Field(
        (),
        exclude_if=lambda methods: not methods,
        description="instead of distill: losses side by side, each searched alike and trained with the same seeds; a "
        "list of names, or of mappings as under distill with name and space besides",
    )
    compare: tuple[Setting, ...] = Field(
        (),
        description="settings that are trained beside the one that is searched: alpha and temperature, and as under "
        "distill a loss with its options",
    )
    search: SearchConfig | None = Field(SearchConfig(), description="null: take alpha and temperature as distill says")
    teacher_logits: TeacherLogitsConfig = Field(
        TeacherLogitsConfig(),
        exclude_if=lambda logits: logits == TeacherLogitsConfig(),
        description="where the students have them from",
    )
    on_weak_teacher: Literal["warn", "stop"] = Field(
        "warn",
        exclude_if=lambda action: action == "warn",
        description="where the teacher is not better on val than the student alone: say so and go on, or train the "
        "baselines first and end before the search",
    )
    seeds: int = Field(5, ge=1, le=1000, description="final runs of each setting, with the seeds 0, 1, 2 …")
    reference: Reference | None = Field(None, description="published figures to show beside these")

    @field_validator("teacher", mode="before")
    @classmethod
    def _a_list_has_its_own_key(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise ValueError("is one mapping; a list goes under teachers")
        return value

    @property
    def all_teachers(self) -> tuple[ModelTraining, ...]:
        """``teachers``, or ``teacher`` alone."""
        return self.teachers or (() if self.teacher is None else (self.teacher,))

    @property
    def all_methods(self) -> tuple[Method, ...]:
        """``methods``, or the one that ``distill`` describes."""
        if not self.methods:
            return (sole_method(self.distill, self.search),)
        return tuple(listed_methods(self.methods, self.search))

    @property
    def student_alone(self) -> Method | None:
        """The baseline's own search, over what is searched of the student's training; None where nothing is."""
        alone = student_alone(self.all_methods)
        return alone if alone.space else None

    @property
    def all_searches(self) -> tuple[Method, ...]:
        """What has a search: the student alone, where its training is searched, and the methods."""
        alone = self.student_alone
        return (*((alone,) if alone else ()), *(method for method in self.all_methods if method.space))

    def num_trials(self, method: Method) -> int:
        """How many trials a search of this sweep has."""
        return self.search.planned_trials(method.space) if self.search and method.space else 0

    @model_validator(mode="after")
    def _methods_are_told_apart(self) -> "Sweep":
        check_methods(self.methods)
        if self.methods and self.distill != DistillConfig():
            raise ValueError("give distill, or methods with their own values, not both")
        return self

    @model_validator(mode="after")
    def _one_teacher_or_several(self) -> "Sweep":
        if (self.teacher is None) != bool(self.teachers):
            raise ValueError("give teacher, or a list of teachers" + (", not both" if self.teachers else ""))
        return self

    @model_validator(mode="after")
    def _the_student_is_trained(self) -> "Sweep":
        if self.student.epochs == 0:
            raise ValueError("student.epochs must be at least 1; only a teacher can be used as it is")
        return self
