"""Whatever the images come from, the store holds the same arrays; what cannot be used is named."""

import io
import os
import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kd.config import DataConfig
from kd.data.store import prepare
from kd.errors import InputError

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (12, 6, 5), dtype=np.uint8)  # height 6, width 5
COLOUR = RANDOM.integers(0, 256, (12, 6, 5, 3), dtype=np.uint8)


def write_folder(folder: Path, images, num_classes=2) -> Path:
    """One sub-folder a class, images dealt round, as PNG."""
    for position, image in enumerate(images):
        place = folder / f"class{position % num_classes}"
        place.mkdir(parents=True, exist_ok=True)
        picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
        picture.save(place / f"{position:03d}.png")
    return folder


def decode(source, root, **columns):
    """The store of a source, and its arrays by file name."""
    index = prepare(DataConfig(source=str(source), **columns), root)
    arrays = {path.stem: np.load(path) for path in (root / index.digest).glob("*.npy")}
    return index, arrays


def refusal(source, root, **columns):
    """The one line that a source is refused with; nothing may be left behind."""
    with pytest.raises(InputError) as caught:
        prepare(DataConfig(source=str(source), **columns), root)
    assert "\n" not in str(caught.value)
    assert not root.exists() or [path for path in root.rglob("*") if path.is_file()] == []
    return str(caught.value)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "stores"


def test_embedded_digits(store_root):
    index, arrays = decode("embedded:mnist5k", store_root)
    assert index.class_names == list("0123456789")
    assert index.splits["train"].num_images == 5000
    assert index.splits["train"].shape == (1, 28, 28)
    assert arrays["train_images"].dtype == np.uint8
    assert arrays["train_images"].shape == (5000, 1, 28, 28)
    assert arrays["train_images"].max() == 255
    assert arrays["train_labels"].dtype == np.int64
    assert np.bincount(arrays["train_labels"]).tolist() == [500] * 10
    assert index.digest == "d67362bb48a3e9f4"  # part of every run's name: it must not drift


def test_unknown_embedded_set(root):
    assert "there is embedded:mnist5k" in refusal("embedded:mnist", root)


def test_folder_of_grey_images(tmp_path, root):
    index, arrays = decode(f"folder:{write_folder(tmp_path / 'f', GREY)}", root)
    assert index.class_names == ["class0", "class1"]
    assert index.splits["train"].shape == (1, 6, 5)
    expected = np.concatenate([GREY[0::2], GREY[1::2]])[:, None]
    np.testing.assert_array_equal(arrays["train_images"], expected)
    assert arrays["train_labels"].tolist() == [0] * 6 + [1] * 6


def test_folder_of_colour_images(tmp_path, root):
    index, arrays = decode(f"folder:{write_folder(tmp_path / 'f', COLOUR)}", root)
    assert index.splits["train"].shape == (3, 6, 5)
    expected = np.concatenate([COLOUR[0::2], COLOUR[1::2]]).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(arrays["train_images"], expected)


def test_grey_beside_colour_is_repeated_to_three_channels(tmp_path, root):
    _, arrays = decode(f"folder:{write_folder(tmp_path / 'f', [GREY[0], COLOUR[1]])}", root)
    np.testing.assert_array_equal(arrays["train_images"][0], np.stack([GREY[0]] * 3))
    np.testing.assert_array_equal(arrays["train_images"][1], COLOUR[1].transpose(2, 0, 1))


def test_palette_alpha_and_two_tone_images(tmp_path, root):
    rgb = Image.fromarray(COLOUR[0])
    palette = rgb.quantize(8)
    alpha = rgb.copy()
    alpha.putalpha(255)
    grey_alpha = Image.merge("LA", [Image.fromarray(GREY[1]), Image.new("L", (5, 6), 255)])
    two_tone = Image.fromarray(GREY[3] > 127)
    assert [image.mode for image in (palette, alpha, grey_alpha, two_tone)] == ["P", "RGBA", "LA", "1"]
    folder = write_folder(tmp_path / "f", [palette, alpha, grey_alpha, two_tone])
    _, arrays = decode(f"folder:{folder}", root)
    first = [np.asarray(palette.convert("RGB")).transpose(2, 0, 1), np.stack([GREY[1]] * 3)]
    second = [COLOUR[0].transpose(2, 0, 1), np.stack([255 * (GREY[3] > 127)] * 3)]
    np.testing.assert_array_equal(arrays["train_images"], np.stack([*first, *second]))


def test_grey_with_alpha_alone_stays_one_channel(tmp_path, root):
    image = Image.merge("LA", [Image.fromarray(GREY[1]), Image.fromarray(GREY[2])])
    index, _ = decode(f"folder:{write_folder(tmp_path / 'f', [image, image])}", root)
    assert index.splits["train"].shape == (1, 6, 5)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32])
def test_more_than_8_bits_is_refused_and_not_turned_white(tmp_path, root, dtype):
    folder = write_folder(tmp_path / "f", GREY)
    Image.fromarray((GREY[0].astype(np.int64) * 257).astype(dtype)).save(folder / "class1" / "deep.tiff")
    message = refusal(f"folder:{folder}", root)
    assert "deep.tiff" in message
    assert "8 bits" in message


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_corrupt_images_are_counted_and_named(tmp_path, root, keep):
    folder = write_folder(tmp_path / "f", GREY)
    for name in ("class0/002.png", "class1/003.png"):
        path = folder / name
        path.write_bytes(path.read_bytes()[:keep])
    assert refusal(f"folder:{folder}", root) == (
        f"data.source: folder:{folder} has 2 unreadable image(s): class0/002.png, class1/003.png; "
        "mend or remove them, or set data.skip_corrupt: true"
    )


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # it remarks on what it then refuses or reads
@given(st.sampled_from(["PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF"]), st.data())
def test_damage_of_any_kind_is_an_input_error_or_still_an_image(tmp_path_factory, form, data):
    buffer = io.BytesIO()
    Image.fromarray(COLOUR[0]).save(buffer, form)
    content = bytearray(buffer.getvalue())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    base = tmp_path_factory.mktemp("damage")
    folder = write_folder(base / "f", COLOUR[:2])
    (folder / "class0" / f"bad.{form.lower()}").write_bytes(content)
    try:
        prepare(DataConfig(source=f"folder:{folder}"), base / "stores")
    except InputError as error:
        assert "bad." in str(error)


def test_an_absurd_size_is_an_unreadable_image(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    header = bytearray((folder / "class0" / "000.png").read_bytes())
    header[16:24] = (10**5).to_bytes(4, "big") * 2  # ten thousand million pixels in 100 bytes
    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    (folder / "class0" / "000.png").write_bytes(header)
    assert "1 unreadable image(s)" in refusal(f"folder:{folder}", root)


def test_missing_folder(tmp_path, root):
    assert refusal(f"folder:{tmp_path}/none", root) == f"data.source: no folder {tmp_path}/none"


def test_missing_hub_layout_folder(tmp_path, root):
    assert refusal(tmp_path / "none", root) == f"data.source: no folder {tmp_path}/none"


def test_folder_without_classes(tmp_path, root):
    assert "one sub-folder a class" in refusal(f"folder:{tmp_path}", root)


def test_empty_class(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / "class9").mkdir()
    (folder / "class9" / "notes.txt").write_text("none yet")
    assert refusal(f"folder:{folder}", root) == f"data.source: class folder {folder}/class9 holds no images"


def test_one_class(tmp_path, root):
    assert "has 1 class; a classifier needs at least 2" in refusal(
        f"folder:{write_folder(tmp_path / 'f', GREY, num_classes=1)}", root
    )


def test_sizes_that_differ_are_both_named(tmp_path, root):
    folder = write_folder(tmp_path / "f", [GREY[0], GREY[1], GREY[2][:, :4]])
    message = refusal(f"folder:{folder}", root)
    assert f"{folder}/class0/002.png is 4×6" in message
    assert f"{folder}/class0/000.png is 5×6" in message
    assert "set data.image_size" in message


def test_hidden_folders_and_other_files_are_passed_over(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    (folder / ".thumbnails").mkdir()
    (folder / "README.txt").write_text("x")
    (folder / "class0" / "README.txt").write_text("x")
    index, _ = decode(f"folder:{folder}", root)
    assert index.class_names == ["class0", "class1"]


def test_a_changed_file_is_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    before, _ = decode(f"folder:{folder}", root)
    path = folder / "class0" / "000.png"
    stamp = path.stat().st_mtime_ns
    Image.fromarray(255 - GREY[0]).save(path)
    os.utime(path, ns=(stamp + 10**9, stamp + 10**9))
    after, arrays = decode(f"folder:{folder}", root)
    assert after.digest != before.digest
    np.testing.assert_array_equal(arrays["train_images"][0, 0], 255 - GREY[0])


def test_an_unchanged_source_is_not_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    before, _ = decode(f"folder:{folder}", root)
    path = folder / "class0" / "000.png"
    stat = path.stat()
    path.write_bytes(b"\0" * stat.st_size)  # not an image any more, but of the same size and time
    os.utime(path, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
    assert prepare(DataConfig(source=f"folder:{folder}"), root) == before


def test_a_lost_or_damaged_store_is_decoded_again(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    before, arrays = decode(f"folder:{folder}", root)
    (root / before.digest / "index.json").write_text("{")
    after, again = decode(f"folder:{folder}", root)
    assert after == before
    shutil.rmtree(root / before.digest)
    assert decode(f"folder:{folder}", root)[0] == before
    np.testing.assert_array_equal(arrays["train_images"], again["train_images"])


def test_the_same_content_in_two_places_has_one_digest(tmp_path, root):
    one, _ = decode(f"folder:{write_folder(tmp_path / 'one', GREY)}", root)
    other, _ = decode(f"folder:{write_folder(tmp_path / 'other', GREY)}", root)
    assert one.digest == other.digest
    assert sorted(path.name for path in root.iterdir()) == sorted([one.digest, "sources"])


def test_digest_depends_on_pixels_labels_and_class_names(tmp_path, root):
    def digest(name, images, rename=False):
        folder = write_folder(tmp_path / name, images)
        if rename:
            (folder / "class1").rename(folder / "other")
        return decode(f"folder:{folder}", root)[0].digest

    flipped = [GREY[1], GREY[0], *GREY[2:]]
    assert len({digest("a", GREY), digest("b", flipped), digest("c", GREY, rename=True), digest("d", GREY[:10])}) == 4


# The Hub's layout, from local files.


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Writes parquet files as a Hub data set holds them; gives the folder."""
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "hub"

    def write(label_type=None, **splits):
        for split, (images, labels) in splits.items():
            cells = [None if image is None else {"bytes": png(image), "path": None} for image in images]
            features = {"image": datasets.Image(), "label": label_type or datasets.ClassLabel(names=["cat", "dog"])}
            table = datasets.Dataset.from_dict(
                {"image": cells, "label": list(labels)}, features=datasets.Features(features)
            )
            (folder / "data").mkdir(parents=True, exist_ok=True)
            table.to_parquet(str(folder / "data" / f"{split}-00000-of-00001.parquet"))
        return folder

    datasets.disable_progress_bars()
    return write


def png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def test_hub_layout(hub, root):
    folder = hub(train=(GREY[:8], [0, 1] * 4), test=(GREY[8:], [1, 0] * 2))
    index, arrays = decode(folder, root)
    assert index.class_names == ["cat", "dog"]
    assert {split: size.num_images for split, size in index.splits.items()} == {"train": 8, "test": 4}
    np.testing.assert_array_equal(arrays["train_images"], GREY[:8, None])
    np.testing.assert_array_equal(arrays["test_images"], GREY[8:, None])
    assert arrays["train_labels"].tolist() == [0, 1] * 4
    assert arrays["test_labels"].tolist() == [1, 0] * 2


def test_hub_layout_changed_on_disk_is_decoded_again(hub, root):
    folder = hub(train=(GREY[:8], [0, 1] * 4))
    before, _ = decode(folder, root)
    path = folder / "data" / "train-00000-of-00001.parquet"
    stamp = path.stat().st_mtime_ns
    hub(train=(255 - GREY[:8], [0, 1] * 4))
    os.utime(path, ns=(stamp + 10**9, stamp + 10**9))
    after, arrays = decode(folder, root)
    assert after.digest != before.digest
    np.testing.assert_array_equal(arrays["train_images"], 255 - GREY[:8, None])


def test_hub_layout_label_outside_the_classes(hub, root):
    import datasets

    folder = hub(train=(GREY[:4], [0, 1, 0, 1]), test=(GREY[4:6], [0, -1]))
    assert "test has a label outside 0…1" in refusal(folder, root)
    shutil.rmtree(folder)
    folder = hub(train=(GREY[:4], [0, 1, -1, 1]), label_type=datasets.Value("int64"))
    assert "train has a label outside 0…1" in refusal(folder, root, label_column="label")


def test_hub_layout_class_without_training_image(hub, root):
    assert "class 'dog' has no training image" in refusal(hub(train=(GREY[:4], [0] * 4)), root)


def test_hub_layout_integer_labels_without_names(hub, root):
    import datasets

    folder = hub(train=(GREY[:6], [0, 1, 2] * 2), label_type=datasets.Value("int64"))
    message = refusal(folder, root)
    assert "data.label_column" in message
    assert "name one of: image, label" in message
    assert decode(folder, root, label_column="label")[0].class_names == ["0", "1", "2"]


def test_hub_layout_labels_that_are_words(hub, root):
    import datasets

    folder = hub(train=(GREY[:2], ["cat", "dog"]), label_type=datasets.Value("string"))
    message = refusal(folder, root, label_column="label")
    assert "data.label_column: train holds 'cat'" in message


def test_hub_layout_row_without_label(hub, root):
    folder = hub(train=(GREY[:3], [0, 1, None]))
    assert "data.label_column: train holds None" in refusal(folder, root)


def test_hub_layout_row_without_image(hub, root):
    folder = hub(train=([GREY[0], None, GREY[2]], [0, 1, 0]))
    assert "1 unreadable image(s): train row 1; mend" in refusal(folder, root)


def test_hub_layout_wrong_column_lists_the_columns(hub, root):
    folder = hub(train=(GREY[:4], [0, 1, 0, 1]))
    assert refusal(folder, root, image_column="img") == (
        f"data.image_column: {folder} has no column 'img'; it has image, label"
    )


def test_hub_layout_test_images_of_another_size(hub, root):
    folder = hub(train=(GREY[:4], [0, 1, 0, 1]), test=(GREY[4:6, :, :4], [0, 1]))
    assert "test images are 4×6 but those of train 5×6; set data.image_size" in refusal(folder, root)


def test_hub_layout_without_train_split(hub, root):
    assert "data.image_column" in refusal(hub(test=(GREY[:4], [0, 1, 0, 1])), root)


def test_a_folder_that_is_no_data_set(tmp_path, root):
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "a.bin").write_bytes(b"\0")
    message = refusal(tmp_path / "junk", root)
    assert message.startswith(f"data.source: cannot load {tmp_path}/junk: ")
    assert "folder:PATH" in message
