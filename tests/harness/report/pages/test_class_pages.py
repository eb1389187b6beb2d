"""Agreement cell by cell and guess by guess, against loops over images and models."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.report.analysis.errors import agreement as gallery_module
from harness.report.analysis.errors.agreement import CELLS, find_agreements, find_galleries
from harness.report.analysis.errors.errors import TOP_K, ErrorAnalysis, find_errors
from harness.report.build import report_files
from harness.report.results.reading.reader import read_results
from tests.support.pages import told


@pytest.fixture
def errors(invented: Path) -> ErrorAnalysis:
    found = find_errors(read_results(invented), ["<b>x", "a & b", 'quote"s'])
    assert found is not None
    return found


@pytest.fixture
def mixed(tmp_path: Path, invent: Callable[..., Path]) -> ErrorAnalysis:
    """Teacher and students err often and apart: every cell has images."""
    folder = invent(tmp_path / "results", 4, 200, list("abcd"))
    path = next(folder.glob("runs/test-*/predictions.npz"))
    arrays, random = dict(np.load(path)), np.random.default_rng(0)
    for name in sorted(set(arrays) - {"labels"}):
        arrays[name] = random.normal(size=(200, 4)) + np.eye(4)[arrays["labels"]]
    np.savez(path, **arrays)
    found = find_errors(read_results(folder), None)
    assert found is not None
    return found


def cell_of(predicted: int, taught: int, truth: int) -> str:
    if predicted == truth:
        return "both_right" if taught == truth else "student_alone"
    if taught == truth:
        return "teacher_alone"
    return "wrong_alike" if predicted == taught else "wrong_apart"


def test_every_image_stands_where_most_students_put_it(mixed: ErrorAnalysis) -> None:
    galleries = {one.cell: one for one in find_galleries(mixed)}
    assert tuple(galleries) == CELLS
    teacher, students = mixed.predictions["teacher"].predicted_SN[0], mixed.predictions["distilled"].predicted_SN
    for image, truth in enumerate(mixed.labels_N):
        votes = Counter(cell_of(predicted, teacher[image], truth) for predicted in students[:, image])
        ranked = [cell for cell in (*CELLS, "both_right") if votes[cell] == max(votes.values())]
        assert [cell for cell, one in galleries.items() if image in one.images] == [
            cell for cell in ranked[:1] if cell != "both_right"
        ]
    assert all(one.images for one in galleries.values())


def test_shares_are_those_of_the_table(invented: Path, errors: ErrorAnalysis) -> None:
    shares = next(one.shares for one in find_agreements(read_results(invented)) if one.arm.key == "distilled")
    for one in find_galleries(errors):
        assert one.share == pytest.approx(getattr(shares, one.cell))


def test_images_of_most_students_come_first_and_of_these_the_clearest(mixed: ErrorAnalysis) -> None:
    teacher, students = mixed.predictions["teacher"], mixed.predictions["distilled"]
    images, num_right = np.arange(len(mixed.labels_N)), students.right_SN.sum(axis=0)
    num_alike = (~students.right_SN & (students.predicted_SN == teacher.predicted_SN[0])).sum(axis=0)
    lead = (
        students.probabilities_SNC[:, images, mixed.labels_N].mean(axis=0)
        - teacher.probabilities_SNC[0, images, mixed.labels_N]
    )
    sure = students.probabilities_SNC.max(axis=2).mean(axis=0) + teacher.probabilities_SNC[0].max(axis=1)
    alone, taught, alike, apart = (one.images for one in find_galleries(mixed))
    assert list(alone) == sorted(alone, key=lambda i: (-num_right[i], -lead[i]))
    assert list(taught) == sorted(taught, key=lambda i: (num_right[i], lead[i]))
    assert list(alike) == sorted(alike, key=lambda i: (-num_alike[i], -sure[i]))
    assert list(apart) == sorted(apart, key=lambda i: (num_right[i] + num_alike[i], -sure[i]))
    assert min(map(len, (alone, taught, alike, apart))) > 5


def test_without_a_distilled_student_there_is_no_gallery(errors: ErrorAnalysis) -> None:
    for key in ("teacher", "distilled"):
        others = {name: found for name, found in errors.predictions.items() if name != key}
        assert find_galleries(replace(errors, predictions=others)) == ()
    assert find_galleries(None) == ()


def test_guesses_are_the_likeliest_classes_and_the_true_one(tmp_path: Path, invent: Callable[..., Path]) -> None:
    folder = invent(tmp_path / "results", 8, 40, [f"kind {n}" for n in range(8)])
    errors = find_errors(read_results(folder), None)
    assert errors is not None
    for predictions in errors.predictions.values():
        for image in range(40):
            truth = int(errors.labels_N[image])
            for seed, prediction in enumerate(predictions.by_run(image, truth)):
                probabilities = predictions.probabilities_SNC[seed, image]
                ranked = sorted(range(8), key=lambda predicted: -probabilities[predicted])[:TOP_K]
                expected = [n for n, s in enumerate(ranked) if n == 0 or s == truth or probabilities[s] >= 0.005]
                expected_said = [ranked[n] for n in expected] + ([] if truth in ranked else [truth])
                assert [candidate.predicted for candidate in prediction.top_k] == expected_said
                assert prediction.top_k[0].predicted == predictions.predicted_SN[seed, image]
                for candidate in prediction.top_k:
                    assert candidate.probability == pytest.approx(float(probabilities[candidate.predicted]))


def test_a_cell_leads_to_its_images_in_two_clicks(invented: Path, errors: ErrorAnalysis) -> None:
    files = report_files(invented, invented.parent / ".data")
    for one in find_galleries(errors):
        page = files[one.page]
        assert (f'href="{one.page}"' in told(files)) == bool(one.images)
        assert re.findall(r'<details class="card" id="image-(\d+)"', page) == [str(image) for image in one.images]
        assert page.count('<svg class="picture') >= len(one.images)
        assert "<b>x" not in page


def test_a_page_says_what_it_leaves_out(invented: Path, errors: ErrorAnalysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery_module, "MAX_PICTURES", 2)
    files = report_files(invented, invented.parent / ".data")
    crowded = [one for one in find_galleries(errors) if len(one.images) > 3]
    assert crowded
    for one in crowded:
        assert files[one.page].count('<details class="card"') == 2
        assert f"{len(one.images) - 2} more images of this kind are not shown." in files[one.page]
