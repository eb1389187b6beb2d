"""What the card of a model that is used as it is says of its accuracy, to hold what it does here against."""

from pathlib import Path
from typing import Any

from kd.config import HF_PREFIX, ModelTraining
from kd.errors import InputError
from kd.model_source import model_folder
from kd.records import ClaimedAccuracy

MAX_BYTES = 2**20  # no card is larger
_FENCE = "---"


def read_claim(training: ModelTraining) -> ClaimedAccuracy | None:
    """The first accuracy in the head of the model's ``README.md``, in the form that the Hub reads (``model-index``).

    Whatever a folder of others holds decides nothing here, so what cannot be read claims nothing.

    Args:
        training: Where the model comes from; of a Hub id nothing is fetched.
    """
    folder = _folder_of(training)
    if folder is None:
        return None
    path = folder / "README.md"
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return claim_in(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def claim_in(card: str) -> ClaimedAccuracy | None:
    """The same, of a card's text.

    >>> claim_in("no head") is None
    True
    """
    for result in _results(_head(card)):
        dataset = result.get("dataset")
        named = dataset if isinstance(dataset, dict) else {}
        for metric in _dicts(result.get("metrics")):
            value = metric.get("value")
            if metric.get("type") == "accuracy" and isinstance(value, int | float) and not isinstance(value, bool):
                share = value / 100 if value > 1 else value  # cards give shares, or per cent
                if 0 <= share <= 1:
                    return ClaimedAccuracy(accuracy=share, dataset=_text(named, "name"), split=_text(named, "split"))
    return None


def _folder_of(training: ModelTraining) -> Path | None:
    if training.checkpoint is not None:
        place = Path(training.checkpoint)
        return place if place.is_dir() else place.parent
    if training.model.startswith(HF_PREFIX):
        try:
            return model_folder(training.model)
        except InputError:
            return None
    return None


def _head(card: str) -> Any:
    import yaml

    lines = card.lstrip().splitlines()
    if not lines or lines[0].strip() != _FENCE:
        return None
    end = next((number for number, line in enumerate(lines) if number and line.strip() == _FENCE), None)
    try:
        return None if end is None else yaml.safe_load("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _results(head: Any) -> list[dict[str, Any]]:
    models = _dicts(head.get("model-index")) if isinstance(head, dict) else []
    return [result for model in models for result in _dicts(model.get("results"))]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(content: dict[str, Any], key: str) -> str:
    """A word of a card: aliases within aliases have no end, so only plain text is one."""
    value = content.get(key)
    return value[:100] if isinstance(value, str) else ""
