"""What models say of labels, against the same reckoned by hand."""

import numpy as np
import pytest

from harness.report.analysis.errors.label_votes import count_votes, opinion_of_answers, opinion_of_logits

LABELS = np.array([0, 0, 1])


def logits_of(*probabilities):
    return np.log(np.array(probabilities))


def test_teachers_weigh_as_much_as_all_students():
    teacher = opinion_of_logits(logits_of([0.2, 0.7, 0.1], [0.9, 0.05, 0.05], [0.1, 0.8, 0.1]), LABELS)
    students = [
        opinion_of_logits(logits_of([0.6, 0.1, 0.3], [0.2, 0.2, 0.6], [0.1, 0.8, 0.1]), LABELS),
        opinion_of_logits(logits_of([0.1, 0.5, 0.4], [0.1, 0.3, 0.6], [0.1, 0.8, 0.1]), LABELS),
    ]
    votes = count_votes(LABELS, [teacher], students)
    assert votes.label_probability_N == pytest.approx([(0.2 + 0.35) / 2, (0.9 + 0.15) / 2, 0.8])
    assert votes.suggested_N.tolist()[:2] == [1, 2]
    assert votes.teacher_votes_N.tolist() == [1, 0, 0]
    assert votes.student_votes_N.tolist() == [1, 2, 0]
    assert votes.ranked().tolist() == [0, 1]  # nobody contradicts the third
    assert not votes.unanimous().any()


def test_all_models_that_agree_against_a_label_are_unanimous():
    one = opinion_of_logits(logits_of([0.1, 0.9], [0.9, 0.1]), np.array([0, 0]))
    assert count_votes(np.array([0, 0]), [one], [one, one]).unanimous().tolist() == [True, False]


def test_an_answer_counts_as_a_vote_where_most_epochs_gave_another_class():
    opinion = opinion_of_answers(np.array([0.2, 0.6, 1.0]), np.array([6, 2, 0]), np.array([4, 5, -1]), 10)
    votes = count_votes(np.zeros(3, np.int64), [], [opinion])
    assert votes.suggested_N.tolist() == [4, 5, -1]
    assert votes.student_votes_N.tolist() == [1, 0, 0]
    assert votes.ranked().tolist() == [0, 1]  # the second was contradicted for a while; the third never


def test_a_model_that_diverged_says_nothing_of_its_images():
    opinion = opinion_of_logits(np.array([[np.nan, 1.0], [0.0, np.inf]]), np.array([0, 0]))
    assert opinion.label_probability_N == pytest.approx([0.5, 0.5])
    assert not opinion.votes_N.any()


def test_no_model_is_no_opinion():
    assert count_votes(LABELS, [], []) is None
