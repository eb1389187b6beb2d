"""How a loss goes over the epochs, against the published code's formulas written out."""

import math

import pytest
import torch
import torch.nn.functional as F

from kd.losses import LOSSES, DistillationLoss, LearnedTemperature, LossSchedule

from .test_soft import SLOW, f64, random_problem


@pytest.mark.parametrize("warmup", [2, 3, 20])
def test_the_soft_share_is_dkds(warmup):
    shares = [LossSchedule(warmup_epochs=warmup).soft_share(epoch) for epoch in range(30)]
    assert shares == [min((epoch + 1) / warmup, 1.0) for epoch in range(30)]  # which counts epochs from 1
    assert shares[warmup - 2] < shares[warmup - 1] == shares[-1] == 1.0


def test_without_a_schedule_nothing_changes():
    schedule = LossSchedule()
    assert [(schedule.soft_share(epoch), schedule.temperature_at(3.3, epoch)) for epoch in (0, 7)] == [(1.0, 3.3)] * 2


@pytest.mark.parametrize("way", ["linear", "cosine"])
@pytest.mark.parametrize(("start", "end"), [(8.0, 1.3), (0.7, 20.1)])
def test_a_scheduled_temperature_begins_and_ends_exactly_and_goes_one_way(way, start, end):
    schedule = LossSchedule(11, temperature=way, temperature_end=end)
    course = [schedule.temperature_at(start, epoch) for epoch in range(11)]
    assert (course[0], course[-1]) == (start, end)
    assert course == sorted(course, reverse=end < start)
    assert course[5] == pytest.approx((start + end) / 2)
    expected = {"linear": 0.2, "cosine": (1 - math.cos(0.2 * math.pi)) / 2}[way]
    assert course[2] == pytest.approx(start + (end - start) * expected)
    assert schedule.temperature_at(start, 25) == end  # a script may train on
    assert schedule.temperature_at(torch.tensor(start), 2).item() == pytest.approx(course[2])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"warmup_epochs": -1}, "warmup_epochs must be at least 0, got -1"),
        ({"temperature": "linear"}, "temperature_end goes together with a linear or cosine temperature"),
        ({"temperature_end": 2.0}, "temperature_end goes together"),
        ({"temperature": "learned", "temperature_end": 2.0}, "temperature_end goes together"),
        ({"temperature": "linear", "temperature_end": 0.0, "num_epochs": 4}, "temperature_end must be > 0, got 0.0"),
        ({"temperature": "cosine", "temperature_end": 2.0}, "needs num_epochs of at least 2, got 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(content, said):
    with pytest.raises(ValueError, match=said):
        LossSchedule(**content)


@pytest.mark.parametrize("name", sorted(set(SLOW) - {"hard"}))
@pytest.mark.parametrize("epoch", [0, 2, 3, 7])
def test_the_loss_of_an_epoch_is_the_formula_with_its_weight_and_temperature(name, epoch):
    student, teacher, labels = random_problem()
    options = dict.fromkeys(LOSSES[name].options, 2.0)
    schedule = LossSchedule(8, warmup_epochs=4, temperature="linear", temperature_end=1.0)
    loss = DistillationLoss(8.0, 0.6, name, scale=3.0, schedule=schedule, **options)
    loss.set_epoch(epoch)
    temperature = 8.0 - epoch
    assert loss.temperature_now == pytest.approx(temperature)
    parts = loss(student, teacher, labels)
    soft = SLOW[name](student.tolist(), teacher.tolist(), labels.tolist(), temperature, **options)
    hard = F.cross_entropy(student, labels).item()
    share = min((epoch + 1) / 4, 1)
    assert [part.item() for part in parts] == pytest.approx([3 * (0.6 * share * soft + 0.4 * hard), soft, hard])


@pytest.mark.parametrize(("alpha", "expected"), [(0.0, 2.0), (1.0, 0.5)])
def test_warming_up_leaves_the_hard_term_its_weight(alpha, expected):
    student, teacher, labels = random_problem()
    loss = DistillationLoss(2.0, alpha, scale=2.0, schedule=LossSchedule(warmup_epochs=4))
    parts = loss(student, teacher, labels)
    assert parts.total.item() == pytest.approx(expected * (parts.soft if alpha else parts.hard).item())


# The learned temperature.


PUBLISHED_START = 1 + 20 / (1 + math.exp(-1))


def learned_loss(epoch, name="kd"):
    loss = DistillationLoss(PUBLISHED_START, 0.9, name, schedule=LossSchedule(temperature="learned")).double()
    loss.set_epoch(epoch)
    return loss


def test_it_begins_where_it_is_told_to_and_the_published_start_is_a_parameter_of_1():
    assert learned_loss(0).learned.theta.item() == pytest.approx(1.0, abs=1e-6)
    assert LearnedTemperature(4.0).value == pytest.approx(4.0, abs=1e-6)


@pytest.mark.parametrize("start", [1.0, 21.0, 0.5, math.nan])
def test_it_begins_within_its_range(start):
    with pytest.raises(ValueError, match="a learned temperature begins between 1 and 21"):
        LearnedTemperature(start)


@pytest.mark.parametrize("epoch", [0, 4, 9, 50])
@pytest.mark.parametrize("name", sorted(set(SLOW) - {"hard"}))
def test_its_gradient_is_the_losss_reversed_as_far_as_the_curriculum_is(name, epoch):
    # The published code: cosine from 0 to -1 over 10 epochs counted from 1, times d loss / d theta; T² is part of it.
    student, teacher, labels = random_problem()
    loss = learned_loss(epoch, name)
    loss(student, teacher, labels).total.backward()
    theta, step = loss.learned.theta.item(), 1e-4

    def slow(theta):
        temperature = 1 + 20 / (1 + math.exp(-theta))
        return 0.9 * SLOW[name](student.tolist(), teacher.tolist(), labels.tolist(), temperature, **loss.options)

    slope = (slow(theta + step) - slow(theta - step)) / (2 * step)
    reversal = -(1 - math.cos(math.pi * min(epoch + 1, 10) / 10)) / 2
    assert loss.learned.theta.grad.item() == pytest.approx(reversal * slope, rel=1e-5)


def test_the_student_s_gradient_is_that_of_the_temperature_as_it_stands():
    student, teacher, labels = random_problem()
    gradients = []
    for loss in (learned_loss(9), DistillationLoss(learned_loss(9).temperature_now, 0.9)):
        logits = student.clone().requires_grad_()
        loss(logits, teacher, labels).total.backward()
        gradients.append(logits.grad)
    torch.testing.assert_close(*gradients, rtol=1e-6, atol=1e-9)


def test_a_step_makes_the_loss_larger_for_the_student():
    student, teacher, labels = random_problem()
    student, teacher = f64(student.tolist()), f64(teacher.tolist())
    loss = learned_loss(9)
    optimizer = torch.optim.SGD(loss.parameters(), lr=0.1)
    before = loss(student, teacher, labels).total
    before.backward()
    optimizer.step()
    assert loss(student, teacher, labels).total.item() > before.item()
