"""The loss of a distilled student, and its setting in words."""

from typing import Annotated, Literal, Protocol

from pydantic import Field, model_validator

from kd.config.base import Config

Temperature = Annotated[float, Field(gt=0)]
Alpha = Annotated[float, Field(ge=0, le=1)]


BUILT_IN_OPTIONS = {"beta": ("dkd",), "gamma": ("dist", "nkd")}
"""Which built-in losses have an option of that name."""


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
        for option, losses in BUILT_IN_OPTIONS.items():
            if getattr(self, option) is not None and self.loss not in losses:
                raise ValueError(f"{option} is an option of {' and '.join(losses)}, not of {self.loss}")
        return self

    @property
    def uses_temperature(self) -> bool:
        """Whether another temperature is another loss."""
        return self.loss != "hard"

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
