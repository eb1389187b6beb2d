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
            put(folder / place / f"{k:02d}{ending}", encoded(f"{place}/{k}", form))


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

    ``ways``: how it may be named: ``folder`` (folder:PATH), ``hub`` (PATH); all of them say the same.
    ``options``: keys of ``data:`` beside the source. ``said``: a part of the line.
    """

    name: str
    build: Callable[[Path], None]
    said: str
    options: Mapping[str, Any] = MappingProxyType({})
    ways: tuple[str, ...] = ("folder", "hub")


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
            put(folder / hidden, encoded(f"{name}/0"))
        for hidden in ("._00.png", "Thumbs.db", ".DS_Store"):
            put(folder / name / hidden, b"resource fork")


def _linked(folder: Path) -> None:
    images(folder.with_name("elsewhere"), *ANIMALS)
    images(folder, *ANIMALS, number=2)
    for name in ANIMALS:
        (folder / name / "more").symlink_to(folder.with_name("elsewhere") / name, target_is_directory=True)


def _linked_class(folder: Path) -> None:
    images(folder.with_name("elsewhere"), *ANIMALS)
    folder.mkdir()
    for name in ANIMALS:
        (folder / name).symlink_to(folder.with_name("elsewhere") / name, target_is_directory=True)


def _loop(folder: Path) -> None:
    images(folder, *ANIMALS)
    (folder / "cat" / "again").symlink_to(folder / "cat", target_is_directory=True)
    (folder / "dog" / "up").symlink_to(folder, target_is_directory=True)


def _fifo(folder: Path) -> None:
    images(folder, *ANIMALS)
    os.mkfifo(folder / "cat" / "pipe.png")
    (folder / "dog" / "zero.png").symlink_to("/dev/zero")


def _duplicates(folder: Path) -> None:
    split_folders(folder, "train", "test")
    for k in range(3):
        put(folder / f"test/cat/copy{k}.png", encoded(f"train/cat/{k}"))


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


SPLIT_KEYS = {"train": "train", "test": None}


LABEL = {"label_column": "label"}


LAYOUTS = [
    Layout("classes", _classes(*ANIMALS), "2 classes"),
    Layout("train test", _splits("train", "test"), "2 classes"),
    Layout("train val test", _splits("train", "val", "test"), "2 classes"),
    Layout("Train Test", _splits("Train", "Test"), "2 classes"),
    Layout("training testing", _splits("training", "testing"), "2 classes"),
    Layout("train valid", _splits("train", "valid"), "2 classes"),
    Layout("train eval", _splits("train", "eval"), "2 classes"),
    Layout("images_train images_test", _splits("images_train", "images_test"), "2 classes"),
    Layout("train2017 val2017", _splits("train2017", "val2017"), "2 classes"),
    Layout("fold1 fold2", _splits("fold1", "fold2"), "refused"),
    Layout("fold1 fold2, named", _splits("fold1", "fold2"), "2", {"splits": {"train": "fold1", "test": "fold2"}}),
    Layout("class first", _classes(*(f"{a}/{s}" for a in ANIMALS for s in ("train", "test"))), "refused"),
    Layout("YOLO", _classes(*(f"{a}/{s}" for a in ("images", "labels") for s in ("train", "val"))), "refused"),
    Layout("train test unlabeled", _splits("train", "test", "unlabeled"), "refused"),
    Layout("val test", _splits("val", "test"), "refused"),
    Layout("val validation", _splits("train", "val", "validation"), "refused"),
    Layout("wrapped", _classes(*(f"pets/{a}" for a in ANIMALS)), "refused"),
    Layout(
        "wrapped and __MACOSX",
        _and(_classes(*(f"pets/{a}" for a in ANIMALS)), _files(**{"__MACOSX/._pets": b"x"})),
        "refused",
    ),
    Layout("flat test", _and(_splits("train"), _classes("test")), "refused"),
    Layout("flat test, left out", _and(_splits("train"), _classes("test")), "2 classes", {"splits": SPLIT_KEYS}),
    Layout("flat", _classes("."), "refused"),
    Layout("class called train", _classes("train", "car"), "2 classes"),
    Layout("one image under each class folder's images/", _classes("cat/images", "dog/images"), "2 classes"),
    Layout("hidden", _hidden, "2 classes"),
    Layout("linked", _linked, "2 classes"),
    Layout("linked classes", _linked_class, "2 classes"),
    Layout("loop of links", _loop, "2 classes"),
    Layout("pipe and device", _fifo, "2 classes"),
    Layout("duplicates", _duplicates, "2 classes"),
    Layout("huge", _huge, "refused"),
    Layout("endings", _endings, "2 classes"),
    Layout("left out", _left_out, "2 classes"),
    Layout("rare class", _and(_classes(*ANIMALS), _classes("owl", number=1)), "refused"),
    Layout("odd names", _classes("Straße #1", "狗 'x'"), "2 classes"),
    *(
        Layout(f"table: {name}", build, said, options, ("hub",))
        for name, build, said, options in (
            ("train test", _tables("train-00000-of-00001", "test-00000-of-00001"), "2 classes", {}),
            ("training testing", _tables("training", "testing"), "2 classes", {}),
            ("words", _label(["dog", "cat"] * 8), "2", LABEL),
            ("true and false", _label([True, False] * 8), "2", LABEL),
            ("numbers from 1", _label([1, 2] * 8), "2", LABEL),
            ("a large number", _label([1, 4_000_000_000] * 8), "2", LABEL),
            ("fractions", _label([0.5, 1.0] * 8), "ref", LABEL),
            ("lists", _label([[1, 0], [0, 1]] * 8), "ref", LABEL),
            ("test all -1", _and(_table(), _table(name="data/test-00000-of-00001", label=[-1] * 16)), "ref", {}),
            (
                "test all -1, left out",
                _and(_table(), _table(name="data/test-00000-of-00001", label=[-1] * 16)),
                "2",
                {"splits": {"test": None}},
            ),
            ("test all None", _and(_table(), _table(name="data/test-00000-of-00001", label=[None] * 16)), "ref", {}),
            ("some None", _table(label=[0, 1, None, 1] * 4), "ref", {}),
            (
                "a name without images",
                _table(label=[1, 2] * 8, features={"label": {"_type": "ClassLabel", "names": ["bird", *ANIMALS]}}),
                "2",
                {},
            ),
            ("raw bytes", _image(_bytes()), "2", {"image_column": "image"}),
            (
                "arrays",
                _image(
                    [pixels(str(k)).tolist() for k in range(16)],
                    {"_type": "Array2D", "shape": [28, 28], "dtype": "uint8"},
                ),
                "ref",
                {"image_column": "image"},
            ),
            ("paths", _image([f"{k}.png" for k in range(16)]), "ref", {"image_column": "image"}),
            ("path elsewhere", _foreign_path, "ref", {}),
            ("path inside", _own_path, "2", {}),
            ("two images", _table(second=[cell(f"s{k}") for k in range(16)], features={"second": IMAGE}), "ref", {}),
            ("configurations", _configurations, "ref", {}),
            ("configurations, one named", _configurations, "2", {"config": "small"}),
            (
                "README elsewhere",
                _and(_table(), _readme("configs:\n- config_name: default\n  data_files: /elsewhere/*")),
                "ref",
                {},
            ),
            (
                "README above",
                _and(_table(), _readme("configs:\n- config_name: default\n  data_files: ../*.parquet")),
                "ref",
                {},
            ),
        )
    ),
]
