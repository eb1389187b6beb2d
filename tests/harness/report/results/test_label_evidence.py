"""What runs have written down of train and val is read; what is damaged is named, what is missing is not missed."""

import numpy as np
import pytest

from harness.report.results.label_evidence import NO_EVIDENCE
from harness.report.results.reading.reader import read_results


def write(folder, run, name, **arrays):
    np.savez(folder / "runs" / run.id / name, **arrays)


def answers(number=3, epochs=2):
    return {
        "label_probability": np.full(number, 0.5, np.float32),
        "num_wrong": np.ones(number, np.int32),
        "rival": np.zeros(number, np.int32),
        "num_epochs": np.array([epochs], np.int32),
    }


def test_what_tested_models_said_is_read(invented):
    teacher, *_ = read_results(invented).teachers
    write(invented, teacher, "answers.npz", **answers())
    write(invented, teacher, "predictions.npz", val=np.zeros((4, 3)), labels=np.arange(4) % 3)
    results = read_results(invented)
    assert results.evidence.train[teacher.id].num_epochs == 2
    assert results.evidence.val[teacher.id].shape == (4, 3)
    assert results.evidence.val_labels_N.tolist() == [0, 1, 2, 0]
    assert results.unreadable == ()


def test_older_results_have_none(invented):
    results = read_results(invented)
    assert results.evidence == NO_EVIDENCE._replace(train={}, val={})
    assert results.unreadable == ()


@pytest.mark.parametrize(
    "odd",
    [answers(epochs=0), answers() | {"rival": np.zeros(2, np.int32)}, {"rival": np.zeros(3, np.int32)}],
)
def test_answers_that_are_not_whole_are_none(invented, odd):
    teacher, *_ = read_results(invented).teachers
    write(invented, teacher, "answers.npz", **odd)
    assert read_results(invented).evidence.train == {}


def test_a_damaged_file_is_named(invented):
    teacher, *_ = read_results(invented).teachers
    (invented / "runs" / teacher.id / "answers.npz").write_bytes(b"PK\x03\x04")
    (one,) = read_results(invented).unreadable
    assert one.path == f"runs/{teacher.id}/answers.npz"
    assert one.why.name == "missing-because-labels-damaged"
