"""Data by import path: every form that a function may return gives the same store, and what is wrong is one line."""

import sys

import numpy as np
import pytest
import torch
from PIL import Image

from kd.config import DataConfig
from kd.data.decoded.store import prepare, prepare_unlabeled
from kd.data.sources import list_source
from kd.errors import InputError

COLOUR = np.random.default_rng(0).integers(0, 256, (12, 6, 5, 3), np.uint8)
LABELS = np.arange(12) % 3
NAMES = ["ant", "bee", "cat"]
HEAD = """
import numpy as np, torch
from PIL import Image
from tests.kd.data.sources.test_python import COLOUR, LABELS, NAMES, Pairs
"""
FORMS = {
    "arrays": "(COLOUR, LABELS, NAMES)",
    "channels_first": "(COLOUR.transpose(0, 3, 1, 2), LABELS.tolist(), NAMES)",
    "tensors": "(torch.from_numpy(COLOUR.transpose(0, 3, 1, 2).copy()), torch.from_numpy(LABELS), NAMES)",
    "fractions": "(COLOUR / 255, LABELS, NAMES)",
    "whole_numbers": "(COLOUR.astype(int), LABELS, NAMES)",
    "pictures": "([Image.fromarray(image) for image in COLOUR], LABELS, NAMES)",
    "dataset": "Pairs(list(map(Image.fromarray, COLOUR)), LABELS.tolist())",
    "dataset_of_tensors": "Pairs(torch.from_numpy(COLOUR).permute(0, 3, 1, 2) / 255, torch.from_numpy(LABELS))",
    "mappings": "Pairs(COLOUR, LABELS, as_mapping=True)",
    "subset": "torch.utils.data.Subset(Pairs(COLOUR, LABELS), range(12))",
}


class Pairs(torch.utils.data.Dataset):
    """As torchvision's data sets are."""

    classes = NAMES

    def __init__(self, images, labels, as_mapping=False):
        self.images, self.labels, self.as_mapping = images, labels, as_mapping

    def __len__(self):
        return len(self.images)

    def __getitem__(self, row):
        if self.as_mapping:
            return {"image": self.images[row], "label": self.labels[row], "id": row}
        return self.images[row], self.labels[row]


class Coarse(Pairs):
    """As CIFAR-100's with ten classes made one: ``targets`` are the finer labels that it was read with."""

    classes = None

    def __init__(self, target_transform=None, to=None):
        super().__init__(COLOUR, LABELS)
        self.targets, self.target_transform, self.to = LABELS.tolist(), target_transform, to

    def __getitem__(self, row):
        image, label = super().__getitem__(row)
        return image, self.to[label] if self.to else self.target_transform(label)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a user's module; gives its name."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(name, returned, head=HEAD):
        path = tmp_path / f"users_{name}.py"
        path.write_text(f"{head}\ndef data():\n    return {returned}\n")
        sys.modules.pop(f"users_{name}", None)
        return f"users_{name}:data"

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("users_"):
            del sys.modules[name]


def refusal(source, **changes):
    with pytest.raises(InputError) as refused:
        list_source(DataConfig(source=source, **changes))
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_store(module, tmp_path, form):
    source = module(form, f"{{'train': {FORMS[form]}, 'test': {FORMS[form]}}}")
    index = prepare(DataConfig(source=source), tmp_path / "store")
    stored = np.load(tmp_path / "store" / index.digest / "test_images.npy")
    np.testing.assert_array_equal(stored, COLOUR.transpose(0, 3, 1, 2))
    assert np.load(tmp_path / "store" / index.digest / "train_labels.npy").tolist() == LABELS.tolist()
    assert index.class_names == NAMES


@pytest.mark.parametrize("way", ["target_transform=lambda label: label // 2", "to=[0, 0, 1]"])
def test_labels_that_a_data_set_changes_on_the_way_are_its_items(module, tmp_path, way):
    source = module("coarse", f"Coarse({way})", f"{HEAD}\nfrom tests.kd.data.sources.test_python import Coarse")
    index = prepare(DataConfig(source=source), tmp_path / "store")
    assert np.load(tmp_path / "store" / index.digest / "train_labels.npy").tolist() == (LABELS // 2).tolist()
    assert index.splits["train"].num_images == 12


@pytest.mark.parametrize(
    ("mode", "shape"),
    [("PA", (3, 6, 5)), ("La", (1, 6, 5)), ("RGBa", (3, 6, 5)), ("RGBX", (3, 6, 5)), ("F", None), ("I", None)],
)
def test_pictures_of_every_mode_are_read_or_refused(module, tmp_path, mode, shape):
    through = {"PA": ".quantize().convert('PA')", "La": ".convert('LA').convert('La')"}
    made = f"Image.fromarray(image){through.get(mode, f'.convert({mode!r})')}"
    if mode == "RGBa":
        made = "Image.fromarray(image).convert('RGBA').convert('RGBa')"
    source = module(f"mode_{mode}", f"([{made} for image in COLOUR], LABELS, NAMES)")
    if shape is not None:
        assert prepare(DataConfig(source=source), tmp_path / "store").splits["train"].shape == shape
        return
    with pytest.raises(InputError, match=rf"train image 0 cannot be read \(OSError: .*mode {mode} .*\); convert it"):
        prepare(DataConfig(source=source), tmp_path / "store")


def test_a_data_set_of_hugging_face(module, tmp_path):
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=NAMES)})
    rows = {"image": list(map(Image.fromarray, COLOUR)), "label": LABELS.tolist()}
    split = datasets.Dataset.from_dict(rows, features=features)
    datasets.DatasetDict({"train": split, "validation": split}).save_to_disk(str(tmp_path / "saved"))
    source = module("hugging", f"datasets.load_from_disk({str(tmp_path / 'saved')!r})", "import datasets")
    index = prepare(DataConfig(source=source), tmp_path / "store")
    stored = np.load(tmp_path / "store" / index.digest / "val_images.npy")
    np.testing.assert_array_equal(stored, COLOUR.transpose(0, 3, 1, 2))
    assert index.class_names == NAMES


def test_grey_images_have_one_channel_and_one_split_will_do(module, tmp_path):
    source = module("grey", "(COLOUR[:, :, :, 0], ['b', 'a'] * 6)")
    index = prepare(DataConfig(source=source), tmp_path / "store")
    assert index.splits["train"].shape == (1, 6, 5)
    assert index.class_names == ["a", "b"]
    assert index.remarks == ["classes are the words in 'labels', sorted"]


def test_splits_that_are_not_taken_are_said(module, tmp_path):
    split = "(COLOUR, LABELS, NAMES)"
    source = module("more", f"{{'train': {split}, 'extra': {split}}}")
    assert prepare(DataConfig(source=source), tmp_path / "store").remarks == ["split extra left out"]
    assert prepare_unlabeled(DataConfig(source=source), tmp_path / "store", 3).remarks == ["split train left out"]


def test_images_of_mixed_sizes_are_brought_to_one(module, tmp_path):
    source = module("mixed", "([image[: 4 + row % 2] for row, image in enumerate(COLOUR)], LABELS, NAMES)")
    assert prepare(DataConfig(source=source, image_size=4), tmp_path / "store").splits["train"].shape == (3, 4, 4)
    whole = module("whole", "(COLOUR, LABELS, NAMES)")
    assert prepare(DataConfig(source=whole, image_size=4), tmp_path / "store").splits["train"].shape == (3, 4, 4)


def test_images_may_be_files_by_path_or_by_content(module, tmp_path):
    for row, image in enumerate(COLOUR):
        Image.fromarray(image).save(tmp_path / f"{row}.png")
    paths = f"[Path({str(tmp_path)!r}) / f'{{row}}.png' for row in range(12)]"
    head = f"{HEAD}\nfrom pathlib import Path"
    digests = set()
    for name, images in {
        "paths": paths,
        "names": f"list(map(str, {paths}))",
        "content": f"[p.read_bytes() for p in {paths}]",
    }.items():
        source = module(name, f"({images}, LABELS, NAMES)", head)
        digests.add(prepare(DataConfig(source=source), tmp_path / "store").digest)
    assert len(digests) == 1
    source = module("paths", f"({paths}, LABELS, NAMES)", head)
    Image.fromarray(COLOUR[1] // 2).save(tmp_path / "0.png")
    assert prepare(DataConfig(source=source), tmp_path / "store").digest not in digests
    (tmp_path / "3.png").unlink()
    with pytest.raises(InputError, match=r"train image 3 is the file .*3.png: No such file or directory"):
        prepare(DataConfig(source=source), tmp_path / "store")


def test_a_store_of_an_earlier_way_of_reading_is_made_anew_and_has_its_name(module, tmp_path, monkeypatch):
    source = module("version", "(COLOUR, LABELS, NAMES)")
    monkeypatch.setattr("kd.data.sources.python.READER_VERSION", 1)
    before = prepare(DataConfig(source=source), tmp_path / "store")
    monkeypatch.undo()
    monkeypatch.syspath_prepend(tmp_path)
    assert prepare(DataConfig(source=source), tmp_path / "store").digest == before.digest
    assert len(list((tmp_path / "store" / "sources").iterdir())) == 2


def test_other_data_make_another_store_and_the_same_are_not_read_again(module, tmp_path):
    first = module("changing", "(COLOUR, LABELS, NAMES)")
    before = prepare(DataConfig(source=first), tmp_path / "store").digest
    assert prepare(DataConfig(source=first), tmp_path / "store").digest == before
    assert (
        prepare(DataConfig(source=module("changing", "(COLOUR // 2, LABELS, NAMES)")), tmp_path / "store").digest
        != before
    )
    (tmp_path / "pixels.npy").write_bytes(b"")
    np.save(tmp_path / "pixels.npy", COLOUR)
    loading = module("loading", f"(np.load({str(tmp_path / 'pixels.npy')!r}), LABELS, NAMES)")
    assert prepare(DataConfig(source=loading), tmp_path / "store").digest == before
    np.save(tmp_path / "pixels.npy", COLOUR // 3)
    assert prepare(DataConfig(source=loading), tmp_path / "store").digest != before


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("1 / 0", "() failed: ZeroDivisionError: division by zero"),
        ("None", "is a NoneType, and nobody knows how many images it has; wanted is {'train': (images, labels, class"),
        ("{}", "() returned a dict; wanted is {'train':"),
        ("{1: (COLOUR, LABELS)}", "() returned a dict; wanted is {'train':"),
        ("iter([(COLOUR[0], 1)])", "nobody knows how many images it has"),
        ("{'fold1': (COLOUR, LABELS)}", "but no train; say which it is: data.splits: {train: fold1}"),
        ("(COLOUR, None)", "train has ndarray and NoneType for images and labels; wanted are arrays or lists"),
        ("(COLOUR, LABELS[:5])", "train has 12 images and 5 labels"),
        ("(COLOUR, LABELS / 2)", "train row 0 holds 0.0 in 'labels'; labels must be whole numbers"),
        ("(COLOUR, LABELS + 7, NAMES)", "train has a label outside 0…2: 7"),
        ("(COLOUR / 127 - 1, LABELS)", "leave Normalize out of its transform"),
        ("(COLOUR.reshape(12, 90), LABELS)", "is of shape [90]; an image is [height, width], or has 1 or 3 channels"),
        ("[COLOUR[0]] * 5", "item 0 is a ndarray; wanted is (image, label)"),
        ("Pairs([1, 2], [0, 1])", "train image 0 is of shape []; an image is [height, width]"),
        ("Pairs([COLOUR[0], None], [0])", "train item 1 failed: IndexError: list index out of range"),
        (
            "{'train': (COLOUR, LABELS, NAMES), 'test': (COLOUR, LABELS, ['x', 'y', 'z'])}",
            "names other classes in test than in train",
        ),
    ],
)
def test_what_a_function_may_not_return(module, tmp_path, returned, message):
    source = module("bad", returned)
    with pytest.raises(InputError) as refused:
        prepare(DataConfig(source=source), tmp_path / "store")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_random_images_have_no_name(module):
    source = module(
        "random",
        "Pairs(Noise(), LABELS)",
        HEAD
        + """
class Noise:
    def __len__(self): return 12
    def __getitem__(self, row): return np.random.default_rng().integers(0, 256, (4, 4), np.uint8)
""",
    )
    assert "another image each time that it is asked for item 0; take what is random out" in refusal(source)


def test_what_cannot_be_imported_is_said_with_where_it_was_looked_for(module, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    message = refusal("nowhere.data:pets")
    assert "data.source: cannot import nowhere.data:pets: ModuleNotFoundError: No module named 'nowhere'; " in message
    assert "on PYTHONPATH (/elsewhere)" in message
    assert "has no attribute 'pets'" in refusal(module("empty", "None").replace(":data", ":pets"))
    assert "is a list, not a function" in refusal(module("names", "None", HEAD).replace(":data", ":NAMES"))
    assert "data.config" in refusal(module("fine", "(COLOUR, LABELS)"), config="a")
