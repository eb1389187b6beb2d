"""Sources of images without labels: each form that people have gives the same store; and what is refused."""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from kd.config import DataConfig
from kd.data.decoded.store import prepare_unlabeled
from kd.errors import InputError
from tests.kd.image_folders import COLOUR, GREY, picture, png, write_tree

NAMES = [f"{number:02d}.png" for number in range(len(GREY))]


def store(source, root, channels=1, **options):
    """The index of the store, and its images."""
    index = prepare_unlabeled(DataConfig(source=str(source), **options), root, channels)
    labels = np.load(root / index.digest / "unlabeled_labels.npy")
    assert (labels == -1).all()
    return index, np.load(root / index.digest / "unlabeled_images.npy")


def refused(source, root, channels=1, **options):
    with pytest.raises(InputError) as caught:
        store(source, root, channels, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def flat(folder, images=GREY):
    return write_tree(folder, dict(zip(NAMES, map(Image.fromarray, images), strict=True)))


def test_all_images_under_a_folder_are_meant_whatever_the_folders_are_called(tmp_path, root):
    first, images = store(f"folder:{flat(tmp_path / 'flat')}", root)
    np.testing.assert_array_equal(images[:, 0], GREY)
    places = ["train/cat/", "train/dog/", "test/cat/", "b/", ""]
    tree = {f"{places[n % 5]}{name}": Image.fromarray(GREY[n]) for n, name in enumerate(NAMES)}
    deep = write_tree(tmp_path / "deep", tree)
    (deep / "notes.txt").write_text("no image")
    write_tree(deep, {"b/.hidden/0.png": Image.fromarray(GREY[0])})
    (deep / "metadata.csv").write_text("file_name,label\n")
    for source in (f"folder:{deep}", deep):
        index, found = store(source, root)
        assert sorted(map(bytes, found)) == sorted(map(bytes, images))
        assert index.left_out == {".txt": 1, ".csv": 1, "hidden": 1}
    assert first.class_names == []


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_images_are_given_the_channels_of_the_labelled_ones(tmp_path, root, channels):
    index, images = store(f"folder:{flat(tmp_path / 'flat')}", root, channels)
    assert index.splits["unlabeled"].shape == (channels, 6, 5)
    for channel in range(channels):
        np.testing.assert_array_equal(images[:, channel], GREY)


def parquet(folder, name, columns):
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"{name}-00000-of-00001.parquet")


def cells(images):
    return pa.array([{"bytes": png(image), "path": None} for image in images])


def test_tables_need_no_labels_and_theirs_are_not_looked_at(tmp_path, root):
    expected, _ = store(f"folder:{flat(tmp_path / 'flat')}", root)
    parquet(tmp_path / "bare", "train", {"picture": cells(GREY)})
    parquet(
        tmp_path / "odd", "train", {"image": cells(GREY), "label": [None] * 12, "name": [str(n) for n in range(12)]}
    )
    parquet(tmp_path / "both", "train", {"image": cells(COLOUR)})
    parquet(tmp_path / "both", "unlabeled", {"image": cells(GREY)})
    for source in ("bare", "odd", "both"):
        assert store(tmp_path / source, root)[0].digest == expected.digest
    index, images = store(tmp_path / "both", root, splits={"train": "train"})
    assert images.shape == (12, 3, 6, 5)
    assert index.remarks == ["split unlabeled of 12 rows left out"]


def test_what_a_table_does_not_have_is_named(tmp_path, root):
    parquet(tmp_path / "two", "train", {"a": cells(GREY), "b": cells(GREY)})
    assert "2 columns of type Image; name one of: a, b" in refused(tmp_path / "two", root)
    assert "has no column 'c'; it has a, b" in refused(tmp_path / "two", root, image_column="c")
    assert store(tmp_path / "two", root, image_column="b")[1].shape[0] == 12
    assert "no split 'rest'" in refused(tmp_path / "two", root, splits={"train": "rest"})


FORMS = {
    "array": "GREY",
    "by_split": "{'train': COLOUR, 'unlabeled': GREY}",
    "list": "list(map(Image.fromarray, GREY))",
    "with_labels": "(GREY, [0] * 12, ['cat'])",
    "dataset": "Items(GREY)",
    "pairs": "Items([(image, 5) for image in GREY])",
    "mappings": "Items([{'image': image, 'id': 3} for image in GREY])",
}


class Items:
    """A data set without labels."""

    def __init__(self, items):
        self._items = items

    def __len__(self):
        return len(self._items)

    def __getitem__(self, row):
        return self._items[row]


@pytest.fixture
def function(tmp_path, monkeypatch):
    """Writes a user's module whose function returns an expression's value; gives the source."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(name, returned):
        (tmp_path / f"{name}.py").write_text(
            "import numpy as np\nfrom PIL import Image\nfrom tests.kd.image_folders import COLOUR, GREY\n"
            f"from tests.kd.data.sources.test_unlabeled import Items\n\n\ndef more():\n    return {returned}\n"
        )
        return f"{name}:more"

    yield write
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize("form", FORMS)
def test_a_function_gives_images_with_labels_or_without(function, root, form):
    index, images = store(function(f"more_{form}", FORMS[form]), root)
    np.testing.assert_array_equal(images[:, 0], GREY)
    assert index.class_names == []


def test_a_function_is_asked_for_images_and_nothing_random(function, root):
    assert "nobody knows how many images it has" in refused(function("more_number", "7"), root)
    assert "a split without images" in refused(function("more_none", "[]"), root)
    noise = "type('Noise', (Items,), {'__getitem__': lambda self, row: np.random.rand(6, 5)})([0])"
    assert "gives another image each time" in refused(function("more_noise", noise), root)


def test_another_array_is_another_store(function, root, tmp_path):
    one, _ = store(function("more_once", "GREY"), root)
    other, _ = store(
        function("more_twice", "np.concatenate([GREY, GREY[:0]]) * (np.arange(12) != 7)[:, None, None]"), root
    )
    assert one.digest != other.digest


# What people have.


def test_an_empty_folder_and_one_that_is_gone(tmp_path, root):
    (tmp_path / "empty" / "within").mkdir(parents=True)
    assert refused(f"folder:{tmp_path / 'empty'}", root).endswith("holds no images; give the folder that they lie in")
    (tmp_path / "empty" / "notes.txt").write_text("no image")
    assert refused(f"folder:{tmp_path / 'empty'}", root).endswith(
        "holds no images, only .txt 1; give the folder that they lie in"
    )
    assert "no folder" in refused(f"folder:{tmp_path / 'gone'}", root)
    assert "no folder" in refused(tmp_path / "gone", root)


def test_a_folder_that_vanished_after_it_was_decoded(tmp_path, root):
    source = flat(tmp_path / "flat")
    store(f"folder:{source}", root)
    for path in source.iterdir():
        path.unlink()
    source.rmdir()
    assert "no folder" in refused(f"folder:{source}", root)


def test_one_image_is_enough(tmp_path, root):
    write_tree(tmp_path / "one", {"a.png": picture()})
    assert store(f"folder:{tmp_path / 'one'}", root)[1].shape == (1, 1, 6, 5)


def test_damaged_images_are_named_or_left_out(tmp_path, root):
    folder = flat(tmp_path / "flat")
    (folder / "03.png").write_bytes(b"torn")
    assert "1 unreadable image(s): 03.png (not an image)" in refused(f"folder:{folder}", root)
    index, images = store(f"folder:{folder}", root, skip_corrupt=True)
    assert index.skipped == ["03.png"]
    np.testing.assert_array_equal(images[:, 0], np.delete(GREY, 3, axis=0))
    for path in folder.iterdir():
        path.write_bytes(b"torn")
    assert "no image of unlabeled is readable" in refused(f"folder:{folder}", root, skip_corrupt=True)


def test_sizes_are_equal_or_made_so(tmp_path, root):
    folder = write_tree(tmp_path / "mixed", {"a.png": picture(6, 5), "b.png": picture(9, 9)})
    assert "b.png is 9×9 but a.png is 5×6" in refused(f"folder:{folder}", root).replace(f"{folder}/", "")
    assert store(f"folder:{folder}", root, image_size=4)[1].shape == (2, 1, 4, 4)
    (folder / "c.png").unlink(missing_ok=True)
    Image.fromarray(np.zeros((4, 4), np.uint16)).save(folder / "c.png")
    assert "more than 8 bits a channel" in refused(f"folder:{folder}", root, image_size=4)
