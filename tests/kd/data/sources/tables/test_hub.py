"""What only datasets reads: the Hub, and local folders with a table of their images."""

import gc
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import kd.data.sources.tables.hub
from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.sources.tables.hub import list_hub
from kd.errors import InputError
from tests.kd.data.layouts import encoded, images, put
from tests.kd.image_folders import decode, refusal

# datasets leaves the table open
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "DOWNLOADED_DATASETS_PATH", tmp_path / "cache/downloads")
    monkeypatch.setattr(datasets.config, "EXTRACTED_DATASETS_PATH", tmp_path / "cache/downloads/extracted")
    yield
    gc.collect()  # what it left open is closed, and remarked on, here and not in another test


def described(folder, *names):
    """A folder of images with a table that labels them."""
    for number, name in enumerate(names):
        if not name.startswith(("/", "..")):
            put(folder / name, encoded(str(number)))
    rows = "".join(f"{name},{'cat' if number % 2 else 'dog'}\n" for number, name in enumerate(names))
    put(folder / "metadata.csv", f"file_name,kind\n{rows}".encode())
    return folder


def test_a_table_of_images_labels_them(tmp_path, root):
    folder = described(tmp_path / "f", *(f"{number}.png" for number in range(4)))
    assert refusal(folder, root).endswith(
        "f holds metadata.csv, a table of its images with kind; name the column that labels them: "
        "SET=data.label_column=NAME; if the folders are the classes, move the table elsewhere"
    )
    index, arrays = decode(folder, root, label_column="kind")
    assert index.class_names == ["cat", "dog"]
    assert sorted(arrays["train_labels"].tolist()) == [0, 0, 1, 1]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("in_folders", [True, False])
def test_a_folder_with_a_table_is_read_alike_however_it_is_named(tmp_path, root, form, in_folders):
    folder, labels = tmp_path / "f", {}
    for split in ("train", "test"):
        for number in range(4):  # the table says the opposite of the folders
            name = f"{'ab'[number % 2]}/{number}.png" if in_folders else f"{number}.png"
            put(folder / split / name, encoded(f"{split}{number}"))
            labels[name] = "ba"[number % 2]
        rows = [f"{name},{kind}" if form == "csv" else f'{{"file_name": "{name}", "kind": "{kind}"}}'
                for name, kind in labels.items()]  # fmt: skip
        head = ["file_name,kind"] if form == "csv" else []
        put(folder / split / f"metadata.{form}", "\n".join([*head, *rows, ""]).encode())
    assert refusal(folder, root) == refusal(f"folder:{folder}", root)
    assert f"holds test/metadata.{form}, a table of its images" in refusal(folder, root)
    first, second = (
        prepare(DataConfig(source=source, label_column="kind"), root) for source in (str(folder), f"folder:{folder}")
    )
    assert (first.digest, first.class_names, first.splits) == (second.digest, second.class_names, second.splits)
    assert first.class_names == ["a", "b"]
    _, arrays = decode(f"folder:{folder}", root, label_column="kind")
    assert arrays["train_labels"].tolist() == [1, 0, 1, 0]


def test_a_table_of_images_cannot_name_others(tmp_path, root):
    put(tmp_path / "secret.png", encoded("secret"))
    folder = described(tmp_path / "f", "0.png", "1.png", "../secret.png", "3.png")
    message = refusal(folder, root, label_column="kind")
    assert message.startswith("data.source: ")


def test_a_readme_beside_images_cannot_name_others(tmp_path, root):
    images(tmp_path / "secret", "cat", "dog")
    images(tmp_path / "f", "cat", "dog")
    put(tmp_path / "f/README.md", b"---\nconfigs:\n- config_name: default\n  data_files: ../secret/**\n---\n")
    assert "which are outside its folder" in refusal(tmp_path / "f", root)


def test_configurations_of_what_only_datasets_reads(tmp_path, root):
    for name in ("small", "large"):
        put(tmp_path / f"f/{name}.csv", b"text,label\na,0\nb,1\n")
    entries = "".join(f"- config_name: {name}\n  data_files: {name}.csv\n" for name in ("small", "large"))
    put(tmp_path / "f/README.md", f"---\nconfigs:\n{entries}---\n".encode())
    assert refusal(tmp_path / "f", root) == (
        f"data.config: {tmp_path}/f has several configurations: small, large; name one: data.config: small"
    )
    assert "data.image_column" in refusal(tmp_path / "f", root, config="small")


class FakeHub:
    """What the Hub's libraries answer about one data set, whose cells name files of the cache."""

    def __init__(self, path: Any, file: str = "hf://datasets/someone/pets@9f/data.parquet") -> None:
        self.path = str(path)
        self.config = SimpleNamespace(data_files={"train": [file]})
        self.is_prepared = False

    def load_dataset_builder(self, place: str, name: str | None) -> Any:
        return self

    def download_and_prepare(self) -> None:
        self.is_prepared = True

    def as_dataset(self) -> Any:
        import datasets

        cells = [{"bytes": encoded(str(number)), "path": None} for number in range(3)]
        columns = {"image": [*cells, {"bytes": None, "path": self.path}], "label": [0, 1, 0, 1]}
        features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=["a", "b"])})
        return {"train": datasets.Dataset.from_dict(columns, features=features)}


@pytest.fixture
def hub_cache(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)


@pytest.mark.parametrize(
    ("home", "is_read"),
    [
        ("hub/datasets--someone--pets/blobs", True),
        ("cache/downloads/extracted/ab", True),
        ("hub/datasets--me--private/blobs", False),
        ("hub", False),
        ("elsewhere", False),
    ],
)
def test_cells_of_the_hub_name_files_of_its_own_caches_alone(tmp_path, root, hub_cache, monkeypatch, home, is_read):
    import datasets

    path = tmp_path / home / "picture.png"
    put(path, encoded("picture"))
    if home.endswith("pets/blobs"):  # as the cache has it
        link = path.parent.parent / "snapshots/9f/picture.png"
        link.parent.mkdir(parents=True)
        link.symlink_to("../../blobs/picture.png")
        path = link
    monkeypatch.setattr(datasets, "load_dataset_builder", FakeHub(path).load_dataset_builder)
    if is_read:
        assert prepare(DataConfig(source="someone/pets"), root).splits["train"].num_images == 4
    else:
        assert "train row 3 names the file" in refusal("someone/pets", root)


@pytest.mark.parametrize(
    "file",
    ["/etc/passwd", "file:///etc/passwd", "hf://datasets/me/private@9f/a.parquet", "https://example.org/a.parquet"],
)
def test_a_readme_of_the_hub_cannot_name_other_files(root, tmp_path, hub_cache, monkeypatch, file):
    import datasets

    hub = FakeHub(tmp_path, file)
    monkeypatch.setattr(datasets, "load_dataset_builder", hub.load_dataset_builder)
    assert f"someone/pets names '{file}', which is no part of it" in refusal("someone/pets", root)
    assert not hub.is_prepared


def test_what_our_reading_of_a_readme_misses_datasets_tells(tmp_path, monkeypatch):
    images(tmp_path / "secret", "cat", "dog")
    images(tmp_path / "f", "cat", "dog")
    put(tmp_path / "f/README.md", b"---\nconfigs:\n- config_name: default\n  data_files: ../secret/**\n---\n")
    monkeypatch.setattr(kd.data.sources.tables.hub, "read_readme", lambda folder: None)
    with pytest.raises(InputError, match="which is no part of it; take another copy"):
        list_hub(DataConfig(source=str(tmp_path / "f")), tmp_path / "f")


def test_without_datasets_the_hub_is_out_of_reach(root, monkeypatch):
    monkeypatch.setattr(kd.data.sources.tables.hub, "_has_datasets", lambda: False)
    with pytest.raises(InputError, match="is on the Hub, which needs: pip install datasets"):
        prepare(DataConfig(source="someone/pets"), root)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("metadata.jsonl", '{"file_name": "0.png", "kind": "cat", "age": 3}\n', " with kind, age;"),
        ("metadata.csv", "file_name\n0.png\n", ", a table of its images; name"),
        ("metadata.csv", "", ", a table of its images; name"),
        ("metadata.jsonl", "5\n", ", a table of its images; name"),
    ],
)
def test_the_columns_of_a_table_of_images_are_named_where_it_has_some(tmp_path, root, name, text, said):
    put(tmp_path / "f/0.png", encoded("0"))
    (tmp_path / "f" / name).write_text(text)
    assert said in refusal(f"folder:{tmp_path / 'f'}", root)


def test_the_columns_of_a_parquet_table_of_images_are_named(tmp_path, root):
    put(tmp_path / "f/0.png", encoded("0"))
    pq.write_table(pa.table({"file_name": ["0.png"], "kind": ["cat"]}), tmp_path / "f/metadata.parquet")
    assert "a table of its images with kind; name" in refusal(f"folder:{tmp_path / 'f'}", root)
