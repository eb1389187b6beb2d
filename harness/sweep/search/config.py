"""The search of a sweep: how many settings are tried, chosen by what, and from where."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from harness.sweep.search.searchable import PREFIXES, canonical, check_name, searchable_names
from kd.config import Config, DistillConfig
from kd.records import ValMetric


def _one_value(value: Any) -> Any:
    if not isinstance(value, bool | int | float | str) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("a number, a text, true or false is wanted")
    return value


Value = Annotated[StrictBool | StrictInt | StrictFloat | StrictStr, BeforeValidator(_one_value)]
"""Of a dimension; what YAML calls whole stays whole."""


class Dimension(Config):
    """One searched value: a range (``low``, ``high``, ``log``, ``int``) or a list (``values``)."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_alias=True, validate_by_name=True)

    low: float | None = Field(None, description="lower end of a range")
    high: float | None = Field(None, description="upper end of a range")
    log: bool = Field(False, description="whether a range is drawn from evenly in the logarithm")
    is_int: bool = Field(
        False, alias="int", exclude_if=lambda is_int: not is_int, description="whether a range is of whole numbers"
    )
    values: tuple[Value, ...] | None = Field(None, min_length=1, description="these alone, in place of a range")

    @model_validator(mode="after")
    def _range_or_values(self) -> "Dimension":
        if self.values is None:
            if self.low is None or self.high is None:
                raise ValueError("give low and high, or values")
            if self.low > self.high:
                raise ValueError(f"low {self.low} is above high {self.high}")
            if self.log and self.low <= 0:
                raise ValueError(f"low must be > 0 with log, got {self.low}")
            if self.is_int and not (self.low.is_integer() and self.high.is_integer()):
                raise ValueError(f"low and high must be whole numbers with int, got {self.low} and {self.high}")
        elif self.low is not None or self.high is not None:
            raise ValueError("give low and high, or values, not both")
        return self

    @property
    def range(self) -> tuple[float, float]:
        """Both ends of a range.

        Raises:
            ValueError: It is a list.
        """
        if self.low is None or self.high is None:
            raise ValueError("a list of values has no ends")
        return self.low, self.high

    @property
    def given_ends(self) -> tuple[Value, Value]:
        """Both ends of a range; of whole numbers as such.

        Raises:
            ValueError: It is a list.
        """
        low, high = self.range
        return (int(low), int(high)) if self.is_int else (low, high)

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest value, of a range or of a list of numbers.

        Raises:
            TypeError: Some of its values are no numbers.
        """
        if self.values is None:
            return self.range
        if not self.is_numeric:
            raise TypeError(f"{self.values} are not all numbers")
        numbers = [float(value) for value in self.values]
        return min(numbers), max(numbers)

    @property
    def is_numeric(self) -> bool:
        """Whether every value is a number, so that there is a smallest and a largest one."""
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values or ())

    @property
    def num_values(self) -> float:
        """How many there are; infinite for a range of real numbers with two ends."""
        if self.values is not None:
            return len(self.values)
        low, high = self.range
        return high - low + 1 if self.is_int else 1 if low == high else math.inf

    def at(self, share: float) -> Value:
        """The value at a share of the way, 0 to below 1; evenly in the logarithm with ``log``.

        >>> Dimension(low=1, high=100, log=True).at(0.5), Dimension(low=1, high=4, is_int=True).at(0.99)
        (10.0, 4)
        >>> Dimension(values=("a", "b")).at(0.5)
        'b'
        """
        if self.values is not None:
            return self.values[int(share * len(self.values))]
        low, high = self.range
        margin = 0.5 if self.is_int else 0.0  # each whole number has an interval of its own around it
        low, high = low - margin, high + margin
        place = low * (high / low) ** share if self.log else low + share * (high - low)
        return round(place) if self.is_int else place

    def listed(self, value: Value) -> Value:
        """One of its values as the list has it: 2.0 as 2."""
        return value if self.values is None else self.values[self.values.index(value)]

    def __contains__(self, value: Value) -> bool:
        if self.values is not None:
            return value in self.values
        low, high = self.range
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and low <= float(value) <= high and not (self.is_int and not float(value).is_integer())


DEFAULT_SPACE: dict[str, Dimension | None] = {
    "alpha": Dimension(low=0.0, high=1.0),
    "temperature": Dimension(low=1.0, high=20.0, log=True),
}
"""What is searched where a sweep does not say."""


def _flat(space: Any) -> Any:
    """``student: {optimizer: {lr: …}}`` as ``student.optimizer.lr: …``, which is how SET gives one key more."""
    if not isinstance(space, Mapping):
        return space
    flat = {name: content for name, content in space.items() if name not in PREFIXES}
    for prefix in PREFIXES:
        for name, content in _leaves(prefix, space.get(prefix, {})):
            known = flat.get(name)
            flat[name] = {**known, **content} if isinstance(known, dict) and isinstance(content, dict) else content
    for name in flat:
        check_name(str(name))
    return flat


def _leaves(name: str, content: Any) -> list[tuple[str, Any]]:
    known = {field.alias or key for key, field in Dimension.model_fields.items()}
    if not isinstance(content, Mapping) or known & content.keys():
        return [(name, content)]
    return [leaf for key, inner in content.items() for leaf in _leaves(f"{name}.{key}", inner)]


def _named(space: dict[str, Dimension | None]) -> dict[str, Dimension | None]:
    """By canonical names, in the order of the file."""
    given = {canonical(name): dimension for name, dimension in space.items()}
    if len(given) < len(space):
        raise ValueError("a dimension is given twice, with and without distill.")
    return given


def _whole(space: dict[str, Dimension | None]) -> dict[str, Dimension | None]:
    """With alpha and temperature, and these first."""
    named = {**DEFAULT_SPACE, **space}
    if not any(dimension is not None for dimension in named.values()):
        raise ValueError("nothing is left to search; give a dimension, or search: null")
    return named


def _keys_for_editors(schema: dict[str, Any]) -> None:
    dimension, nothing = schema["additionalProperties"]["anyOf"]
    may_be_null = {"anyOf": [dimension, nothing]}
    names = [name for name in searchable_names() if not name.endswith(".")]
    schema["default"] = {name: each.model_dump(mode="json") for name, each in DEFAULT_SPACE.items() if each is not None}
    schema["properties"] = {name: may_be_null if name in DEFAULT_SPACE else dimension for name in names}


NUM_BLIND = {"tpe": 10, "gp": 10, "cmaes": 1}
"""The samplers that listen to results, and how many must be told before they do."""

FEWEST_TO_REPEAT = 48  # trials: fewer, and the same trainings do as much or more as further trials (design 0029)
NUM_REPEATS = 2

OwnSpace = Annotated[dict[str, Dimension | None], BeforeValidator(_flat), AfterValidator(_named)]
"""What a method has beside the space of the search, or in place of it."""

Space = Annotated[OwnSpace, AfterValidator(_whole)]


class SearchConfig(Config):
    """How a setting is chosen, on val alone."""

    sampler: Literal["tpe", "gp", "cmaes", "qmc", "random", "grid"] = Field(
        "tpe",
        description="what chooses: Optuna's TPE, Gaussian process (loads torch into the controller) or CMA-ES (needs "
        "two ranges); a Sobol sequence; chance; a grid (needs values)",
    )
    num_trials: int | None = Field(
        20, ge=1, description="different settings; no more than there are. grid: every cell where null or not given"
    )
    metric: ValMetric = Field(
        "val_accuracy",
        description="after the last epoch, by which is chosen; val_balanced_accuracy: the mean over classes of their "
        "accuracies",
    )
    pruner: Literal["none", "median", "successive_halving", "hyperband"] = Field(
        "median",
        description="which trials end early: those below the median of the complete ones, or the worse two thirds at "
        "each rung (hyperband: with later rungs for some)",
    )
    prune_from: float = Field(
        0.6, ge=0, lt=1, description="share of the epochs that every trial trains; a high alpha and T begin slowly"
    )
    top: int = Field(3, ge=2, description="so many of the best settings are trained again, where repeats says so")
    repeats: int | None = Field(
        None,
        ge=0,
        le=100,
        description="further trainings of each of these, with the seeds after `seed`; the mean over all of a setting's "
        "seeds then chooses. null: 2 from 48 trials up, none in a shorter search",
    )
    space: Space = Field(
        default_factory=DEFAULT_SPACE.copy,
        json_schema_extra=_keys_for_editors,
        description="what is searched, and where: alpha, temperature, an option of the loss, or a key of the student "
        "such as `student.optimizer.lr`. alpha (0 to 1) and temperature (1 to 20, log) are searched where not given; "
        "null leaves one as `distill` has it",
    )
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

    @model_validator(mode="after")
    def _grid_has_cells(self) -> "SearchConfig":
        ranges = [name for name, dimension in self.dimensions.items() if dimension.values is None]
        if self.sampler == "grid" and ranges:
            raise ValueError(f"a grid needs values for {' and '.join(ranges)}")
        if self.sampler == "cmaes" and sum(self.dimensions[name].num_values > 1 for name in ranges) < 2:
            raise ValueError("cmaes needs two ranges at least; tpe and gp take any dimensions")
        if self.sampler != "grid" and self.num_trials is None:
            raise ValueError(f"num_trials is needed with sampler {self.sampler}")
        return self

    @property
    def maximize(self) -> bool:
        """Whether more of the metric is better."""
        return self.metric != "val_loss"

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """What is searched, by canonical name."""
        return {name: dimension for name, dimension in self.space.items() if dimension is not None}

    def space_of(self, distill: DistillConfig) -> dict[str, Dimension]:
        """What is searched with a loss: the temperature is left out where it makes no use of one."""
        unused = set() if distill.uses_temperature else {"temperature"}
        return {name: dimension for name, dimension in self.dimensions.items() if name not in unused}

    def planned_trials(self, space: Mapping[str, Dimension]) -> int:
        """How many trials the search of a space will have: a setting is tried once, so no more than there are."""
        most = num_settings(space)
        return int(min(most, self.num_trials or most))

    def planned_repeats(self, space: Mapping[str, Dimension]) -> int:
        """How many trainings come on top of the trials; fewer where fewer trials are complete."""
        num_repeated = min(self.top, self.planned_trials(space))
        return num_repeated * self.num_repeats(space) if num_repeated > 1 else 0

    def num_repeats(self, space: Mapping[str, Dimension]) -> int:
        """How often each of the best settings is trained again."""
        if self.repeats is not None:
            return self.repeats
        return NUM_REPEATS if self.planned_trials(space) >= FEWEST_TO_REPEAT else 0

    def sampler_of(self, space: Mapping[str, Dimension]) -> str:
        """What chooses in a space: TPE in place of CMA-ES where there is but one range, as a baseline's may be."""
        ranges = [each for each in space.values() if each.values is None and each.num_values > 1]
        return "tpe" if self.sampler == "cmaes" and len(ranges) < 2 else self.sampler

    def note(self, space: Mapping[str, Dimension]) -> str | None:
        """What a person should know before it starts: that its sampler hardly gets to hear of any result."""
        number = self.planned_trials(space)
        if number <= NUM_BLIND.get(self.sampler, number) or 3 * self.concurrency <= number:
            return None
        return (
            f"search.concurrency {self.concurrency} is more than a third of {number} trials: most are asked before "
            f"{self.sampler} knows results, as if at random; search.concurrency={max(1, number // 6)} listens"
        )


def num_settings(space: Mapping[str, Dimension]) -> float:
    """How many different settings there are; infinite with a range of real numbers."""
    return math.prod(dimension.num_values for dimension in space.values())
