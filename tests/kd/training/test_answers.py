"""What a model says of its training images while it learns them."""

import shutil

import numpy as np
import pytest
import torch

from kd.config import run_id
from kd.errors import InterruptedTrainingError
from kd.training.answers import AnswerCount
from kd.training.checkpoint import load_checkpoint, save_checkpoint
from kd.training.distributed import SINGLE_PROCESS
from tests.kd.run_lab import CPU, MIXED, stop_at

SURE = 9.0


def said(*epochs, label=0, num_classes=4):
    """The answers to one image that each epoch gives another class."""
    counted = AnswerCount(1, CPU)
    for answer in epochs:
        logits = torch.zeros(1, num_classes)
        logits[0, answer] = SURE
        counted.note(torch.tensor([0]), logits, torch.tensor([label]))
        counted.finish_epoch(torch.tensor([label]), SINGLE_PROCESS)
    return counted.answers()


def test_the_rival_is_the_class_with_a_majority_of_the_wrong_answers():
    answers = said(2, 1, 2, 0, 2, 3, 2)
    assert (answers.rival[0], answers.num_wrong[0], answers.num_epochs[0]) == (2, 6, 7)
    assert said(0, 0).rival[0] == -1
    assert said(0, 0).num_wrong[0] == 0


def test_a_majority_overtakes_and_the_first_class_is_an_answer_too():
    assert said(2, 1, 1).rival[0] == 1
    first = said(0, 0, 2, label=2)
    assert (first.rival[0], first.num_wrong[0]) == (0, 2)


def test_an_epoch_that_did_not_ask_about_an_image_counts_no_answer_of_the_one_before():
    """So it is on the ranks that other images are on: what all said is the sum over them."""
    counted, labels = AnswerCount(2, CPU), torch.tensor([1, 1])
    for rows in ([0, 1], [0]):
        logits = torch.tensor([[SURE, 0.0]]).repeat(len(rows), 1)
        counted.note(torch.tensor(rows), logits, labels[rows])
        counted.finish_epoch(labels, SINGLE_PROCESS)
    answers = counted.answers()
    assert answers.num_wrong.tolist() == [2, 1]
    assert answers.label_probability[1] == pytest.approx(answers.label_probability[0] / 2)


def test_the_probability_is_the_mean_over_the_epochs():
    high = float(torch.softmax(torch.tensor([SURE, 0, 0, 0]), 0)[0])
    low = (1 - high) / 3
    assert said(0, 0, 1).label_probability[0] == pytest.approx((2 * high + low) / 3, rel=1e-5)


def file_of(lab, config):
    return lab.paths.run(run_id(config)) / "answers.npz"


def test_a_training_writes_them_down(lab):
    lab.execute(lab.config())
    with np.load(file_of(lab, lab.config())) as found:
        assert found["num_epochs"] == [3]
        assert found["label_probability"].shape == (90,)
        assert 0 < found["label_probability"].mean() < 1
        assert ((found["rival"] >= 0) == (found["num_wrong"] > 0)).all()


@pytest.mark.parametrize("look", [1, 4, 8])
def test_a_stop_changes_no_byte_of_them(lab, tmp_path, look):
    config = lab.config(training={"accumulation_steps": 2})
    lab.execute(config)
    other = lab.elsewhere(tmp_path / "other")
    shutil.rmtree(other.paths.run(run_id(config)))
    with pytest.raises(InterruptedTrainingError):
        other.execute(config, stop_at(look))
    other.execute(config)
    assert file_of(other, config).read_bytes() == file_of(lab, config).read_bytes()


def test_a_checkpoint_of_an_older_version_goes_on_without_them(lab):
    config = lab.config()
    with pytest.raises(InterruptedTrainingError):
        lab.execute(config, stop_at(4))
    checkpoint = lab.paths.run(run_id(config)) / "checkpoint"
    state = load_checkpoint(checkpoint, CPU)
    del state["answers"]
    shutil.rmtree(checkpoint)
    save_checkpoint(checkpoint, state["step"], state)
    lab.execute(config)
    assert not file_of(lab, config).exists()


@pytest.mark.parametrize("config", [{"augment": MIXED}, {"role": "search"}])
def test_of_mixed_images_and_of_trials_nothing_is_written_down(lab, config):
    lab.execute(lab.config(**config))
    assert not file_of(lab, lab.config(**config)).exists()
