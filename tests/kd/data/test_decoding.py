"""A user's own folder: splits, sizes, modes, cameras' orientation, damage; and memory that stays flat."""

import io
import logging
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from kd.config import DataConfig
from kd.data.decoding import decode_image
from kd.data.store import prepare
from kd.errors import InputError
from kd.records import StoreIndex

RANDOM = np.random.default_rng(1)


def picture(height=6, width=5, *channels):
    return Image.fromarray(RANDOM.integers(0, 256, (height, width, *channels), dtype=np.uint8))


def write(folder, tree):
    """Images by path."""
    for name, image in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.save(folder / name)
    return folder


def decode(folder, root, **options):
    index = prepare(DataConfig(source=f"folder:{folder}", **options), root)
    return index, {path.stem: np.load(path) for path in (root / index.digest).glob("*.npy")}


def refusal(folder, root, **options):
    with pytest.raises(InputError) as caught:
        decode(folder, root, **options)
    assert "\n" not in str(caught.value)
    assert not root.exists() or list(root.rglob("*.npy")) == []
    return str(caught.value)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "stores"


# Splits.


@pytest.mark.parametrize("val", ["val", "validation"])
def test_folders_named_as_splits_are_the_splits(tmp_path, root, val):
    paths = [f"{split}/{name}/0.png" for split in ("train", val, "test") for name in ("cat", "dog")]
    tree = {place: picture() for place in paths}
    index, arrays = decode(write(tmp_path / "f", tree), root)
    assert index.class_names == ["cat", "dog"]
    assert sorted(index.splits) == ["test", "train", "val"]
    for split, place in (("train", "train"), ("val", val), ("test", "test")):
        np.testing.assert_array_equal(arrays[f"{split}_images"][1, 0], np.asarray(tree[f"{place}/dog/0.png"]))
        assert arrays[f"{split}_labels"].tolist() == [0, 1]


def test_train_alone_may_have_its_own_folder(tmp_path, root):
    folder = write(tmp_path / "f", {f"train/{name}/0.png": picture() for name in "ab"})
    assert decode(folder, root)[0].class_names == ["a", "b"]


def test_a_class_may_be_called_train(tmp_path, root):
    folder = write(tmp_path / "f", {f"{name}/0.png": picture() for name in ("train", "car")})
    assert decode(folder, root)[0].class_names == ["car", "train"]


def test_class_folders_must_agree_across_splits(tmp_path, root):
    names = ["train/a/0.png", "train/b/0.png", "test/a/0.png", "test/c/0.png"]
    folder = write(tmp_path / "f", {name: picture() for name in names})
    assert refusal(folder, root) == (
        f"data.source: {folder}/test and {folder}/train must have the same class folders; only one of them has b, c"
    )


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["train/a/0.png", "test/a/0.png", "more/a/0.png"], "beside them more"),
        (["val/a/0.png", "test/a/0.png"], "but no train"),
        (["train/a/0.png", "val/a/0.png", "validation/a/0.png"], "both val and validation"),
        (["train/0.png", "test/0.png"], "train has no sub-folders"),
    ],
)
def test_layouts_that_could_mean_two_things_are_refused(tmp_path, root, names, reason):
    assert reason in refusal(write(tmp_path / "f", {name: picture() for name in names}), root)


def test_grey_train_beside_colour_test_becomes_colour(tmp_path, root):
    tree = {"train/a/0.png": picture(), "train/b/0.png": picture()}
    tree |= {"test/a/0.png": picture(6, 5, 3), "test/b/0.png": picture(6, 5, 3)}
    _, arrays = decode(write(tmp_path / "f", tree), root)
    np.testing.assert_array_equal(arrays["train_images"][0], np.stack([np.asarray(tree["train/a/0.png"])] * 3))
    np.testing.assert_array_equal(arrays["test_images"][0], np.asarray(tree["test/a/0.png"]).transpose(2, 0, 1))


# Sizes.


@pytest.mark.parametrize(("size", "shape"), [(4, (1, 4, 4)), ([4, 7], (1, 4, 7))])
def test_any_sizes_become_the_asked_one(tmp_path, root, size, shape):
    tree = {"a/0.png": picture(8, 6), "a/1.png": picture(30, 9), "b/0.png": picture(4, 4), "b/1.png": picture(3, 50)}
    index, arrays = decode(write(tmp_path / "f", tree), root, image_size=size)
    assert index.splits["train"].shape == shape
    if size == 4:
        np.testing.assert_array_equal(arrays["train_images"][2, 0], np.asarray(tree["b/0.png"]))  # of that size already


def encoded(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def test_the_shorter_side_is_resized_and_the_centre_kept():
    wide = picture(4, 8)
    np.testing.assert_array_equal(decode_image(encoded(wide), (4, 4)), np.asarray(wide)[:, 2:6])
    smaller = np.asarray(wide.resize((4, 2), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(decode_image(encoded(wide), (2, 2)), smaller[:, 1:3])
    tall = wide.transpose(Image.Transpose.TRANSPOSE)
    np.testing.assert_array_equal(decode_image(encoded(tall), (2, 2)), smaller[:, 1:3].T)


def test_shrinking_averages_instead_of_picking_pixels():
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))
    small = decode_image(encoded(Image.fromarray(stripes)), (8, 8))
    assert abs(small.astype(int) - 127).max() < 24  # without antialiasing: 0 or 255


@pytest.mark.parametrize("size", [0, [3, -1], [4], 5000])
def test_sizes_that_cannot_be(size):
    with pytest.raises(ValueError, match="image_size"):
        DataConfig(source="x", image_size=size)


def test_a_size_is_part_of_what_is_remembered(tmp_path, root):
    folder = write(tmp_path / "f", {f"{name}/0.png": picture(8, 8) for name in "ab"})
    digests = {decode(folder, root, **options)[0].digest for options in ({}, {"image_size": 4}, {"image_size": [4, 4]})}
    assert len(digests) == 2


# Modes.


def test_transparency_is_laid_over_white():
    colour = Image.new("RGBA", (1, 2))
    colour.putdata([(10, 20, 30, 0), (10, 20, 30, 255)])
    assert decode_image(encoded(colour)).tolist() == [[[255] * 3], [[10, 20, 30]]]
    half = Image.merge("LA", [Image.new("L", (1, 1), 0), Image.new("L", (1, 1), 51)])
    assert decode_image(encoded(half)).tolist() == [[204]]


def test_a_transparent_entry_of_a_palette_is_white():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.putdata([0, 1])
    assert decode_image(encoded(image, transparency=0)).tolist() == [[[255] * 3, [9] * 3]]


def test_cmyk_becomes_rgb():
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    red = decode_image(encoded(image, "JPEG", quality=100))
    assert red.shape == (8, 8, 3)
    assert red[..., 0].min() > 250
    assert red[..., 1:].max() < 5


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_images_are_turned_upright(orientation, form):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(picture(3, 2), form, exif=exif)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
    np.testing.assert_array_equal(decode_image(content), expected)
    assert expected.shape == ((3, 2) if orientation < 5 else (2, 3))


# Damage.


def damaged_folder(folder, num_damaged):
    tree = {f"{name}/{number:02d}.png": picture() for name in "ab" for number in range(10)}
    write(folder, tree)
    for number in range(num_damaged):
        (folder / f"b/{number:02d}.png").write_bytes(b"not an image")
    return folder, tree


def test_many_damaged_images_are_counted_and_five_are_named(tmp_path, root):
    message = refusal(damaged_folder(tmp_path / "f", 7)[0], root)
    assert "7 unreadable image(s): b/00.png, b/01.png, b/02.png, b/03.png, b/04.png and 2 more; " in message
    assert "data.skip_corrupt: true" in message


def test_damaged_images_are_left_out_and_recorded_when_asked(tmp_path, root, caplog):
    folder, tree = damaged_folder(tmp_path / "f", 2)
    index, arrays = decode(folder, root, skip_corrupt=True)
    assert index.skipped == ["b/00.png", "b/01.png"]
    assert StoreIndex.model_validate_json((root / index.digest / "index.json").read_text()).skipped == index.skipped
    assert arrays["train_labels"].tolist() == [0] * 10 + [1] * 8
    np.testing.assert_array_equal(arrays["train_images"][10, 0], np.asarray(tree["b/02.png"]))
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert prepare(DataConfig(source=f"folder:{folder}", skip_corrupt=True), root) == index  # from its pointer
    assert "left out 2 unreadable image(s)" in caplog.text
    with pytest.raises(InputError, match=r"2 unreadable image\(s\)"):
        decode(folder, root)


def test_what_was_left_out_is_no_part_of_the_digest(tmp_path, root):
    folder, _ = damaged_folder(tmp_path / "f", 2)
    with_them, _ = decode(folder, root, skip_corrupt=True)
    for name in with_them.skipped:
        (folder / name).unlink()
    without, _ = decode(folder, root)
    assert without.digest == with_them.digest
    assert without.skipped == []


def test_a_class_that_loses_all_its_images_is_an_error(tmp_path, root):
    assert "class 'b' has no training image" in refusal(damaged_folder(tmp_path / "f", 10)[0], root, skip_corrupt=True)


def test_a_split_that_loses_all_its_images_is_an_error(tmp_path, root):
    folder = write(tmp_path / "f", {f"{split}/{name}/0.png": picture() for split in ("train", "test") for name in "ab"})
    for name in "ab":
        (folder / f"test/{name}/0.png").write_bytes(b"")
    assert "no image of test is readable" in refusal(folder, root, skip_corrupt=True)


# Memory.

MEASURE = """
import resource, sys
from pathlib import Path
import numpy as np, PIL.Image
from kd.data.decoding import Encoded, decode_to_file
import io
def content(number):
    buffer = io.BytesIO()
    PIL.Image.new("RGB" if number > 100 else "L", (256, 256), number % 200).save(buffer, "PNG")
    return buffer.getvalue()
names = (Encoded(str(number), lambda number=number: content(number)) for number in range(1600))
for _ in range(2):
    decode_to_file([Encoded("x", lambda: content(7))], 1, None, Path(sys.argv[1]))
before = int(next(l for l in open("/proc/self/status") if l.startswith("RssAnon")).split()[1])
decode_to_file(names, 1600, None, Path(sys.argv[1]))
after = int(next(l for l in open("/proc/self/status") if l.startswith("RssAnon")).split()[1])
print((after - before) // 1024, Path(sys.argv[1]).stat().st_size // 2**20)
"""


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_data(tmp_path):
    out = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "x.npy")],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    grown_mib, file_mib = map(int, out.split())
    assert file_mib == 300
    assert grown_mib < 80
