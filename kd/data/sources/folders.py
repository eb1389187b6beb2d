"""A folder of images: a sub-folder a class, or folders named as splits that hold them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from kd.config import DataConfig, Part
from kd.data.listing import Listing, SplitListing, kinds, some_of
from kd.data.source_names import AS_LIST
from kd.data.sources.files.folder import (
    check_links,
    divide_images,
    encoded_file,
    files_under,
    hidden_images,
    loose_files,
    sub_folders,
)
from kd.data.sources.files.idle_keys import refuse_idle_keys
from kd.data.sources.files.split_names import WHOLE, choose_splits, part_of, plain_part, remarks_on
from kd.errors import InputError


def list_folder(data: DataConfig, folder: Path) -> Listing:
    """The images of a folder.

    Raises:
        InputError: It is laid out in a way that could mean two things.
    """
    refuse_idle_keys(data, f"{folder}, a folder of images,", "config", "image_column", "label_column")
    names, others = _find_splits(data, folder)
    places = {part: folder if name == WHOLE else folder / name for part, name in names.items()}
    class_names, splits, depth = [], {}, list[str]()
    left_out = Counter({f"folder {name}": len(files_under(folder / name)) for name in others})
    loose = [folder] if WHOLE not in names.values() else []
    for place in [*loose, *places.values()]:
        images, beside = divide_images(loose_files(place))
        left_out += beside + Counter(path.suffix.lower() or "no ending" for path in images)
    hidden = hidden_images(folder)
    left_out += Counter({"hidden": sum(map(len, hidden.values()))})
    for part, place in places.items():
        classes = _class_folders(place, part, folder)
        if part == "train":
            class_names = list(classes)
            if data.split_names is None:
                _check_depth(classes, folder)
                depth += _remarks_on_depth(classes, names)
        _check_agreement(list(classes), class_names, place, places["train"])
        of_name = {_composed(name): entry for name, entry in classes.items()}
        splits[str(part)] = _list_classes([of_name[_composed(name)] for name in class_names], left_out)
    at_classes = (folder, *places.values())
    passed_over = sorted({path.name for path in hidden if path.is_dir() and path.parent in at_classes})
    remarks = (*remarks_on(names), *depth, *_remarks_on_hidden(passed_over))
    return Listing(splits, class_names, f"{folder}/", dict(left_out), remarks)


def _remarks_on_hidden(names: list[str]) -> tuple[str, ...]:
    """That folders with images, where classes are, were passed over for the dots that their names begin with.

    >>> _remarks_on_hidden([".x"]), _remarks_on_hidden([])
    (('left out since its name begins with a dot: folder .x (if it is a class, rename it)',), ())
    >>> _remarks_on_hidden([".x", ".y"])
    ('left out since their names begin with a dot: folders .x, .y (if they are classes, rename them)',)
    """
    if not names:
        return ()
    if len(names) == 1:
        return (f"left out since its name begins with a dot: folder {names[0]} (if it is a class, rename it)",)
    return (
        f"left out since their names begin with a dot: folders {some_of(names)} (if they are classes, rename them)",
    )


def _find_splits(data: DataConfig, folder: Path) -> tuple[dict[Part, str], list[str]]:
    """The folder of each part, train first, and those of none."""
    names = [entry.name for entry in sub_folders(folder)]
    asked = data.split_names
    if asked is not None and asked.get("train") == WHOLE:
        names.append(WHOLE)
        choice = choose_splits([name for name in names if name in asked.values()], asked, str(folder))
        return choice.splits, []
    if asked is None and not _are_splits(folder, names):
        return {"train": WHOLE}, []
    choice = choose_splits(names, asked, str(folder))
    if asked is None and choice.others:
        taken = ", ".join(f"{part}: {name}" for part, name in choice.splits.items())
        raise InputError(
            f"data.source: {folder} has {', '.join(choice.splits.values())}, and beside them {choice.others[0]}, which "
            f"is none of train, val, test; to leave it out: data.splits: {{{taken}}}; if all are classes: "
            f"data.splits: {{train: {WHOLE}}}"
        )
    return choice.splits, choice.others


def _are_splits(folder: Path, names: list[str]) -> bool:
    """Whether these sub-folders are splits, and not classes, of which one may be called 'train', or 'test tube'."""
    plain = {name: part for name in names if (part := plain_part(name)) is not None}
    if all(part_of(name) for name in names):
        return len(plain) == len(names) > 0 or any(sub_folders(folder / name) for name in names)
    return "train" in plain.values() and len(set(plain.values())) > 1


def _class_folders(place: Path, part: Part, folder: Path) -> dict[str, Path]:
    """The folders of the classes of a split, by name, sorted."""
    classes = {_readable(entry): entry for entry in sub_folders(place)}
    _check_spelling(classes, place)
    if classes:
        return classes
    number = len(divide_images(loose_files(place))[0])
    if part == "train":
        hidden = sorted(entry.name for entry in hidden_images(place) if entry.is_dir() and entry.parent == place)
        held = f" but {number} images" if number else "".join(f" ({remark})" for remark in _remarks_on_hidden(hidden))
        listed = f", or their labels in a list: {AS_LIST}" if number else ""
        raise InputError(
            f"data.source: {place} has no sub-folders{held}; folder:PATH wants one sub-folder a class{listed}"
        )
    raise InputError(
        f"data.source: {place} has no class folders, so its {number} images have no labels; leave it out: "
        f"data.splits: {{{part}: null}}, and some of train is set apart instead"
    )


def _readable(folder: Path) -> str:
    try:
        folder.name.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"data.source: the name of the folder {str(folder)!r} is not UTF-8; rename it") from error
    return folder.name


def _check_spelling(names: Iterable[str], place: Path) -> None:
    """Raises: InputError: Two folders have one name, which they spell in two ways."""
    spelt = Counter(map(_composed, names))
    twice = [name for name, number in spelt.items() if number > 1]
    if twice:
        raise InputError(
            f"data.source: {place} has {spelt[twice[0]]} folders called {twice[0]}, whose accents are encoded in "
            "different ways; move their images into one"
        )


def _check_depth(classes: dict[str, Path], folder: Path) -> None:
    """Refuse folders that all hold the same folders: those are the classes, or these are.

    Raises:
        InputError: They do; one folder within each says nothing.
    """
    inner = [tuple(entry.name for entry in sub_folders(place)) for place in classes.values()]
    if len(set(inner)) != 1 or len(inner[0]) < 2:
        return
    held, names = ", ".join(inner[0]), list(classes)
    if len(names) == 1:
        place = classes[names[0]]
        raise InputError(f"data.source: all of {place.parent} is in the folder {names[0]} ({held}); give that: {place}")
    if all(part_of(name) for name in inner[0]):
        raise InputError(
            f"data.source: each of the folders {', '.join(names)} of {folder} holds {held}; put the splits outside and "
            f"the classes inside: {inner[0][0]}/{names[0]}; if they are no splits: data.splits: {{train: {WHOLE}}}"
        )
    train, test = _train_and_test(names)
    raise InputError(
        f"data.source: the folders {', '.join(names)} of {folder} all hold {held}; if those are the classes, say "
        f"which folder is what: data.splits: {{train: {train}, test: {test}}}; if {', '.join(names)} are: "
        f"data.splits: {{train: {WHOLE}}}"
    )


def _remarks_on_depth(classes: dict[str, Path], splits: Mapping[Part, str]) -> Iterator[str]:
    """That folders within the classes are none, where the classes hold nothing else: those could be meant."""
    inner = {name: [entry.name for entry in sub_folders(place)] for name, place in classes.items()}
    if all(inner.values()) and any(len(names) > 1 for names in inner.values()):
        if any(divide_images(loose_files(place))[0] for place in classes.values()):
            return
        names = list(dict.fromkeys(name for found in inner.values() for name in found))
        said = ", ".join(f"{part}: {name}" for part, name in splits.items())
        yield (
            f"all images lie in folders within the classes ({some_of(names)}), which are read as part of them: if "
            f"those are the classes, put them side by side in one folder; if not, data.splits: {{{said}}} says so"
        )


def _train_and_test(names: list[str]) -> tuple[str, str]:
    """Which of several folders is likely to be what; of names that say nothing the first and the last.

    >>> _train_and_test(["test", "trainval"]), _train_and_test(["holdout", "train"]), _train_and_test(["a", "b", "c"])
    (('trainval', 'test'), ('train', 'holdout'), ('a', 'c'))
    """
    train = min(
        names, key=lambda name: (part_of(name) != "train", part_of(name) is not None, "train" not in name.lower())
    )
    others = [name for name in names if name != train]
    return train, max(others, key=lambda name: (part_of(name) == "test", part_of(name) is None, name))


def _check_agreement(names: list[str], class_names: list[str], place: Path, train: Path) -> None:
    """Raises: InputError: A split has other classes than train."""
    here, there = set(map(_composed, names)), set(map(_composed, class_names))
    if here == there:
        return
    odd = [
        f"only {of} has {', '.join(sorted(alone))}"
        for of, alone in ((place, here - there), (train, there - here))
        if alone
    ]
    raise InputError(
        f"data.source: {place} and {train} must have the same class folders; {', '.join(odd)}; add or remove it"
    )


def _composed(name: str) -> str:
    """One spelling for letters with accents; macOS and Linux write them in two."""
    return unicodedata.normalize("NFC", name)


def _list_classes(classes: list[Path], left_out: Counter[str]) -> SplitListing:
    """The images of class folders, labelled by position; files that are none are counted in ``left_out``."""
    files: list[Path] = []
    labels: list[int] = []
    for label, entry in enumerate(classes):
        found, others = divide_images(files_under(entry))
        if not found:
            held = f", only {kinds(others)}" if others else ""
            raise InputError(f"data.source: class folder {entry} holds no images{held}; put some in, or take it away")
        check_links(found, entry)
        files += found
        labels += [label] * len(found)
        left_out.update(others)
    return SplitListing(np.array(labels, np.int64), [encoded_file(path) for path in files])
