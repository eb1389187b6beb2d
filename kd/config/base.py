"""What every configuration has in common: frozen, nothing unknown, nothing that is no number."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class Config(BaseModel):
    """Base of all configuration: unknown keys and non-finite numbers are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def is_none(value: Any) -> bool:
    """Whether a field is left out of what is written, so that a new one renames no old run."""
    return value is None


def is_nought(value: float) -> bool:
    """Whether a number is 0: the same, for one that does nothing at 0."""
    return value == 0
