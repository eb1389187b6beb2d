"""Model cards: for programs ``ModelCard``, for people ``README.md`` with the front matter that the Hub reads.

A card for people names no place on the machine that wrote it, and no license, which is its owner's to choose.
"""

import json
from pathlib import Path
from typing import Any

from kd.config import (
    HF_PREFIX,
    ModelTraining,
    TrainConfig,
    feature_words,
    is_import_path,
    setting_numbers,
)
from kd.data.source_names import hub_id, public_name
from kd.plain_text import escape_markdown, printable
from kd.records import ModelCard, Scores
from kd.scores import balanced_accuracy, is_unequal, macro_f1, share_interval

CARD = "config.json"
CARD_BESIDE = "card.json"  # where config.json is transformers'
TASK = "image-classification"


_LOAD_OURS = """\
```python
from pathlib import Path

import torch
from kd import load_model

model = load_model(Path("."), torch.device("cpu"){factory}).eval()  # this folder
logits = model(images)  # uint8 [batch, {shape}] to float32 [batch, {num_classes}]; it normalises them itself
```
"""


_LOAD_TRANSFORMERS = """\
```python
from transformers import AutoImageProcessor, AutoModelForImageClassification

model = AutoModelForImageClassification.from_pretrained(".")  # this folder
processor = AutoImageProcessor.from_pretrained(".")
logits = model(**processor(image.convert("RGB"), return_tensors="pt")).logits
```
"""


def card_path(folder: Path) -> Path:
    """Where a model folder keeps its ``ModelCard``."""
    beside = folder / CARD_BESIDE
    return beside if beside.exists() else folder / CARD


def front_matter(name: str, config: TrainConfig, split: str, scores: Scores) -> str:
    """The YAML between two lines of dashes, each value in its JSON form.

    Args:
        name: Of the model.
        config: How it was trained.
        split: What was measured on: ``validation`` or ``test``.
        scores: The measurement.
    """
    source = config.data.source
    metrics = {"accuracy": scores.accuracy, "top5_accuracy": scores.top5, "nll": scores.nll, "ece": scores.ece}
    if is_unequal(scores):
        metrics |= {"balanced_accuracy": balanced_accuracy(scores.confusion), "f1_macro": macro_f1(scores.confusion)}
    result = {
        "task": {"type": TASK},
        "dataset": {"type": public_name(source), "name": public_name(source), "split": split},
        "metrics": [{"type": kind, "value": value} for kind, value in metrics.items() if value is not None],
    }
    base = _base_model(config)
    content: dict[str, Any] = {
        "library_name": "transformers" if config.training.model.startswith(HF_PREFIX) else "kd-sweep",
        "pipeline_tag": TASK,
        "tags": [TASK, *(["knowledge-distillation"] if config.distill else [])],
        **({"base_model": base} if base else {}),
        **({"datasets": [hub_id(source)]} if hub_id(source) else {}),
        "model-index": [{"name": name, "results": [result]}],
    }
    return "\n".join(["---", *(f"{key}: {_json(value)}" for key, value in content.items()), "---", ""])


def training_card(run_id: str, config: TrainConfig, card: ModelCard, val: Scores) -> str:
    """The card of a run's model, written when its training ends: val is all that was read by then."""
    accuracy = accuracy_text(val)
    return f"""\
{front_matter(run_id, config, "validation", val)}
# {run_id}

{training_text(config, card)}

Accuracy on val: {accuracy}. Where alpha and temperature were chosen on the same images, it is a little too good.

## Load it

{loading_text(card)}"""


def training_text(config: TrainConfig, card: ModelCard) -> str:
    """What the model is and how it was trained, in a paragraph."""
    training, distill = config.training, config.distill
    model, data = map(escape_markdown, (public_title(training), public_name(config.data.source)))
    what = (
        f"A {model} that tells {card.num_classes} classes of {data} apart "
        f"({'×'.join(map(str, card.input_shape))} images)"
    )
    if training.is_used_as_it_is:
        return f"{what}, as it came: nothing of it was trained here."
    by = "on the labels alone"
    if distill is not None:
        setting = "alpha {alpha}, temperature {temperature}".format_map(setting_numbers(distill))
        learned = "".join(f"; {escape_markdown(feature_words(feature))}" for feature in distill.features)
        by = f"by a teacher (loss {distill.loss}, {setting}{learned})"
    epochs = "1 epoch" if training.epochs == 1 else f"{training.epochs} epochs"
    kept = "These are the weights after the last epoch."
    if training.ema_decay is not None:
        kept = f"These weights are their running average (decay {training.ema_decay:g}) after the last epoch."
    return (
        f"{what}, trained {by}: {epochs} in batches of "
        f"{training.batch_size}, {training.optimizer.name} at a learning rate of {training.optimizer.lr:g}, "
        f"seed {config.seed}. {kept}"
    )


def accuracy_text(scores: Scores) -> str:
    """Accuracy with its interval over images.

    >>> accuracy_text(Scores(num_images=200, accuracy=0.9, nll=0.3, confusion=[]))
    '90.00 % (95 % interval 84.99 to 93.50; 200 images)'
    """
    low, high = share_interval(round(scores.accuracy * scores.num_images), scores.num_images)
    interval = f"95 % interval {100 * low:.2f} to {100 * high:.2f}"
    return f"{100 * scores.accuracy:.2f} % ({interval}; {scores.num_images:,} images)"


def loading_text(card: ModelCard) -> str:
    """The lines of Python that load the folder."""
    if card.model.startswith(HF_PREFIX):
        return _LOAD_TRANSFORMERS
    is_own = is_import_path(card.model)
    own = f"`{card.model}` has to be importable.\n\n" if is_own else ""
    factory = f", factory={json.dumps(card.model)}" if is_own else ""
    shape = ", ".join(map(str, card.input_shape))
    return own + _LOAD_OURS.format(shape=shape, num_classes=card.num_classes, factory=factory)


def _base_model(config: TrainConfig) -> str | None:
    name = config.training.model
    return hub_id(name.removeprefix(HF_PREFIX).partition("@")[0]) if name.startswith(HF_PREFIX) else None


def public_model_name(name: str) -> str:
    """The model's name without where it lies on this machine.

    >>> public_model_name("mnist_mlp"), public_model_name("hf:~/models/vit"), public_model_name("nets.own:small")
    ('mnist_mlp', 'vit', 'nets.own:small')
    """
    return public_name(name.removeprefix(HF_PREFIX)) if name.startswith(HF_PREFIX) else name


def public_title(training: ModelTraining) -> str:
    """The model's name likewise, with the arguments that tell it from another of that name."""
    return public_model_name(training.model) + training.title.removeprefix(training.model)


def public_card(card: ModelCard) -> ModelCard:
    """The card without where its model lay: what is ``hf:`` is loaded from its own folder, whatever it is called."""
    if not card.model.startswith(HF_PREFIX):
        return card
    return card.model_copy(update={"model": HF_PREFIX + public_model_name(card.model)})


def _json(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False, allow_nan=False))  # YAML reads what it names
