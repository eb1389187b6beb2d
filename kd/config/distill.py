"""The loss of a distilled student, and its setting in words."""

import keyword
import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kd.config.base import Config, is_none
from kd.config.features import FeatureConfig
from kd.config.training import is_import_path
from kd.remedies import did_you_mean

Temperature = Annotated[float, Field(gt=0)]
Alpha = Annotated[float, Field(ge=0, le=1)]

LOSS_NAMES = ("kd", "soft_ce", "kd_zscore", "dkd", "dist", "nkd", "hard")
"""Names of the built-in soft terms; ``kd.losses`` computes them."""

Control = Literal["smoothed_labels", "shuffled_dark"]
"""What may be left of a teacher, for its students to tell what the rest was worth (``training.teacher.controls``)."""

BUILT_IN_OPTIONS = {"beta": ("dkd",), "gamma": ("dist", "nkd")}
"""Which built-in losses have an option of that name."""


def _known_loss(loss: str) -> str:
    if loss not in LOSS_NAMES and not is_import_path(loss):
        hint = did_you_mean(loss, LOSS_NAMES)
        raise ValueError(f"no such loss{hint}; there are {', '.join(LOSS_NAMES)}, or package.module:function")
    return loss


def _checked_option(value: Any) -> Any:
    if not isinstance(value, bool | int | float | str):
        raise ValueError("an option is a number, a text, true or false")
    if isinstance(value, str) and _reads_as_number(value):
        raise ValueError("is a text to YAML; write a number with a point, 1.0e-3, or leave the quotes out")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("an option is a finite number")
    return value


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


Option = Annotated[bool | int | float | str, BeforeValidator(_checked_option)]


class DistillConfig(Config):
    """The loss: ``scale · (alpha · soft + (1 − alpha) · CE)``. alpha 0 is plain cross-entropy, 1 teacher only."""

    loss: Annotated[str, AfterValidator(_known_loss)] = Field(
        "kd",
        description=f"which soft term: {', '.join(LOSS_NAMES)} (the teacher's first choice as a label), or a function "
        "of your own, package.module:function",
        examples=list(LOSS_NAMES),
    )
    alpha: Alpha = Field(0.5, description="weight of the soft term; the searched one takes its place")
    temperature: Temperature = Field(2.0, description="of both softmaxes; the searched one takes its place")
    beta: float | None = Field(None, ge=0, description="dkd: weight of the classes other than the label; null: 8")
    gamma: float | None = Field(
        None, ge=0, description="dist: of relations within classes, null: 1; nkd: of the other classes, null: 1.5"
    )
    options: dict[str, Option] = Field(
        {},
        exclude_if=lambda options: not options,
        description="of a loss of your own: numbers, texts, true or false, by the names of its arguments",
    )
    loss_sha256: str | None = Field(
        None,
        exclude_if=is_none,
        description="of the source of a loss of your own; found when the sweep is read",
    )
    scale: float = Field(
        1.0,
        gt=0,
        exclude_if=lambda scale: scale == 1,
        description="of the whole loss: weights w and v of soft and hard are scale w + v, alpha w / (w + v)",
    )
    warmup_epochs: int = Field(
        0,
        ge=0,
        exclude_if=lambda epochs: epochs == 0,
        description="epochs over which the weight of the soft term rises to alpha: 1/n of it in the first, all in the "
        "n-th; the hard term has its own throughout",
    )
    temperature_schedule: Literal["constant", "linear", "cosine", "learned"] = Field(
        "constant",
        exclude_if=lambda schedule: schedule == "constant",
        description="linear, cosine: from temperature in the first epoch to temperature_end in the last; learned: a "
        "parameter that begins at temperature and makes the loss larger (CTKD)",
    )
    temperature_end: Temperature | None = Field(
        None, exclude_if=is_none, description="with a linear or cosine schedule: of the last epoch"
    )
    control: Control | None = Field(
        None,
        exclude_if=is_none,
        description="what is left of the teacher: smoothed_labels: how sure it is on average; shuffled_dark: how sure "
        "it is of each image, what it says of the other classes dealt out anew among them",
    )
    features: tuple[FeatureConfig, ...] = Field(
        (), exclude_if=lambda features: not features, description="what is learned from inside the teacher, besides"
    )

    @model_validator(mode="after")
    def _option_of_this_loss(self) -> "DistillConfig":
        for option, losses in BUILT_IN_OPTIONS.items():
            if getattr(self, option) is not None and self.loss not in losses:
                here = f"of {self.loss}" + ("; its own go under options" if self.is_own else "")
                raise ValueError(f"{option} is an option of {' and '.join(losses)}, not {here}")
        if self.options and not self.is_own:
            own = [option for option, losses in BUILT_IN_OPTIONS.items() if self.loss in losses]
            remedy = f"; {self.loss} has {own[0]}, beside loss" if own else f"; {self.loss} has none"
            raise ValueError(f"options are for a loss of your own, package.module:function{remedy}")
        if self.loss_sha256 is not None and not self.is_own:
            raise ValueError(f"loss_sha256 is of a loss of your own, not of {self.loss}")
        for name in self.options:
            if name in DistillConfig.model_fields and name not in BUILT_IN_OPTIONS:
                raise ValueError(f"options: {name} is a key beside options; call the function's argument otherwise")
            if not name.isidentifier() or keyword.iskeyword(name):
                raise ValueError(f"options: '{name}' cannot be the name of an argument")
        return self

    @model_validator(mode="after")
    def _control_leaves_something(self) -> "DistillConfig":
        if self.control is None:
            return self
        if self.loss == "hard" or self.features:
            what = "features" if self.features else "the loss hard"
            raise ValueError(f"control: {self.control} is of what a teacher says of each class, not of {what}")
        if self.control == "smoothed_labels":
            if self.is_own or self.loss == "kd_zscore":
                raise ValueError(f"control: smoothed_labels is for losses on a softmax at T, not for {self.loss}")
            if self.temperature_schedule != "constant":
                raise ValueError("control: smoothed_labels is as soft as the teacher at one T; leave the schedule out")
        return self

    @model_validator(mode="after")
    def _temperature_schedule_is_whole(self) -> "DistillConfig":
        schedule = self.temperature_schedule
        if (schedule in ("linear", "cosine")) != (self.temperature_end is not None):
            raise ValueError("temperature_end goes together with temperature_schedule linear or cosine")
        if schedule == "learned":
            if self.is_own or self.loss == "hard":
                raise ValueError(f"temperature_schedule learned is for built-in losses with a T, not for {self.loss}")
            if not 1 < self.temperature < 21:
                raise ValueError(
                    f"a learned temperature stays between 1 and 21 and must begin there; the published "
                    f"start is 15.62, got {self.temperature:g}"
                )
        return self

    def __hash__(self) -> int:
        """By what is hashable; of options their names."""
        return hash((self.loss, self.alpha, self.temperature, *sorted(self.options)))

    @property
    def uses_temperature(self) -> bool:
        """Whether another temperature is another loss."""
        return self.loss != "hard"

    @property
    def is_own(self) -> bool:
        """Whether the loss is a function of the user's, by import path."""
        return is_import_path(self.loss)

    @property
    def loss_options(self) -> dict[str, bool | int | float | str]:
        """The options that were given, as the loss is called with them."""
        given = {name: value for name in BUILT_IN_OPTIONS if (value := getattr(self, name)) is not None}
        return given | self.options

    def with_control(self, control: Control) -> "DistillConfig":
        """The same loss of what a control leaves of the teacher.

        Raises:
            ValueError: There is no such control of this loss.
        """
        return DistillConfig.model_validate(self.model_dump() | {"control": control})

    def with_values(self, values: Mapping[str, bool | int | float | str]) -> "DistillConfig":
        """Another loss: each value under the key of its name or, of a loss by import path, among its options.

        An option of a loss by import path is what is no key here; ``beta`` and ``gamma`` are keys of built-in losses,
        so to such a loss they are options like any other.

        >>> DistillConfig().with_values({"alpha": 0.9, "temperature": 4}).temperature
        4.0
        >>> DistillConfig(loss="acme.losses:smooth", options={"depth": 1}).with_values({"delta": 0.5}).options
        {'depth': 1, 'delta': 0.5}

        Raises:
            ValueError: A name that is neither, or a value out of its range.
        """
        is_option = {
            name: self.is_own and (name in BUILT_IN_OPTIONS or name not in DistillConfig.model_fields)
            for name in values
        }
        keys = {name: value for name, value in values.items() if not is_option[name]}
        options = {name: value for name, value in values.items() if is_option[name]}
        content = self.model_dump() | keys
        return DistillConfig.model_validate(content | ({"options": self.options | options} if options else {}))


class HasSetting(Protocol):
    """What has an alpha and a temperature: a loss, a searched setting, a record of a trial."""

    @property
    def alpha(self) -> float:
        """Weight of the soft loss."""

    @property
    def temperature(self) -> float:
        """Of both softmaxes in it."""


def setting_number(value: float) -> str:
    """An alpha or a temperature as every text, table and figure writes it.

    What a person gives has few digits and is shown whole; what a search finds has many and is shown to three.

    >>> setting_number(4.0), setting_number(16.25), setting_number(0.921873219)
    ('4', '16.25', '0.922')
    """
    whole = f"{value:.5g}"
    return whole if float(whole) == value else f"{value:.3g}"


def setting_numbers(setting: HasSetting) -> dict[str, str]:
    """Both, for a text that has words of its own around them."""
    return {"alpha": setting_number(setting.alpha), "temperature": setting_number(setting.temperature)}


def setting_words(setting: HasSetting) -> str:
    """A setting in plain text.

    >>> setting_words(DistillConfig(alpha=0.921873219, temperature=4.0))
    'alpha 0.922, T 4'
    """
    return "alpha {alpha}, T {temperature}".format_map(setting_numbers(setting))
