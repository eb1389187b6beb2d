"""``split`` writes the division that a sweep would make, and a sweep that reads it has the same images in each part."""

from pathlib import Path

import numpy as np
import pytest

from kd.config import DataConfig
from kd.data.decoded.store import prepare
from kd.data.images import open_test, open_training
from kd.data.sources.files.split_file import read_rows
from tests.kd.image_folders import picture, write_tree
from tests.support.command_line import complain, invoke


@pytest.fixture
def pets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty pictures of three classes, in the working directory."""
    monkeypatch.chdir(tmp_path)
    write_tree(tmp_path / "pets", {f"{kind}/{n}.png": picture() for kind in ("ant", "bee", "cat") for n in range(20)})
    return tmp_path


def test_a_sweep_divides_by_the_list_as_it_would_without(pets: Path) -> None:
    done = invoke("split", "folder:pets", "--set", "data.test_fraction=0.3")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "pets-split.csv: train 38, val 4, test 18 images of 3 classes"
    assert "data.source=folder:pets data.splits=pets-split.csv" in done.stdout
    rows = read_rows(pets / "pets-split.csv")
    assert len(rows) == 60 and rows[0].file.startswith("ant/")
    again = invoke("split", "--data", "pets", "--set", "data.test_fraction=0.3")
    assert again.exit_code == 0, again.output
    root = pets / "data"
    plain = DataConfig(source="folder:pets", test_fraction=0.3)
    listed = DataConfig(source="folder:pets", splits="pets-split.csv")
    import torch

    parts = []
    for data in (plain, listed):
        stored = data.stored(prepare(data, root).digest)
        training = open_training(stored, root, torch.device("cpu"))
        test = open_test(stored, root, torch.device("cpu"))
        parts.append([part.images_NCHW[:].numpy() for part in (training.train, training.val, test)])
    for one, other in zip(*parts, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "DATA: say which images: make split DATA=folder:PATH"),
        (["embedded:mnist5k"], "is no folder of images, which a list of files divides; give folder:PATH"),
        (["folder:none"], "data.source: no folder none"),
        (["folder:pets", "--set", "seeds=3"], "SET: seeds decides no division; keys of data do"),
        (["folder:pets", "--set", "data.splits=x.csv"], "data.splits: no file x.csv"),
        (["folder:pets", "--set", "data.val_fractoin=0.2"], "unknown key (did you mean val_fraction?)"),
    ],
)
def test_what_cannot_be_divided(pets: Path, words: list[str], message: str) -> None:
    assert message in complain("split", *words)


def test_a_table_of_labels_is_divided_and_a_division_is_not_again(pets: Path) -> None:
    (pets / "train.csv").write_text(
        "id,breed\n" + "".join(f"{kind}/{n},{kind}\n" for kind in ("ant", "bee") for n in range(20))
    )
    keys = "data.splits=train.csv data.image_column=id data.label_column=breed"
    done = invoke("split", "folder:pets", "--set", keys)
    assert done.exit_code == 0, done.output
    rows = read_rows(pets / "pets-split.csv")
    assert sorted(row.file for row in rows) == sorted(f"{kind}/{n}.png" for kind in ("ant", "bee") for n in range(20))
    assert {row.split for row in rows} == {"train", "val", "test"}
    assert "data.splits is what this writes" in complain("split", "folder:pets", "--set", "data.splits=pets-split.csv")


def test_another_division_is_never_written_over(pets: Path) -> None:
    assert invoke("split", "folder:pets").exit_code == 0
    before = (pets / "pets-split.csv").read_bytes()
    assert "is there already and divides otherwise" in complain("split", "folder:pets", "--set", "data.split_seed=1")
    assert (pets / "pets-split.csv").read_bytes() == before
    assert invoke("split", "folder:pets", "--set", "data.split_seed=1", "--dir", "other").exit_code == 0
    assert (pets / "other" / "pets-split.csv").read_bytes() != before


def test_corrected_labels_are_taken_over(pets: Path) -> None:
    (pets / "pets" / "ant" / "-0.png").write_bytes((pets / "pets/ant/0.png").read_bytes())
    corrected = pets / "labels.csv"
    corrected.write_text(
        "split,index,file,label,suggested_label\ntest,0,ant/1.png,bee,bee\ntrain,3,cat/2.png,cat,ant\n"
    )
    done = invoke("split", "folder:pets", "--labels", "labels.csv")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "labels.csv: 1 labels are corrected"
    labels = {row.file: row.label for row in read_rows(pets / "pets-split.csv")}
    assert (labels["ant/1.png"], labels["cat/2.png"], labels["ant/-0.png"]) == ("bee", "cat", "ant")
    # of a sweep that is divided by a list already, the list is corrected
    corrected.write_text("file,label\nant/2.png,cat\n")
    words = ("--labels", "labels.csv", "--set", "data.splits=pets-split.csv", "--dir", "again")
    assert invoke("split", "folder:pets", *words).exit_code == 0
    again = {row.file: row.label for row in read_rows(pets / "again" / "pets-split.csv")}
    assert again == labels | {"ant/2.png": "cat"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,suggested_label\nant/1.png,bee\n", "LABELS: labels.csv has no column label"),
        ("file,label\nant/1.png,\n", "LABELS: labels.csv line 2: label is empty"),
        ("file,label\n,ant\n", "LABELS: labels.csv line 2: file is empty"),
        ("file,label\nant/1.png,bee\nant/1.png,cat\n", "line 3: ant/1.png has two labels, bee and cat"),
        ("file,label\nant/99.png,bee\n", "lists ant/99.png, which is not in the folder"),
        ("file,label\nant/1.png,be\n", "'be' is no class of the folder; did you mean 'bee'?"),
        (None, "LABELS: no file labels.csv in "),
    ],
)
def test_corrections_that_do_not_fit_are_refused(pets: Path, content: str | None, message: str) -> None:
    if content is not None:
        (pets / "labels.csv").write_text(content)
    assert message in complain("split", "folder:pets", "--labels", "labels.csv")
    assert not (pets / "pets-split.csv").exists()
