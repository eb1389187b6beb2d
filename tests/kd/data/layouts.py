"""Folders as people have them, and what must be read, or said, of each."""

import io
import json
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

ANIMALS = ("cat", "dog")


def pixels(seed: str, *channels: int) -> np.ndarray:
    """Noise that no other seed has, 28×28."""
    random = np.random.default_rng(zlib.crc32(seed.encode()))
    return random.integers(0, 256, (28, 28, *channels), dtype=np.uint8)


def encoded(seed: str, form: str = "PNG", **options: Any) -> bytes:
    """An image file's bytes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels(seed)).save(buffer, form, **options)
    return buffer.getvalue()


def put(path: Path, content: bytes) -> None:
    """Write a file, and its folders first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def images(folder: Path, *places: str, number: int = 8, ending: str = ".png", form: str = "PNG") -> None:
    """``number`` images in each place."""
    for place in places:
        for k in range(number):
            put(folder / place / f"{k:02d}{ending}", encoded(f"{place}/{k}{ending}", form))


def split_folders(folder: Path, *splits: str, classes: Iterable[str] = ANIMALS) -> None:
    """Each split with all classes; fewer images in the later ones."""
    for position, split in enumerate(splits):
        images(folder, *(f"{split}/{name}" for name in classes), number=8 - 3 * position)


def cell(seed: str) -> dict[str, Any]:
    """An image as the Hub stores it."""
    return {"bytes": encoded(seed), "path": None}


IMAGE = {"_type": "Image"}
CLASS_LABEL = {"_type": "ClassLabel", "names": list(ANIMALS)}


def parquet(
    folder: Path,
    name: str = "data/train-00000-of-00001",
    *,
    image: Iterable[Any] | None = None,
    label: Iterable[Any] | None = None,
    number: int = 16,
    features: dict[str, Any] | None = None,
    **more: Iterable[Any],
) -> None:
    """A table as ``datasets`` writes it, with the columns' types in its head; a feature None has no type there."""
    columns = {
        "image": [cell(f"{name} {k}") for k in range(number)] if image is None else list(image),
        "label": [k % 2 for k in range(number)] if label is None else list(label),
        **{key: list(values) for key, values in more.items()},
    }
    described = {"image": IMAGE, "label": CLASS_LABEL} | (features or {})
    described = {key: value for key, value in described.items() if value is not None}
    table = pa.table(columns).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": described}})})
    path = folder / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


class Layout(NamedTuple):
    """A folder, and what is said of it: the data line that is printed, or the refusal.

    ``said``: the folder is D in it. ``options``: keys of ``data:`` beside the source. ``is_table``: folder:PATH is for
    folders of images, and cannot read it.
    """

    name: str
    build: Callable[[Path], None]
    said: str
    options: Mapping[str, Any] = MappingProxyType({})
    is_table: bool = False


def _splits(*names: str) -> Callable[[Path], None]:
    return lambda folder: split_folders(folder, *names)


def _classes(*names: str, **options: Any) -> Callable[[Path], None]:
    return lambda folder: images(folder, *names, **options)


def _and(*steps: Callable[[Path], None]) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        for step in steps:
            step(folder)

    return build


def _files(**contents: bytes) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        for path, content in contents.items():
            put(folder / path, content)

    return build


def _hidden(folder: Path) -> None:
    images(folder, *ANIMALS)
    for name in ANIMALS:
        for hidden in (f"{name}/.ipynb_checkpoints/00-checkpoint.png", f"{name}/__MACOSX/00.png"):
            put(folder / hidden, encoded(f"{name}/0.png"))
        for hidden in ("._00.png", "Thumbs.db", ".DS_Store"):
            put(folder / name / hidden, b"resource fork")


def _linked(folder: Path) -> None:
    images(folder, *ANIMALS, number=2)
    for name in ANIMALS:
        images(folder.with_name("elsewhere"), f"more/{name}")
        (folder / name / "more").symlink_to(folder.with_name("elsewhere") / "more" / name, target_is_directory=True)


def _linked_class(folder: Path) -> None:
    images(folder.with_name("elsewhere"), *ANIMALS)
    folder.mkdir()
    for name in ANIMALS:
        (folder / name).symlink_to(folder.with_name("elsewhere") / name, target_is_directory=True)


def _loop(folder: Path) -> None:
    images(folder, *ANIMALS)
    (folder / "cat" / "again").symlink_to(folder / "cat", target_is_directory=True)
    (folder / "dog" / "up").symlink_to(folder, target_is_directory=True)


def _circles(folder: Path) -> None:
    images(folder, *ANIMALS)
    for place, target in (("bird", "bird"), ("notes.txt", "notes.txt"), ("cat/a", "b"), ("cat/b", "a")):
        (folder / place).symlink_to(target)


def _circular_image(folder: Path) -> None:
    images(folder, *ANIMALS)
    (folder / "cat" / "self.png").symlink_to("self.png")


def _fifo(folder: Path) -> None:
    images(folder, *ANIMALS)
    os.mkfifo(folder / "cat" / "pipe.png")
    (folder / "dog" / "zero.png").symlink_to("/dev/zero")


def _duplicates(folder: Path) -> None:
    split_folders(folder, "train", "test")
    for k in range(3):
        put(folder / f"test/cat/copy{k}.png", encoded(f"train/cat/{k}.png"))


def _huge(folder: Path) -> None:
    images(folder, *ANIMALS)
    header = bytearray(encoded("x"))
    header[16:24] = (10**5).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    put(folder / "cat" / "huge.png", bytes(header))


def _endings(folder: Path) -> None:
    images(folder, *ANIMALS, number=4)
    for ending, form in ((".jfif", "JPEG"), (".jpe", "JPEG"), (".avif", "AVIF"), (".jp2", "JPEG2000"), ("", "PNG")):
        images(folder, *ANIMALS, number=1, ending=ending, form=form)
    images(folder, *ANIMALS, number=1, ending=".PNG")


def _left_out(folder: Path) -> None:
    images(folder, *ANIMALS)
    for k in range(20):
        for name in ANIMALS:
            put(folder / name / f"{k}.heic", b"\0\0\0\x18ftypheic")
    put(folder / "README", b"none")


def _table(**options: Any) -> Callable[[Path], None]:
    return lambda folder: parquet(folder, **options)


def _tables(*names: str, **options: Any) -> Callable[[Path], None]:
    return lambda folder: [parquet(folder, f"data/{name}", **options) for name in names] and None


def _readme(text: str) -> Callable[[Path], None]:
    return _files(**{"README.md": f"---\n{text}\n---\n# Data\n".encode()})


def _label(labels: Iterable[Any], name: str = "data/train-00000-of-00001") -> Callable[[Path], None]:
    labels = list(labels)
    return lambda folder: parquet(folder, name, label=labels, number=len(labels), features={"label": None})


def _image(cells: Iterable[Any], kind: Any = None) -> Callable[[Path], None]:
    return lambda folder: parquet(folder, image=cells, features={"image": kind})


def _bytes() -> list[bytes]:
    return [encoded(str(k)) for k in range(16)]


def _foreign_path(folder: Path) -> None:
    put(folder.with_name("secret.png"), encoded("secret"))
    outside = str(folder.with_name("secret.png"))
    parquet(folder, image=[cell(str(k)) for k in range(15)] + [{"bytes": None, "path": outside}])


def _own_path(folder: Path) -> None:
    put(folder / "pictures/7.png", encoded("seven"))
    parquet(folder, image=[cell(str(k)) for k in range(15)] + [{"bytes": None, "path": "pictures/7.png"}])


def _configurations(folder: Path) -> None:
    for place in ("small", "large"):
        parquet(folder, f"{place}/train-00000-of-00001", number=16 if place == "small" else 32)


def _in_folders(folder: Path) -> None:
    for split in ("train", "validation"):
        parquet(folder, f"default/{split}/0000")


def _undescribed(folder: Path) -> None:
    """Types in the README alone."""
    parquet(folder, features={"image": None, "label": None})
    names = "".join(f"\n          '{number}': {name}" for number, name in enumerate(ANIMALS))
    _readme(
        "dataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: label\n    dtype:\n"
        f"      class_label:\n        names:{names}"
    )(folder)


def _default_of_two(folder: Path) -> None:
    _configurations(folder)
    entries = (f"- config_name: {name}\n  data_files: {name}/*.parquet" for name in ("small", "large"))
    _readme("configs:\n" + "\n".join(entries) + "\n  default: true")(folder)


APART = "(val and test set apart from train)"
POOL = f"2 classes: cat, dog; train 9, val 2, test 5 images {APART}"
TWO_SPLITS = "2 classes: cat, dog; train 14, val 2, test 10 images (val set apart from train)"
WITH_VAL = "2 classes: cat, dog; train 11, val 10, test 5 images (test set apart from train)"
ALL_CLASSES = "data.splits: {train: .}"
UNLABELLED = "leave it out: data.splits: {test: null}, and some of train is set apart instead"
WANTED = "labels must be whole numbers, words, or true and false, one per image"


FOLDERS = [
    Layout("classes", _classes(*ANIMALS), POOL),
    Layout("train test", _splits("train", "test"), TWO_SPLITS),
    Layout("train val test", _splits("train", "val", "test"), "2 classes: cat, dog; train 16, val 10, test 4 images"),
    Layout("Train Test", _splits("Train", "Test"), f"{TWO_SPLITS}; train is 'Train', test is 'Test'"),
    Layout("training testing", _splits("training", "testing"), f"{TWO_SPLITS}; train is 'training', test is 'testing'"),
    Layout("train valid", _splits("train", "valid"), f"{WITH_VAL}; val is 'valid'"),
    Layout("train eval", _splits("train", "eval"), f"{TWO_SPLITS}; test is 'eval'"),
    Layout(
        "images_train images_test",
        _splits("images_train", "images_test"),
        f"{TWO_SPLITS}; train is 'images_train', test is 'images_test'",
    ),
    Layout("train2017 val2017", _splits("train2017", "val2017"), f"{WITH_VAL}; train is 'train2017', val is 'val2017'"),
    Layout(
        "fold1 fold2",
        _splits("fold1", "fold2"),
        "data.source: the folders fold1, fold2 of D all hold cat, dog; if those are the classes, say which folder is "
        f"what: data.splits: {{train: fold1, test: fold2}}; if fold1, fold2 are: {ALL_CLASSES}",
    ),
    Layout(
        "fold1 fold2, named",
        _splits("fold1", "fold2"),
        f"{TWO_SPLITS}; train is 'fold1', test is 'fold2'",
        {"splits": {"train": "fold1", "test": "fold2"}},
    ),
    Layout(
        "fold1 fold2, as classes",
        _splits("fold1", "fold2"),
        "2 classes: fold1, fold2; train 15, val 3, test 8 images (val and test set apart from train)",
        {"splits": {"train": "."}},
    ),
    Layout(
        "fold1 fold2, misspelt",
        _splits("fold1", "fold2"),
        "data.splits.train: no split 'fold3'; D has fold1, fold2",
        {"splits": {"train": "fold3"}},
    ),
    Layout(
        "classes outside, splits inside",
        _classes(*(f"{name}/{split}" for name in ANIMALS for split in ("train", "test"))),
        "data.source: each of the folders cat, dog of D holds test, train; put the splits outside and the classes "
        f"inside: test/cat; if they are no splits: {ALL_CLASSES}",
    ),
    Layout(
        "train test unlabeled",
        _splits("train", "test", "unlabeled"),
        "data.source: D has train, test, and beside them unlabeled, which is none of train, val, test; to leave it "
        f"out: data.splits: {{train: train, test: test}}; if all are classes: {ALL_CLASSES}",
    ),
    Layout(
        "val test",
        _splits("val", "test"),
        "data.source: D has test, val but no train; say which it is: data.splits: {train: NAME}",
    ),
    Layout(
        "train val validation",
        _splits("train", "val", "validation"),
        "data.source: D has train, val, validation: both val and validation could be val; name one: "
        "data.splits: {val: val}",
    ),
    Layout(
        "a folder around all, and __MACOSX",
        _and(_classes(*(f"pets/{name}" for name in ANIMALS)), _files(**{"__MACOSX/._pets": b"x"})),
        "data.source: all of D is in the folder pets (cat, dog); give that: D/pets",
    ),
    Layout(
        "flat test",
        _and(_splits("train"), _classes("test")),
        f"data.source: D/test has no class folders, so its 8 images have no labels; {UNLABELLED}",
    ),
    Layout(
        "flat test, left out",
        _and(_splits("train"), _classes("test")),
        f"{POOL}; left out: 8 files (folder test 8)",
        {"splits": {"test": None}},
    ),
    Layout(
        "flat",
        _classes("."),
        "data.source: D has no sub-folders but 8 images; folder:PATH wants one sub-folder a class, or their labels in "
        "a list: data.splits: LIST.csv with the columns file, label, and split where it divides them",
    ),
    Layout("a class called train", _classes("train", "car"), POOL.replace("cat, dog", "car, train")),
    Layout("classes called after splits", _classes("bus", "test tube"), POOL.replace("cat, dog", "bus, test tube")),
    Layout("a folder in each class", _classes("cat/images", "dog/images"), POOL),
    Layout(
        "classes in groups",
        _classes("pets/cat", "pets/dog", "wild/owl", number=8),
        "2 classes: pets, wild; train 14, val 3, test 7 images (val and test set apart from train); all images lie in "
        "folders within the classes (cat, dog, owl), which are read as part of them: if those are the classes, put "
        "them side by side in one folder; if not, data.splits: {train: .} says so",
    ),
    Layout(
        "classes in groups in splits",
        _classes("train/a/x", "train/a/y", "train/b/x", "test/a/x", "test/b/z"),
        "2 classes: a, b; train 20, val 4, test 16 images (val set apart from train); all images lie in folders within "
        "the classes (x, y), which are read as part of them: if those are the classes, put them side by side in one "
        "folder; if not, data.splits: {train: train, test: test} says so",
    ),
    Layout(
        "classes in groups, as said",
        _classes("pets/cat", "pets/dog", "wild/owl", number=8),
        "2 classes: pets, wild; train 14, val 3, test 7 images (val and test set apart from train)",
        {"splits": {"train": "."}},
    ),
    Layout(
        "some images in folders of their own",
        _classes("cat", "cat/kittens", "cat/old", "dog", number=4),
        "2 classes: cat, dog; train 9, val 2, test 5 images (val and test set apart from train)",
    ),
    Layout("hidden", _hidden, f"{POOL}; left out: 2 files (hidden 2)"),
    Layout(
        "hidden class",
        _and(_classes(*ANIMALS), _classes(".x", number=2), _files(**{".git/objects/ab": b"x", ".cache/a.txt": b"x"})),
        f"{POOL}; left out since its name begins with a dot: folder .x (if it is a class, rename it); left out: 2 "
        "files (hidden 2)",
    ),
    Layout(
        "hidden classes in splits",
        _and(_splits("train", "test"), _classes("train/.x", "test/.x", "train/.y", number=1)),
        f"{TWO_SPLITS}; left out since their names begin with a dot: folders .x, .y (if they are classes, rename "
        "them); left out: 3 files (hidden 3)",
    ),
    Layout(
        "hidden but for one",
        _classes("cat", ".dog"),
        "data.source: D has 1 class (cat) (left out since its name begins with a dot: folder .dog (if it is a class, "
        "rename it)); a classifier needs at least 2: give each class a sub-folder of its own, another "
        "data.label_column of a table, or a list of the files and their labels as data.splits",
    ),
    Layout("linked", _linked, POOL.replace("9, val 2, test 5", "12, val 2, test 6")),
    Layout("linked classes", _linked_class, POOL),
    Layout("loop of links", _loop, POOL),
    Layout("links to themselves", _circles, f"{POOL}; left out: 4 files (broken link 4)"),
    Layout(
        "image that is a link to itself",
        _circular_image,
        "data.source: D has 1 unreadable image(s): cat/self.png (Too many levels of symbolic links); mend or "
        "remove them, or set data.skip_corrupt: true",
    ),
    Layout("pipe and device", _fifo, f"{POOL}; left out: 2 files (device or pipe 2)"),
    Layout(
        "duplicates",
        _duplicates,
        f"{TWO_SPLITS.replace('10', '13')}; duplicates: 3 of train also in test (data.duplicates: drop leaves them "
        "out, allow says nothing)",
    ),
    Layout(
        "huge",
        _huge,
        "data.source: D has 1 unreadable image(s): cat/huge.png (more than 178,956,970 pixels; make it smaller, or "
        "raise data.max_pixels); mend or remove them, or set data.skip_corrupt: true",
    ),
    Layout("endings", _endings, POOL.replace("9, val 2, test 5", "12, val 2, test 6")),
    Layout("other endings", _left_out, f"{POOL}; left out: 41 files (.heic 40, no ending 1)"),
    Layout(
        "a class of other endings",
        _and(_classes("cat"), _files(**{"dog/0.heic": b"x", "dog/1.heic": b"x"})),
        "data.source: class folder D/dog holds no images, only .heic 2; put some in, or take it away",
    ),
    Layout(
        "rare class",
        _and(_classes(*ANIMALS), _classes("owl", number=1)),
        "data: class 'owl' (1 in all) has no image in val (2 images); raise data.val_fraction, give more of them, or "
        "leave such classes out",
    ),
    Layout("odd names", _classes("Straße #1", "狗 'x'"), POOL.replace("cat, dog", "Straße #1, 狗 'x'")),
]


def _labelled(name: str, labels: Iterable[Any], said: str) -> Layout:
    return Layout(name, _label(labels), said, {"label_column": "label"}, is_table=True)


def _table_of_images(name: str, cells: Iterable[Any], said: str, kind: Any = None) -> Layout:
    return Layout(name, _image(cells, kind), said, {"image_column": "image"}, is_table=True)


_TEST = "data/test-00000-of-00001"
_NO_IMAGES = "not images; it must hold image files: bytes, or the type Image of datasets"
_ELSEWHERE = "which are outside its folder; mend data_files"


def _configured(pattern: str) -> Callable[[Path], None]:
    return _and(_table(), _readme(f"configs:\n- config_name: default\n  data_files: {pattern}"))


TABLES = [
    Layout(
        "a missing table",
        _table(name="data/train-00001-of-00003"),
        f"{POOL}; of split train 1 of 3 files are there",
        is_table=True,
    ),
    Layout("table", _tables("train-00000-of-00001", "test"), TWO_SPLITS.replace("10", "16"), is_table=True),
    Layout(
        "tables training testing",
        _tables("training", "testing"),
        f"{TWO_SPLITS.replace('10', '16')}; train is 'training', test is 'testing'",
        is_table=True,
    ),
    Layout(
        "tables in folders of splits",
        _in_folders,
        f"{WITH_VAL.replace('10', '16')}; val is 'validation'",
        is_table=True,
    ),
    Layout("a table called otherwise", _table(name="pets"), POOL, is_table=True),
    Layout("types in the README alone", _undescribed, POOL, is_table=True),
    _labelled("words", ["dog", "cat"] * 8, f"{POOL}; classes are the words in 'label', sorted"),
    _labelled(
        "true and false",
        [True, False] * 8,
        f"{POOL.replace('cat, dog', 'False, True')}; classes are the values true and false in 'label', sorted",
    ),
    _labelled(
        "numbers from 1",
        [1, 2] * 8,
        f"{POOL.replace('cat, dog', '1, 2')}; classes are the numbers in 'label', sorted",
    ),
    _labelled(
        "a large number",
        [1, 4_000_000_000] * 8,
        f"{POOL.replace('cat, dog', '1, 4000000000')}; classes are the numbers in 'label', sorted",
    ),
    _labelled("fractions", [0.5, 1.0] * 8, f"data.label_column: 'label' of D holds double; {WANTED}"),
    _labelled(
        "lists",
        [[1, 0], [0, 1]] * 8,
        "data.label_column: 'label' of D holds lists (list<element: int64>): several labels per image, or one-hot; one "
        "label is wanted: keep images with one label, and write its number into a column",
    ),
    Layout(
        "test all -1",
        _and(_table(), _table(name=_TEST, label=[-1] * 16)),
        f"data.label_column: test has no labels ('label' is -1 in all 16 rows); {UNLABELLED}",
        is_table=True,
    ),
    Layout(
        "test all -1, left out",
        _and(_table(), _table(name=_TEST, label=[-1] * 16)),
        f"{POOL}; split test of 16 rows left out",
        {"splits": {"test": None}},
        is_table=True,
    ),
    Layout(
        "test all None",
        _and(_table(), _table(name=_TEST, label=[None] * 16)),
        f"data.label_column: test has no labels ('label' is None in all 16 rows); {UNLABELLED}",
        is_table=True,
    ),
    Layout(
        "some None",
        _table(label=[0, 1, None, 1] * 4),
        "data.label_column: train has 4 of 16 rows without a label (None in 'label', first in row 2); remove those "
        "rows",
        is_table=True,
    ),
    Layout(
        "a name that no image has",
        _table(label=[1, 2] * 8, features={"label": CLASS_LABEL | {"names": ["bird", *ANIMALS]}}),
        f"{POOL}; left out, as no image has them: bird",
        is_table=True,
    ),
    _table_of_images("raw bytes", _bytes(), POOL),
    _table_of_images(
        "arrays",
        [pixels(str(k)).tolist() for k in range(16)],
        f"data.image_column: 'image' of D holds Array2D, {_NO_IMAGES}",
        {"_type": "Array2D", "shape": [28, 28], "dtype": "uint8"},
    ),
    _table_of_images(
        "paths", [f"{k}.png" for k in range(16)], f"data.image_column: 'image' of D holds string, {_NO_IMAGES}"
    ),
    Layout(
        "a path elsewhere",
        _foreign_path,
        "data.source: train row 15 names the file 'ABOVE/secret.png', which is not in D",
        is_table=True,
    ),
    Layout("a path inside", _own_path, POOL, is_table=True),
    Layout(
        "two columns of images",
        _table(second=[cell(f"second {k}") for k in range(16)], features={"second": IMAGE}),
        "data.image_column: D has 2 columns of type Image; name one of: image, second",
        is_table=True,
    ),
    Layout(
        "configurations",
        _configurations,
        "data.config: D has several configurations: large, small; name one: data.config: large",
        is_table=True,
    ),
    Layout("configurations, one named", _configurations, POOL, {"config": "small"}, is_table=True),
    Layout(
        "configurations, misspelt",
        _configurations,
        "data.config: D has no configuration 'tiny'; it has large, small",
        {"config": "tiny"},
        is_table=True,
    ),
    Layout(
        "configurations, one the default",
        _default_of_two,
        POOL.replace("9, val 2, test 5", "19, val 3, test 10"),
        is_table=True,
    ),
    Layout(
        "a README that names files elsewhere",
        _configured("/elsewhere/*"),
        f"data.source: D/README.md names the files '/elsewhere/*', {_ELSEWHERE}",
        is_table=True,
    ),
    Layout(
        "a README that names files above",
        _configured("../*.parquet"),
        f"data.source: D/README.md names the files '../*.parquet', {_ELSEWHERE}",
        is_table=True,
    ),
]


LAYOUTS = [*FOLDERS, *TABLES]
