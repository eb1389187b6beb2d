"""The model that a run starts with: new, from a checkpoint, or one that comes trained and is used as it is."""

from collections.abc import Sequence
from pathlib import Path

from kd.config import HF_PREFIX, TORCHVISION_PREFIX, ModelTraining, is_of_library
from kd.errors import InputError, UnreadableFileError
from kd.files import read_record, sha256_of_weights
from kd.model_card import CARD, CARD_BESIDE, card_path, public_model_name
from kd.model_source import check_json_sizes
from kd.models import ImageModel, build_model
from kd.models.class_order import check_class_order
from kd.models.files import load_with_card
from kd.models.pretrained.huggingface import read_head_names
from kd.models.pretrained.libraries import without_weights
from kd.models.pretrained.torchvision_models import read_categories
from kd.models.weights import load_weights
from kd.records import ModelCard

_TELL_NORMALIZE = "say what it is fed: normalize: imagenet, none or {mean: …, std: …}"


def start_model(training: ModelTraining, input_shape: tuple[int, int, int], class_names: Sequence[str]) -> ImageModel:
    """The model as a training finds it.

    Args:
        training: What is asked for.
        input_shape: Channels, height and width of the data.
        class_names: Of the data, in order.

    Raises:
        InputError: The checkpoint is not there, was changed since the sweep was read, or is another model; or the model
            does not fit the data. A pretrained head of another width is replaced, but not where nothing is trained.
    """
    if training.checkpoint is not None:
        return _open_checkpoint(training, Path(training.checkpoint), input_shape, class_names)
    if training.is_used_as_it_is and training.model.startswith(HF_PREFIX):
        return _open_pretrained(training, training.model, f"model: {training.model}", input_shape, class_names)
    model = _build(training, training.model, input_shape, class_names)
    if training.is_used_as_it_is and is_of_library(training.model):
        _check_library_head(training, model, class_names)
    return model


def head_names(training: ModelTraining) -> list[str] | None:
    """The names that a trained model's head gives its classes, in order; None where it has none."""
    if training.checkpoint is None:
        if training.model.startswith(TORCHVISION_PREFIX):
            return read_categories(training.model, training.arguments)
        return read_head_names(training.model) if training.model.startswith(HF_PREFIX) else None
    place = Path(training.checkpoint)
    if _file_of_weights(place) is not None:
        return None
    card = _own_card(place)
    return read_head_names(f"{HF_PREFIX}{place.resolve()}") if card is None else card.class_names


def _open_checkpoint(
    training: ModelTraining, place: Path, input_shape: tuple[int, int, int], class_names: Sequence[str]
) -> ImageModel:
    where = f"checkpoint: {place}"
    digest = sha256_of_weights(place)
    if training.checkpoint_sha256 not in (None, digest):
        raise InputError(f"{where}: the weights changed since the sweep was started (sha256 differs); start it again")
    file = _file_of_weights(place)
    if file is not None:
        if training.model.startswith(HF_PREFIX):
            raise InputError(
                f"{where}: a file of weights goes with a model by import path; of {training.model} give the folder: "
                f"model: {HF_PREFIX}{file.parent}"
            )
        bare = without_weights(training.arguments) if is_of_library(training.model) else training.arguments
        model = _build(training.model_copy(update={"arguments": bare}), training.model, input_shape, class_names)
        load_weights(model.net, file, training.model)
        model.arguments, model.fresh_weights = training.arguments, ()
        return model
    card = _own_card(place)
    if card is None:
        if not training.model.startswith(HF_PREFIX):
            if not (place / CARD).exists():
                names = ", ".join(sorted(path.name for path in place.glob("*.safetensors")))
                raise InputError(
                    f"{where}: is a folder without {CARD} that holds {names}; name the one that has all the weights"
                )
            raise InputError(
                f"{where}: is in Hugging Face layout: give model: {HF_PREFIX}{place} and no checkpoint; where it holds "
                f"weights of {training.model}, name their file: checkpoint: {place}/model.safetensors"
            )
        return _open_pretrained(training, f"{HF_PREFIX}{place.resolve()}", where, input_shape, class_names)
    return _open_own(training, place, card, input_shape, class_names)


def _open_own(
    training: ModelTraining,
    folder: Path,
    card: ModelCard,
    input_shape: tuple[int, int, int],
    class_names: Sequence[str],
) -> ImageModel:
    """A model folder of a run, or of ``save_model``."""
    where = f"checkpoint: {folder}"
    if public_model_name(card.model) != public_model_name(training.model):
        raise InputError(
            f"{where}: holds a {card.model}, the configuration says {training.model}; give model: {card.model}"
        )
    told = {
        "normalize": training.normalize or card.normalize,
        "image_size": training.input_size or card.image_size,
        "input_shape": input_shape,
        "arguments": training.arguments or card.arguments,
    }
    ours = card.model_copy(update=told)
    if card.num_classes != len(class_names) or _fed_shape(ours) != _fed_shape(card):
        raise InputError(
            f"{where}: trained on {card.num_classes} classes of {list(_fed_shape(card))} images, "
            f"the data has {len(class_names)} of {list(_fed_shape(ours))}{_resizing(card, ours, len(class_names))}"
        )
    _check_head(training, where, card.class_names, class_names)
    try:
        return load_with_card(folder, ours)
    except RuntimeError as error:
        if ours.arguments == card.arguments:
            raise
        raise InputError(
            f"{where}: its weights were trained with arguments {dict(card.arguments)}, the configuration says "
            f"{dict(ours.arguments)}, which builds another network; give theirs, or none"
        ) from error


def _fed_shape(card: ModelCard) -> tuple[int, ...]:
    return (card.input_shape[0], *(card.image_size or card.input_shape[1:]))


def _resizing(card: ModelCard, ours: ModelCard, num_classes: int) -> str:
    if card.num_classes != num_classes or card.input_shape[0] != ours.input_shape[0]:
        return ""
    return f"; image_size: {list(_fed_shape(card)[1:])} beside it resizes them"


def _open_pretrained(
    training: ModelTraining, name: str, where: str, input_shape: tuple[int, int, int], class_names: Sequence[str]
) -> ImageModel:
    """A model of transformers; where it is used as it is, everything in it must be known and fit."""
    if training.is_used_as_it_is:
        names = read_head_names(name)
        if len(names) != len(class_names):
            number = "1 class" if len(names) == 1 else f"{len(names)} classes"
            raise InputError(f"{where}: has {number}, the data {len(class_names)}; train it (epochs > 0)")
        _check_head(training, where, names, class_names)
    model = _build(training, name, input_shape, class_names)
    if training.is_used_as_it_is and model.described_by is None:
        raise InputError(
            f"{where}: has no preprocessor_config.json, so what images it wants is not known; {_TELL_NORMALIZE}"
        )
    if training.is_used_as_it_is and model.fresh_weights:
        raise InputError(
            f"{where}: lacks {', '.join(model.fresh_weights[:2])}, so it cannot be used as it is; train it (epochs > 0)"
        )
    return model


def _build(
    training: ModelTraining, name: str, input_shape: tuple[int, int, int], class_names: Sequence[str]
) -> ImageModel:
    told = training.normalize, training.input_size, training.arguments
    return build_model(name, len(class_names), input_shape, class_names, *told)


def _check_library_head(training: ModelTraining, model: ImageModel, class_names: Sequence[str]) -> None:
    """Refuse weights of timm or torchvision whose head, used as it is, is not of the data's classes.

    Raises:
        InputError: It has another number of classes, or other names for them.
    """
    where = f"model: {training.model}"
    if model.fresh_weights:
        raise InputError(
            f"{where}: has a head of another number of classes than the data's {len(class_names)}, and "
            f"{', '.join(model.fresh_weights[:2])} would be new; train it (epochs > 0)"
        )
    names = head_names(training)
    if names is not None:
        _check_head(training, where, names, class_names)


def _check_head(training: ModelTraining, where: str, theirs: Sequence[str], ours: Sequence[str]) -> None:
    """Compare the classes' names of a head that is used as it is; one that is trained learns the data's."""
    if training.is_used_as_it_is and training.match_classes is not False:
        renamed = training.match_classes if isinstance(training.match_classes, dict) else None
        check_class_order(where, theirs, ours, renamed)


def _file_of_weights(place: Path) -> Path | None:
    """The file of weights that is meant: itself, or the one in a folder that says nothing of their model."""
    if place.is_file():
        return place
    files = sorted(place.glob("*.safetensors"))
    return files[0] if len(files) == 1 and not (place / CARD).exists() else None


def _own_card(folder: Path) -> ModelCard | None:
    """Our card; None for a folder in Hugging Face layout that we did not write."""
    check_json_sizes(folder)
    try:
        return read_record(card_path(folder), ModelCard)
    except (FileNotFoundError, UnreadableFileError):
        if (folder / CARD_BESIDE).exists():
            raise
        return None
