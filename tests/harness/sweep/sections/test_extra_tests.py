"""Other test sets of a sweep file: what they may be called, what they change, what is refused."""

import numpy as np
import pytest

from harness.sweep.loading import load_sweep
from harness.sweep.plan import Plan
from harness.sweep.sections.extra_tests import decoded, extra_lines
from harness.sweep.totals import stage_totals
from kd.data.decoded.store import prepare
from kd.data.division.splits import open_division
from kd.errors import InputError
from tests.kd.image_folders import GREY, picture, write_folder, write_tree
from tests.support.sweep_files import MINIMAL, refusal


def test_a_set_is_a_source_or_a_mapping(write_sweep):
    text = MINIMAL + "extra_tests: {sketch: 'folder:s', noisy: {source: 'folder:n', class_names: {a: b}}}\n"
    tests = load_sweep(write_sweep(text)).extra_tests
    assert tests["sketch"].source == "folder:s"
    assert tests["noisy"].class_names == {"a": "b"}


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ("{a: 'folder:x', A: 'folder:y'}", "extra_tests: a and A differ in case alone"),
        ("{'../x': 'folder:x'}", "'../x' can be no file's name: letters, digits, - and _"),
        ("{'': 'folder:x'}", "'' can be no file's name"),
        ("{Corruptions: 'folder:x'}", "Corruptions is what the own test images corrupted are called"),
        ("{a: {sorce: x}}", "extra_tests.a.sorce: unknown key (did you mean source?)"),
        ("{a: ''}", "extra_tests.a: String should have at least 1 character"),
        ("[folder:x]", "extra_tests: names and their sources are wanted, such as {sketch: folder:sketches}"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(write_sweep, sets, message):
    assert message in refusal(write_sweep(MINIMAL + f"extra_tests: {sets}\n"))


def test_sets_change_no_other_runs_name(write_sweep):
    plain = Plan(load_sweep(write_sweep(MINIMAL)), "0" * 16)
    text = MINIMAL + "corruptions: true\nextra_tests: {s: {source: 'folder:s', digest: abc}, t: 'folder:t'}\n"
    asked = Plan(load_sweep(write_sweep(text)), "0" * 16)
    models = [run.id for run in (*plain.teachers, *plain.baselines())]
    assert plain.test(models) == asked.test(models)
    assert plain.teachers == asked.teachers and plain.baselines() == asked.baselines()
    assert plain.extra_tests(models) == {}
    assert list(asked.extra_tests(models)) == ["s", "corruptions"]  # the third was not decoded
    assert stage_totals(asked)["test"] == 4
    renamed = Plan(load_sweep(write_sweep(text.replace("{s: {", "{other: {"))), "0" * 16)
    assert renamed.extra_tests(models)["other"] == asked.extra_tests(models)["s"]  # it is not read again


@pytest.fixture
def pets(tmp_path, write_sweep):
    """A sweep over a folder of two classes, with a set of one of them, and the root of the stores."""
    main = write_folder(tmp_path / "main", GREY)
    tree = {f"class1/{n}.png": picture() for n in range(3)}
    write_tree(tmp_path / "set", tree)
    text = MINIMAL.replace("embedded:mnist5k", f"folder:{main}") + f"extra_tests: {{odd: 'folder:{tmp_path}/set'}}\n"
    root = tmp_path / "root"
    sweep = load_sweep(write_sweep(text), "data.test_fraction=0.3 data.val_fraction=0.3")
    return sweep, prepare(sweep.data, root), root


def test_sets_are_decoded_and_told(pets, tmp_path):
    sweep, index, root = pets
    found = decoded(sweep.extra_tests, sweep.data, index, index.class_names, root)
    data = sweep.data.stored(index.digest)
    (line,) = extra_lines(found, data, root)
    assert line == "Other test set odd: 3 images of 1 of the 2 classes."
    division, _, _ = open_division(data, root)
    images = np.load(root / index.digest / "train_images.npy")
    from PIL import Image

    Image.fromarray(images[division.train[0], 0]).save(tmp_path / "set/class1/seen.png")
    found = decoded(sweep.extra_tests, sweep.data, index, index.class_names, root)
    (line,) = extra_lines(found, data, root)
    assert line == (
        "Other test set odd: 4 images of 1 of the 2 classes; 1 of them are also in train, so it is too easy by these."
    )
    (tmp_path / "set/class1/notes.txt").write_text("no image")
    found = decoded(sweep.extra_tests, sweep.data, index, index.class_names, root)
    (line,) = extra_lines(found, data, root)
    assert line.endswith("too easy by these; left out: 1 file (.txt 1).")


def test_a_class_that_the_sweep_lacks_is_named_with_its_set(pets, tmp_path):
    sweep, index, root = pets
    write_tree(tmp_path / "set", {"dog/a.png": picture()})
    with pytest.raises(InputError, match=r"^extra_tests\.odd: its class 'dog' is none of the sweep's"):
        decoded(sweep.extra_tests, sweep.data, index, index.class_names, root)
