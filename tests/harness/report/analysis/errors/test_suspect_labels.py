"""Flipped labels of real images are found: at least four of five in the first twentieth that is listed."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from harness.report.analysis.errors.suspect_labels import find_suspect_labels
from harness.report.results.images.source_places import find_places
from harness.report.results.label_evidence import Answers
from harness.report.results.reading.reader import read_results, read_students
from tests.support.flipped_labels import SHARE, true_digits
from tests.support.invented_family import Invented, invent_family
from tests.support.invented_methods import invent_methods
from tests.support.once import make_once
from tests.support.small_sweep import SMALL, carry_out

FOUND = 0.8  # of the flipped labels
OPTIMIZER = {"name": "adam", "lr": 1e-3}
FLIPPED = SMALL | {
    "name": "flipped",
    "data": {"source": "tests.support.flipped_labels:digits"},
    "teacher": {"model": "mnist_cnn", "epochs": 5, "batch_size": 64, "optimizer": OPTIMIZER},
    "student": {"model": "mnist_mlp", "epochs": 20, "batch_size": 64, "optimizer": OPTIMIZER},
    "search": None,
    "compare": [],
    "seeds": 2,
    "reference": [],
}


@pytest.fixture(scope="module")
def flipped(tmp_path_factory):
    """A finished sweep whose students learned the flipped labels of train by heart; its results and places."""
    folder = make_once(tmp_path_factory, "flipped", lambda results: carry_out(FLIPPED, results)) / "flipped"
    results = read_results(folder)
    places = find_places(results.plan.data, folder.parent / ".data")
    assert places is not None
    return results, places


def is_flipped(part, places):
    """Whether each image of a part has a wrong label, and which its true one is."""
    _, labels_N = true_digits()[places.split[part]]
    true_N = labels_N[places.positions[part]]
    return true_N != places.labels[part], true_N


@pytest.mark.slow
@pytest.mark.essential
@pytest.mark.parametrize("part", ["train", "test"])
def test_four_of_five_flipped_labels_are_in_the_first_twentieth(flipped, part):
    results, places = flipped
    (found,) = (one for one in find_suspect_labels(results, places) if one.part == part)
    is_flipped_N, true_N = is_flipped(part, places)
    assert is_flipped_N.mean() == pytest.approx(SHARE, abs=0.01)
    assert len(found.suspects) <= 0.05 * found.num_images + 1
    listed = [one.image for one in found.suspects]
    share = is_flipped_N[listed].sum() / is_flipped_N.sum()
    print(f"{part}: {share:.1%} of {is_flipped_N.sum()} flipped labels in the first {len(listed)}")  # noqa: T201 for -s
    assert share >= FOUND
    right = [one.suggested == true_N[one.image] for one in found.suspects if is_flipped_N[one.image]]
    assert np.mean(right) > FOUND
    confidences = [one.confidence for one in found.suspects]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.slow
@pytest.mark.essential  # beside those that need the same sweep
def test_older_results_have_the_parts_that_they_tell_of(flipped):
    results, places = flipped
    older = dataclasses.replace(results, evidence=results.evidence._replace(train={}))
    assert [one.part for one in find_suspect_labels(older, places)] == ["test", "val"]
    assert [one.part for one in find_suspect_labels(results, None)] == ["test", "val"]


def test_a_sweep_without_predictions_doubts_no_label(results):
    bare = dataclasses.replace(results, test=None)
    assert find_suspect_labels(bare, None) == ()


def test_each_student_is_judged_by_its_own_votes_in_every_part(tmp_path):
    """Of several students each page counts its own models, in train as in val and test."""
    students = read_students(invent_family(tmp_path, {"a": Invented(0.93), "b": Invented(0.9)}))
    train = {run_id: Answers(np.full(9, 0.4), np.full(9, 3), np.full(9, 1), 4) for run_id in students[0].test.scores}
    places = SimpleNamespace(labels={"train": np.zeros(9, int)})
    for results in students:
        asked = dataclasses.replace(results, evidence=results.evidence._replace(train=train))
        found = find_suspect_labels(asked, places)
        assert [(one.part, one.num_teachers, one.num_students) for one in found] == [("test", 1, 6), ("train", 1, 6)]


@pytest.mark.parametrize(("teacher", "heard"), [(0.0, 0), (3.6, 1)])
def test_who_learned_nothing_doubts_no_label(tmp_path, teacher, heard):
    strength = {"teacher": teacher, "baseline": 0.0, "kd": 0.0}
    results = read_results(invent_methods(tmp_path, ["kd"], strength=strength, search={"num_trials": 1}))
    (found,) = find_suspect_labels(results, None)
    assert (found.part, found.num_teachers, found.num_students, found.num_silent) == ("test", heard, 0, 7 - heard)
    assert bool(found.suspects) == bool(heard) and all(one.student_votes == 0 for one in found.suspects)
