"""A sweep's images without labels as they are found: counted, or refused in one line."""

import numpy as np
import pytest
from PIL import Image

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.preparation.unlabeled_images import unlabeled_cost, unlabeled_lines, with_unlabeled
from kd.data.decoded.store import prepare
from kd.errors import InputError
from tests.support.sweep_files import MINIMAL

RANDOM = np.random.default_rng(0)


@pytest.fixture
def folders(tmp_path):
    """40 labelled images of two classes, and 12 without labels, 8 × 8; gives a way to write a picture."""
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
    (tmp_path / "more").mkdir()

    def write(place, pixels=None, **options):
        pixels = RANDOM.integers(0, 256, (8, 8), np.uint8) if pixels is None else pixels
        Image.fromarray(pixels).save(tmp_path / f"{place}.png")
        return pixels

    for number in range(40):
        write(f"pets/{('cat', 'dog')[number % 2]}/{number:02d}")
    for number in range(12):
        write(f"more/{number:02d}")
    return write


@pytest.fixture
def found(tmp_path, write_sweep):
    """Reads a sweep over these folders; gives it with what was found, and its plan."""

    def read(unlabeled="more", overrides=""):
        text = MINIMAL.replace("embedded:mnist5k", f"folder:{tmp_path}/pets") + "seeds: 2\n"
        sweep = load_sweep(write_sweep(text), f"'unlabeled=folder:{tmp_path}/{unlabeled}' {overrides}")
        root = tmp_path / "stores"
        digest = prepare(sweep.data, root).digest
        sweep = with_unlabeled(sweep, digest, root)
        return sweep, Plan(sweep, digest), list(unlabeled_lines(sweep, sweep.data.stored(digest), root))

    return read


def refusal(found, *asked):
    with pytest.raises(InputError) as caught:
        found(*asked)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("folders")
def test_what_was_left_out_of_them_is_said(found, tmp_path):
    (tmp_path / "more/.hidden.png").write_bytes(b"")
    (tmp_path / "more/00.heic").write_bytes(b"")
    _, _, lines = found()
    assert lines[0].startswith(f"Unlabelled images: 12 of folder:{tmp_path}/more; left out: 2 files (")


@pytest.mark.usefixtures("folders")
def test_they_are_counted_and_said(found, tmp_path):
    sweep, plan, lines = found()
    assert (sweep.unlabeled.num_images, sweep.unlabeled.num_labelled) == (12, 29)
    assert lines == [
        f"Unlabelled images: 12 of folder:{tmp_path}/more.",
        "unlabeled.ratio: 128 stand beside a batch, and there are 12: each is seen more than once in a step.",
    ]
    assert unlabeled_cost(plan, 2) == (
        "Unlabelled images: 2 run(s) of as many steps as without, each step with 2 times the images: 87 drawn "
        "(8 passes over 12); the teacher's logits of them are kept, for 1 pass and 48 B."
    )


@pytest.mark.usefixtures("folders")
def test_the_runs_of_every_student_are_counted(found):
    small, large = "{model: mnist_mlp, epochs: 3}", "{model: mnist_cnn, epochs: 6, batch_size: 256}"
    _, plan, lines = found(overrides=f"student=null 'students=[{small}, {large}]'")
    assert lines[1].startswith("unlabeled.ratio: 256 stand beside a batch")
    assert unlabeled_cost(plan, 2) == (
        "Unlabelled images: 4 run(s) of as many steps as without, each step with 2 times the images: 87 to 174 drawn "
        "(8 to 15 passes over 12); the teacher's logits of them are kept, for 1 pass and 48 B."
    )


def test_images_of_train_are_left_out_and_said(folders, found):
    pixels = folders("pets/cat/new")
    folders("more/again", pixels)
    for overrides in ("data.split_seed=0", "data.split_seed=1", "data.split_seed=2"):
        try:
            _, _, lines = found("more", overrides)
        except InputError as error:
            assert "more/again.png" in str(error) or "again.png (" in str(error)
        else:
            assert lines[0].endswith("; left out: 1 also in train.")
            return
    pytest.fail("in no division is the image in train")


def test_images_of_val_and_test_are_refused_by_name(folders, found):
    said = refusal(found, "pets")
    assert "of these images are also in val or test: " in said
    assert ".png (" in said and said.endswith("; remove them, or leave them out: unlabeled.duplicates=drop")
    said = refusal(found, "pets", "unlabeled.duplicates=drop")
    assert said == "unlabeled: none of 40 images is left: all are in train, val or test; give others"


def test_others_are_left_where_those_are_dropped(folders, found, tmp_path):
    for path in [*(tmp_path / "pets").rglob("*.png")]:
        path.rename(path)
        (tmp_path / "more" / f"pet-{path.name}").write_bytes(path.read_bytes())
    sweep, _, lines = found("more", "unlabeled.duplicates=drop")
    assert sweep.unlabeled.num_images == 12
    assert lines[0].endswith("; left out: 29 also in train, 11 also in val or test.")


def test_what_is_wrong_with_them_is_said_of_their_own_keys(folders, found, tmp_path):
    (tmp_path / "none").mkdir()
    assert (
        refusal(found, "none") == f"unlabeled.source: {tmp_path}/none holds no images; give the folder that they lie in"
    )
    assert refusal(found, "gone").startswith(f"unlabeled.source: no folder {tmp_path}/gone")
    said = refusal(found, "more", "unlabeled.image_column=picture")
    assert said.startswith("unlabeled.image_column: ") and said.endswith("has no columns; leave the key out")
    (tmp_path / "more" / "torn.png").write_bytes(b"torn")
    said = refusal(found)
    assert said.startswith("unlabeled.source: ") and "torn.png" in said and said.endswith("data.skip_corrupt: true")
    assert found("more", "data.skip_corrupt=true")[0].unlabeled.num_images == 12


def test_other_sizes_and_colours_are_refused_or_made_alike(folders, found, tmp_path):
    (tmp_path / "wide").mkdir()
    folders("wide/a", RANDOM.integers(0, 256, (8, 9), np.uint8))
    said = refusal(found, "wide")
    assert "these images are 9×8 but those of data 8×8; bring them to that size, or all to one: data.image_size" in said
    assert found("wide", "data.image_size=4")[0].unlabeled.num_images == 1
    (tmp_path / "colour").mkdir()
    folders("colour/a", RANDOM.integers(0, 256, (8, 8, 3), np.uint8))
    assert refusal(found, "colour").endswith("these images have colour but those of data are grey; make them grey")
    folders("pets/cat/red", RANDOM.integers(0, 256, (8, 8, 3), np.uint8))
    assert found()[0].unlabeled.num_images == 12  # grey beside colour becomes colour, as within a source


def test_without_any_the_sweep_is_as_it_was(write_sweep, tmp_path):
    sweep = load_sweep(write_sweep(MINIMAL))
    assert with_unlabeled(sweep, "no such store", tmp_path) is sweep
    assert list(unlabeled_lines(sweep, sweep.data.stored("0"), tmp_path)) == []
    assert unlabeled_cost(Plan(sweep, "0" * 16), 10) is None
