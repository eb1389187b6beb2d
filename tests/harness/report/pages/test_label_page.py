"""The labels worth a second look: a page of images, and a list that a person corrects from."""

import csv
import io
import json
import shutil

import numpy as np
import pytest

from harness.report.build import report_files
from harness.report.pages.label_page import NUM_SHOWN, label_page, label_pictures
from harness.report.study import read_study
from kd.data.decoded.file_names import files_name
from kd.files import read_record, write_record
from kd.records import StoreIndex
from tests.support.invented_methods import invent_methods
from tests.support.pages import files_with
from tests.support.root import ROOT


@pytest.fixture
def doubted(invent, tmp_path):
    """A finished sweep of 2,000 test images, of which every hundredth has a label that all models contradict."""
    folder = invent(tmp_path / "results", 4, 2000, ["<b>x", "a & b", "=cmd", "dog"])
    path = next(folder.glob("runs/test-*/predictions.npz"))
    arrays = dict(np.load(path))
    for name in set(arrays) - {"labels"}:
        rows = np.arange(0, 2000, 100)
        arrays[name][rows] = 0
        arrays[name][rows, (arrays["labels"][rows] + 1) % 4] = 9
    np.savez(path, **arrays)
    return folder


def files_of(folder):
    return report_files(folder, folder.parent / ".data")


def test_the_surest_stand_first_on_the_page_and_in_the_list(doubted):
    files = files_of(doubted)
    rows = list(csv.DictReader(io.StringIO(files["tables/labels.csv"])))
    assert f"columns\n`{','.join(rows[0])}`" in (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")
    assert {int(row["index"]) for row in rows[:20]} == set(range(0, 2000, 100))
    assert {row["votes"] for row in rows[:20]} == {"5 of 5"}
    assert len(rows) == 100  # a twentieth
    first = json.loads(files["tables/labels.json"])[0]
    assert (first["label"], first["suggested_label"], first["split"], first["file"]) == ("<b>x", "a & b", "test", None)
    assert first["confidence"] > 0.99
    page = files["labels.html"]
    assert page.count('class="tile doubt"') == NUM_SHOWN
    assert "all 5 models give the same other answer for 20 of 2,000; 100 listed" in page
    assert "40 more images are in the list" in page
    assert "&lt;b&gt;x" in page and "<b>x" not in page
    assert 'href="labels.png"' in page and "labels.png" in files
    assert "changes the question" in page
    assert 'href="../labels.png"' in files["zh/labels.html"]
    assert 'href="labels.html"' in files["index.html"]


@pytest.mark.thorough
def test_files_of_a_folder_are_named_and_no_spreadsheet_obeys_them(doubted):
    store = doubted.parent / ".data" / "invented"
    names = [f"=cmd/{number}.png" for number in range(2000)]
    (store / files_name("test")).write_text(json.dumps(names))
    (store / files_name("train")).write_text("damaged")
    files = files_of(doubted)
    row = next(csv.DictReader(io.StringIO(files["tables/labels.csv"])))
    assert row["file"] == "'=cmd/0.png"
    assert "make split DATA=folder:… LABELS=labels.csv" in files["labels.html"]
    assert "=cmd/0.png" in files["labels.html"]


@pytest.mark.thorough
def test_rows_of_the_source_are_named_where_none_was_left_out(doubted):
    place = doubted.parent / ".data" / "invented" / "index.json"
    assert "test row 100" in files_of(doubted)["labels.html"]
    write_record(place, read_record(place, StoreIndex).model_copy(update={"skipped": ["a.png"]}))
    page = files_of(doubted)["labels.html"]
    assert "test row 100" not in page
    assert "test image 100" in page


@pytest.mark.thorough
def test_without_the_data_set_there_are_no_pictures(doubted):
    shutil.rmtree(doubted.parent / ".data")
    study = read_study(doubted, doubted.parent / ".data")
    assert label_pictures(study) is None
    assert [part.found.part for part in label_page(study).parts] == ["test"]
    files = files_of(doubted)
    assert "no longer there" in files["labels.html"]
    assert "labels.png" not in files


def test_a_sweep_without_doubts_has_no_such_page(doubted):
    path = next(doubted.glob("runs/test-*/predictions.npz"))
    arrays = dict(np.load(path))
    for name in set(arrays) - {"labels"}:
        arrays[name][:] = 0
        arrays[name][np.arange(2000), arrays["labels"]] = 5
    np.savez(path, **arrays)
    files = files_of(doubted)
    assert "labels.html" not in files
    assert "tables/labels.csv" not in files
    assert "labels.html" not in files["index.html"]


def test_where_nobody_learned_anything_the_page_says_so(tmp_path):
    strength = {"teacher": 0.0, "baseline": 0.0, "kd": 0.0}
    folder = invent_methods(tmp_path, ["kd"], strength=strength, search={"num_trials": 1})
    files = files_with(folder, "labels.html")
    page = files["labels.html"]
    assert "None of the 7 models is clearly better than a guess" in page and "tiles" not in page
    assert "没有列出任何标签" in files["zh/labels.html"]
    assert "tables/labels.csv" not in files and "labels.csv" not in page
