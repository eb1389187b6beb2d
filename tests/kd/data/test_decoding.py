"""A user's own folder: splits, sizes, modes, cameras' orientation, damage; and memory that stays flat."""

import io
import subprocess
import sys
import zlib
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kd.config import DataConfig
from kd.data import decoding
from kd.data.decoded.store import prepare
from kd.data.decoding import decode_image
from kd.errors import InputError
from tests.kd.image_folders import COLOUR, GREY, decode, decode_folder, picture, refusal, write_folder, write_tree

# Splits.


# Sizes.


@pytest.mark.parametrize(("size", "shape"), [(4, (1, 4, 4)), ([4, 7], (1, 4, 7))])
def test_any_sizes_become_the_asked_one(tmp_path, root, size, shape):
    tree = {"a/0.png": picture(8, 6), "a/1.png": picture(30, 9), "b/0.png": picture(4, 4), "b/1.png": picture(3, 50)}
    index, arrays = decode_folder(write_tree(tmp_path / "f", tree), root, image_size=size)
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


@pytest.mark.parametrize(("side", "size"), [(450, 224), (450, 112), (7, 100), (84, 300), (29, 28)])
def test_a_side_whose_share_is_no_binary_fraction_is_resized_whole(side, size):
    assert size * (side / size) > side  # or it would be no such side
    square = Image.effect_noise((side, side), 50)
    expected = np.asarray(square.resize((size, size), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(decode_image(encoded(square), (size, size)), expected)
    assert decode_image(encoded(square.crop((0, 0, side, side + 6))), (size, size)).shape == (size, size)


def test_shrinking_averages_instead_of_picking_pixels():
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))
    small = decode_image(encoded(Image.fromarray(stripes)), (8, 8))
    assert abs(small.astype(int) - 127).max() < 24  # without antialiasing: 0 or 255


@pytest.mark.parametrize("size", [0, [3, -1], [4], 5000])
def test_sizes_that_cannot_be(size):
    with pytest.raises(ValueError, match="image_size"):
        DataConfig(source="x", image_size=size)


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


def test_the_limit_of_pixels_is_the_users_to_raise(tmp_path, root):
    folder = write_folder(tmp_path / "f", GREY)
    message = refusal(f"folder:{folder}", root, max_pixels=29)
    assert "12 unreadable image(s)" in message
    assert "000.png and 11 more (more than 29 pixels; make it smaller, or raise data.max_pixels)" in message
    assert decode(f"folder:{folder}", root, max_pixels=30)[0].splits["train"].num_images == 12


def test_pillows_own_limit_is_raised_with_it_and_put_back(tmp_path, root, monkeypatch):
    folder = write_folder(tmp_path / "f", GREY)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert decode(f"folder:{folder}", root)[0].splits["train"].num_images == 12
    assert Image.MAX_IMAGE_PIXELS == 10


@pytest.mark.parametrize(("large", "is_alone"), [(29, True), (30, False)])
def test_large_images_are_decoded_one_at_a_time(tmp_path, root, monkeypatch, large, is_alone):
    held = []
    decoded = decoding._decoded_pixels
    monkeypatch.setattr(decoding, "_LARGE_PIXELS", large)
    monkeypatch.setattr(
        decoding, "_decoded_pixels", lambda *args: (held.append(decoding._ONE_AT_A_TIME.locked()), decoded(*args))[1]
    )
    decode(f"folder:{write_folder(tmp_path / 'f', GREY)}", root)
    assert held == [is_alone] * 12


def test_a_task_of_large_images_holds_few_of_them(monkeypatch):
    monkeypatch.setattr(decoding, "COPY_BYTES", 59)  # two images of 30 bytes
    began = []

    def read(number):
        began.append(number)
        return encoded(Image.fromarray(GREY[number]))

    images = [decoding.Encoded(str(number), partial(read, number)) for number in range(12)]
    rows = decoding._decode_in_order(images, None, 100)
    assert next(rows)[0] == "0"
    assert began == [0, 1]
    assert [name for name, _ in rows] == [str(number) for number in range(1, 12)]
    assert began == list(range(12))
